import { createServer } from 'node:http'

// The floor: node:http that reads the body and answers with what it was given, and does nothing else.
// argv: JSON answer, SSE text. Sends { port } to its parent.
const [, , answer = '{}', sse = ''] = process.argv
const whole = Buffer.from(answer)
const stream = Buffer.from(sse)

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const wantsStream = Buffer.concat(chunks).includes('"stream":true')
    response.writeHead(200, { 'content-type': wantsStream ? 'text/event-stream' : 'application/json' })
    response.end(wantsStream ? stream : whole)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.send?.({ port: address.port })
})
process.on('disconnect', () => process.exit(0))
