import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startBench } from './open-webui-bench.ts'

const WORDS = 'é漢👍\u0000\u007f\u0080 plain '

/** A server of OpenAI's dialect that answers every chat with these bytes, in so many pieces. */
async function answering(answer: () => { bytes: Buffer; pieces: number; sized: boolean }): Promise<string> {
  const server: Server = createServer((request, response) => {
    request.resume()
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'm', object: 'model' }] }))
      return
    }
    const { bytes, pieces, sized } = answer()
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(sized ? { 'content-length': bytes.length } : {}),
    })
    const size = Math.ceil(bytes.length / pieces)
    for (let at = 0; at < bytes.length; at += size) response.write(bytes.subarray(at, at + size))
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

test('a whole answer reaches the client byte for byte, whatever its size and how it came', async () => {
  let now = { bytes: Buffer.alloc(0), pieces: 1, sized: true }
  const baseUrl = await answering(() => now)
  const bench = await startBench()
  await bench.add({ provider: 'openai', baseUrl })
  for (const size of [0, 500, 3_000, 8_000, 70_000]) {
    const content = WORDS.repeat(Math.ceil(size / WORDS.length))
    const bytes = Buffer.from(
      JSON.stringify({ choices: [{ message: { role: 'assistant', content }, finish_reason: 'stop' }] }),
    )
    for (const pieces of [1, 3]) {
      for (const sized of [true, false]) {
        now = { bytes, pieces, sized }
        const ask = { model: 'm', messages: [{ role: 'user', content: 'x' }] }
        const answer = await fetch(`http://127.0.0.1:${bench.port}/v1/chat/completions`, {
          method: 'POST',
          body: JSON.stringify(ask),
        })
        expect(answer.status).toBe(200)
        expect(answer.headers.get('content-length')).toBe(sized ? String(bytes.length) : null)
        expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true)
      }
    }
  }
})
