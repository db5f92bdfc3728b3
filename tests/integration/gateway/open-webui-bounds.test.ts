import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type Bench, jsonOf, startBench } from './open-webui-bench.ts'

/** A server that takes every request, and either never answers or goes on with one byte after the other. */
async function startEndless(drips: boolean): Promise<string> {
  const server = createServer((_req, res) => {
    if (!drips) return
    res.writeHead(200, { 'content-type': 'application/json' })
    const drip = setInterval(() => res.write(' '), 20)
    res.on('close', () => clearInterval(drip))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function setUp(drips: boolean): Promise<{ bench: Bench; url: string }> {
  const url = await startEndless(drips)
  const bench = await startBench({ lookMs: 100 })
  // What is verified takes its time limits from the saved one.
  const timeouts = { connectMs: 100 }
  await bench.engine.connections.create({ provider: 'openai', baseUrl: `${url}/v1`, timeouts })
  await bench.engine.connections.create({ provider: 'ollama', baseUrl: url, timeouts })
  return { bench, url }
}

test.each([
  ['never answers', false],
  ['never ends its answer', true],
])('a server that %s holds up neither verify nor its own list', async (_what, drips) => {
  const { bench, url } = await setUp(drips)
  const late = expect.stringMatching(/ did not answer within 0\.2 s\.$/)
  for (const asked of [
    bench.post('/openai/verify', { url: `${url}/v1`, key: '' }),
    bench.get('/openai/models/0'),
    bench.post('/ollama/verify', { url }),
  ]) {
    const answer = await asked
    const told = { detail: 'Open WebUI: Server Connection Error', reason: late }
    expect([answer.status, jsonOf(answer)]).toEqual([500, told])
  }
  for (const asked of [bench.get('/ollama/api/tags/0'), bench.get('/ollama/api/version/0')]) {
    const answer = await asked
    expect([answer.status, jsonOf(answer)]).toEqual([
      500,
      { detail: expect.stringMatching(/^Ollama: .* did not answer within 0\.2 s\.$/) },
    ])
  }
})
