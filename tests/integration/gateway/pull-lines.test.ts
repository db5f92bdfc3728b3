import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Ollama, type ProgressResponse } from 'ollama'
import { expect, onTestFinished, test } from 'vitest'
import { until } from '../../support/until.ts'
import { scriptedModel } from '../../support/upstreams/ollama-answers.ts'
import { type Bench, linesOf, startBench, startOllama } from './open-webui-bench.ts'

const LAYER_A = `sha256:${'a'.repeat(64)}`
const LAYER_B = `sha256:${'b'.repeat(64)}`
const A_TOTAL = 1_000_000
const B_TOTAL = 5_000
const BROKEN = 'the line broke, trying again: '

const layerA = (completed?: number): object => layer(LAYER_A, A_TOTAL, completed)
const layerB = (completed?: number): object => layer(LAYER_B, B_TOTAL, completed)

/** As Ollama writes it: zero is left out. */
function layer(digest: string, total: number, completed?: number): object {
  return { status: `pulling ${digest.slice(7, 19)}`, digest, total, ...(completed === undefined ? {} : { completed }) }
}

/** An Ollama server whose pulls the test tells line by line, each behind the other. */
async function startRegistry(bench: Bench): Promise<{ say(...lines: object[]): void; cut(): void; pulls(): number }> {
  const pulls: ServerResponse[] = []
  const server = createServer((req, res) => {
    if (req.url !== '/api/pull') {
      res.end(JSON.stringify({ models: [], version: '0.13.5' }))
      return
    }
    pulls.push(res.writeHead(200, { 'Content-Type': 'application/x-ndjson' }))
    res.flushHeaders()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await bench.add({ provider: 'ollama', baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  return {
    say(...lines) {
      pulls.at(-1)?.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    },
    cut: () => pulls.at(-1)?.socket?.destroy(),
    pulls: () => pulls.length,
  }
}

/** Follows a pull with the official client; `seen` grows as lines come. */
function follow(bench: Bench, root: string): { seen: ProgressResponse[]; ended: Promise<void> } {
  const seen: ProgressResponse[] = []
  const client = new Ollama({ host: `http://127.0.0.1:${bench.port}${root}` })
  const ended = (async () => {
    for await (const line of await client.pull({ model: 'big', stream: true })) seen.push(line)
  })()
  // Told by who waits for it.
  ended.catch(() => {})
  return { seen, ended }
}

const has = (lines: readonly object[], line: object): true | null =>
  lines.some((each) => JSON.stringify(each) === JSON.stringify(line)) || null

/** What clients with a bar per digest rely on. */
function expectOllamaLines(lines: readonly ProgressResponse[]): void {
  for (const line of lines) {
    if (line.digest === undefined) expect(Object.keys(line)).toEqual(['status'])
    else expect([line.digest, line.total]).toEqual(line.digest === LAYER_A ? [LAYER_A, A_TOTAL] : [LAYER_B, B_TOTAL])
  }
  expect(lines.at(-1)).toEqual({ status: 'success' })
}

test.each(['', '/ollama'])('each layer is told by itself, and other steps without bytes: %s/api/pull', async (root) => {
  const bench = await startBench()
  const registry = await startRegistry(bench)
  const { seen, ended } = follow(bench, root)
  await until('it is pulled', () => registry.pulls() === 1 || null)
  registry.say({ status: 'pulling manifest' }, layerA())
  await until('the first layer begins', () => has(seen, layerA()))
  registry.say(layerA(400_000))
  await until('the first layer moves', () => has(seen, layerA(400_000)))
  // Both within one moment: what the first came to is told all the same.
  registry.say(layerA(A_TOTAL), layerB(), layerB(20))
  await until('the second layer moves', () => has(seen, layerB(20)))
  expect(has(seen, layerA(A_TOTAL))).toBe(true)
  expect(bench.engine.jobs.list()[0]).toMatchObject({ completedBytes: A_TOTAL + 20, totalBytes: A_TOTAL + B_TOTAL })
  registry.say(layerB(B_TOTAL), { status: 'verifying sha256 digest' })
  await until('it is checked', () => has(seen, { status: 'verifying sha256 digest' }))
  registry.say({ status: 'writing manifest' }, { status: 'success' })
  await ended
  expectOllamaLines(seen)
  expect(seen.filter(({ digest }) => digest === LAYER_B).at(-1)).toEqual(layerB(B_TOTAL))
})

test('after a broken line, layers are told where the server goes on', async () => {
  const bench = await startBench()
  const registry = await startRegistry(bench)
  const { seen, ended } = follow(bench, '')
  await until('it is pulled', () => registry.pulls() === 1 || null)
  registry.say({ status: 'pulling manifest' }, layerA(A_TOTAL), layerB(2_000))
  await until('the second layer moves', () => has(seen, layerB(2_000)))
  registry.cut()
  await until('the client is told', () => seen.some(({ status }) => status.startsWith(BROKEN)) || null)
  bench.engine.jobs.resume(bench.engine.jobs.list()[0]?.id ?? '')
  await until('it is pulled again', () => registry.pulls() === 2 || null)
  registry.say({ status: 'pulling manifest' }, layerA(A_TOTAL), layerB(1_500))
  await until('the second layer goes on', () => has(seen, layerB(1_500)))
  registry.say(layerB(B_TOTAL), { status: 'success' })
  await ended
  expectOllamaLines(seen)
})

test('a client that joins a running pull is told every layer', async () => {
  const bench = await startBench()
  const registry = await startRegistry(bench)
  const first = follow(bench, '')
  await until('it is pulled', () => registry.pulls() === 1 || null)
  registry.say({ status: 'pulling manifest' }, layerA(A_TOTAL), layerB(2_000))
  await until('the second layer moves', () => has(first.seen, layerB(2_000)))
  const second = follow(bench, '/ollama')
  await until('it joined', () => has(second.seen, layerB(2_000)))
  expect(second.seen).toEqual([layerA(A_TOTAL), layerB(2_000)])
  registry.say(layerB(B_TOTAL), { status: 'success' })
  await Promise.all([first.ended, second.ended])
  expectOllamaLines(second.seen)
  expect(registry.pulls()).toBe(1)
})

test('every step of the server is told in its order, however fast they follow each other', async () => {
  const bench = await startBench()
  const registry = await startRegistry(bench)
  const { seen, ended } = follow(bench, '')
  await until('it is pulled', () => registry.pulls() === 1 || null)
  registry.say(
    { status: 'pulling manifest' },
    layerA(),
    layerA(A_TOTAL),
    layerB(B_TOTAL),
    { status: 'verifying sha256 digest' },
    { status: 'writing manifest' },
    { status: 'success' },
  )
  await ended
  expect(seen).toEqual([
    { status: 'pulling manifest' },
    layerA(A_TOTAL),
    layerB(B_TOTAL),
    { status: 'verifying sha256 digest' },
    { status: 'writing manifest' },
    { status: 'success' },
  ])
})

test('what the server refuses at once is answered with its status and words', async () => {
  const bench = await startBench()
  const refusing = createServer((req, res) => {
    const isAsked = req.url === '/api/pull' || req.url === '/api/create'
    res.writeHead(isAsked ? 400 : 200, { 'Content-Type': 'application/json' })
    res.end(JSON.stringify(isAsked ? { error: 'invalid model name' } : { models: [], version: '0.13.5' }))
  })
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    refusing.closeAllConnections()
    refusing.close()
  })
  const port = (refusing.address() as AddressInfo).port
  await bench.add({ provider: 'ollama', baseUrl: `http://127.0.0.1:${port}`, name: 'Refusing' })
  const bodies = [
    ['pull', { model: '!!' }],
    ['pull', { model: '!!', stream: false }],
    ['create', { model: '!!', from: 'base' }],
  ] as const
  for (const [action, body] of bodies) {
    const answer = await bench.post(`/api/${action}`, body)
    expect([answer.status, JSON.parse(answer.body)]).toEqual([400, { error: 'Refusing: invalid model name' }])
    const inWebUi = await bench.post(`/ollama/api/${action}`, body)
    expect([inWebUi.status, JSON.parse(inWebUi.body)]).toEqual([400, { detail: 'invalid model name' }])
  }
})

test('a server that is gone is said at once, and what it was doing is joined all the same', async () => {
  const bench = await startBench()
  const registry = new Map([['tiny', { layers: [1_000_000] }]])
  const server = await startOllama({ models: [scriptedModel('base:1b')], script: { registry, stepMs: 20 } })
  await bench.add({ provider: 'ollama', baseUrl: server.url, name: 'Gone' })
  const first = bench.post('/api/pull', { model: 'tiny' })
  await until('it is pulled', () => server.requestsTo('/api/pull').length === 1 || null)
  await server.kill()
  await until('its line broke', () => bench.engine.jobs.list()[0]?.state === 'retrying' || null)
  const others = [
    ['pull', { model: 'big' }],
    ['pull', { model: 'big', stream: false }],
    ['push', { model: 'base:1b' }],
    ['create', { model: 'mine', from: 'base:1b' }],
  ] as const
  for (const [action, body] of others) {
    const answer = await bench.post(`/api/${action}`, body)
    expect([answer.status, JSON.parse(answer.body)]).toEqual([502, { error: expect.stringMatching(/^Gone .*refused/) }])
    const inWebUi = await bench.post(`/ollama/api/${action}`, body)
    expect([inWebUi.status, JSON.parse(inWebUi.body)]).toEqual([
      500,
      { detail: expect.stringMatching(/^Ollama: Gone .*refused/) },
    ])
  }
  expect(bench.engine.jobs.list()).toHaveLength(1)
  const joined = await fetch(`http://127.0.0.1:${bench.port}/ollama/api/pull`, {
    method: 'POST',
    body: '{"model":"tiny:latest"}',
  })
  await server.revive()
  bench.engine.jobs.resume(bench.engine.jobs.list()[0]?.id ?? '')
  expect(linesOf(await first).at(-1)).toEqual({ status: 'success' })
  expect((await joined.text()).trimEnd().split('\n').at(-1)).toBe('{"status":"success"}')
  expect(bench.engine.jobs.list()).toHaveLength(1)
})
