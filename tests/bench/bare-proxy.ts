import { createServer } from 'node:http'
import { Pool } from 'undici'

// The floor: the fastest pass-through that Node has (node:http in front, undici's dispatch behind), and nothing else:
// no parsing, no routing, no limits, no log. argv: origin of the upstream. Prints where it is.
const pool = new Pool(process.argv[2] ?? '', { connections: 512, pipelining: 1 })

const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    pool.dispatch(
      {
        path: request.url ?? '/',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: Buffer.concat(chunks),
      },
      {
        onRequestStart() {},
        onResponseStart(_controller, status, headers) {
          response.writeHead(status, { 'content-type': String(headers['content-type']) })
        },
        onResponseData(_controller, chunk) {
          response.write(chunk)
        },
        onResponseEnd() {
          response.end()
        },
        onResponseError(_controller, error) {
          response.destroy(error)
        },
      },
    )
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') console.log(`ready at http://127.0.0.1:${address.port}`)
})
// Ends with whoever started it.
process.stdin.resume().on('end', () => process.exit(0))
