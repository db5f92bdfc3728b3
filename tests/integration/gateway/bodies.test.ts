import { afterEach, beforeEach, expect, test } from 'vitest'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import { createFakeEngine, type FakeEngine } from '../../support/fake-engine.ts'
import { http, post, rawConnection } from '../../support/http-client.ts'

const LIMIT = 1024 * 1024
let engine: FakeEngine
let gateway: Gateway
let port: number

beforeEach(async () => {
  engine = createFakeEngine()
  gateway = createGateway({
    engine,
    host: '127.0.0.1',
    port: 0,
    rendererFolder: null,
    bodyLimit: LIMIT,
    timing: { bodyIdleMs: 100, lingerMs: 300 },
  })
  port = (await gateway.listen()).port
})
afterEach(() => gateway.close())

test('a body at the limit passes, one above is refused in the shape of the dialect', async () => {
  const ask = (size: number): object => ({
    model: 'demo',
    messages: [{ role: 'user', content: 'x'.repeat(size) }],
    stream: false,
  })
  const overhead = JSON.stringify(ask(0)).length
  expect((await post(port, '/api/chat', ask(LIMIT - overhead))).status).toBe(200)
  const openai = await post(port, '/v1/chat/completions', ask(LIMIT - overhead + 1))
  expect([openai.status, JSON.parse(openai.body).error.code]).toEqual([413, 'request_too_large'])
  const ollama = await post(port, '/api/chat', ask(5 * LIMIT))
  expect([ollama.status, JSON.parse(ollama.body)]).toEqual([413, { error: 'The request body is larger than 1 MB.' }])
})

test('a chunked body that grows too large is refused, and its sender reads the answer before the connection ends', async () => {
  const raw = await rawConnection(
    port,
    'POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n',
  )
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
  for (let sent = 0; sent < 3 * LIMIT; sent += 0x10000) raw.socket.write(chunk)
  raw.socket.write('0\r\n\r\n')
  const answer = await raw.closed()
  expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  expect(answer).toContain('{"error":"The request body is larger than 1 MB."}')
})

test('a sender that never stops is cut off', async () => {
  const raw = await rawConnection(
    port,
    `POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${100 * LIMIT}\r\n\r\n{`,
  )
  expect(await raw.until('larger than 1 MB')).toMatch(/^HTTP\/1\.1 413 /)
  await raw.closed()
})

test('100-continue: asked before the body is sent, and not at all for one that is too large', async () => {
  const body = JSON.stringify({ model: 'demo', messages: [], stream: false })
  const head = 'POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nContent-Length:'
  const raw = await rawConnection(port, `${head} ${body.length}\r\n\r\n`)
  await raw.until('HTTP/1.1 100 Continue\r\n\r\n')
  raw.socket.write(body)
  expect(await raw.until('"done_reason":"load"')).toContain('HTTP/1.1 200 OK')
  raw.socket.destroy()
  const refused = await rawConnection(port, `${head} ${LIMIT + 1}\r\n\r\n`)
  const answer = await refused.until('larger than')
  expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  refused.socket.destroy()
})

test('a body that stops arriving is given up', async () => {
  const raw = await rawConnection(
    port,
    'POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{"model"',
  )
  expect(await raw.until('did not arrive in time')).toMatch(/^HTTP\/1\.1 408 /)
  await raw.closed()
})

test('a client that leaves in the middle of its body harms nothing', async () => {
  const raw = await rawConnection(
    port,
    'POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{"model"',
  )
  raw.socket.destroy()
  expect((await http(port, '/health')).status).toBe(200)
  expect(engine.calls).toEqual([])
})

test.each([
  [
    '/v1/chat/completions',
    '{"model":"demo",\n"messages":[}',
    { error: { code: 'invalid_request', message: /line 2, column 13/ } },
  ],
  ['/api/chat', '{"model":"demo",\n"messages":[}', { error: /line 2, column 13/ }],
])('malformed JSON to %s tells the place and repeats nothing of it', async (path, body, expected) => {
  const answer = await http(port, path, { method: 'POST', body })
  expect(answer.status).toBe(400)
  const { error } = JSON.parse(answer.body)
  if (expected.error instanceof RegExp) expect(error).toMatch(expected.error)
  else expect(error).toMatchObject({ code: 'invalid_request', message: expect.stringMatching(expected.error.message) })
})

test.each([
  ['text/plain', 200],
  ['application/x-www-form-urlencoded', 200],
  ['', 200],
])('a JSON body that calls itself %j is read', async (type, status) => {
  const body = { model: 'demo', messages: [{ role: 'user', content: 'x' }], stream: false }
  expect((await post(port, '/api/chat', body, { 'content-type': type })).status).toBe(status)
})

test('a compressed body is refused clearly', async () => {
  const answer = await post(port, '/api/chat', {}, { 'content-encoding': 'gzip' })
  expect([answer.status, answer.body]).toEqual([415, expect.stringContaining('gzip')])
})

test('nesting without end is refused, quickly', async () => {
  const started = performance.now()
  const answer = await http(port, '/api/chat', { method: 'POST', body: '['.repeat(LIMIT) })
  expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('200 levels')])
  expect(performance.now() - started).toBeLessThan(1_000)
})

test('a broken request line gets 400, oversized headers 431', async () => {
  const broken = await rawConnection(port, 'NONSENSE\r\n\r\n')
  expect(await broken.closed()).toMatch(/^HTTP\/1\.1 400 /)
  const large = await rawConnection(
    port,
    `GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Large: ${'x'.repeat(40_000)}\r\n\r\n`,
  )
  expect(await large.closed()).toMatch(/^HTTP\/1\.1 431 /)
})

test('one connection serves one request after the other, also after an error', async () => {
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`
  const raw = await rawConnection(port, get('/v1/nothing'))
  await raw.until('not_found')
  raw.socket.write(get('/health'))
  expect(await raw.until('"status":true')).toMatch(/404[\s\S]*200 OK/)
  raw.socket.destroy()
})

test('what follows a request that is being answered never gets into its answer', async () => {
  let go = (): void => {}
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  engine.script = async function* () {
    yield { type: 'text-delta', text: 'begun' }
    await gate
    yield { type: 'finish', reason: 'stop' }
  }
  const body = JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'x' }] })
  const raw = await rawConnection(
    port,
    `POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  await raw.until('begun')
  raw.socket.write('\u0000garbage\r\n\r\n')
  const answer = await raw.closed()
  go()
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1)
  expect(engine.calls[0]?.signal.aborted).toBe(true)
})
