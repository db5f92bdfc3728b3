import { afterEach, beforeEach, expect, test } from 'vitest'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import { createFakeEngine, type FakeEngine, untilAborted } from '../../support/fake-engine.ts'
import { http, post, rawConnection, rawPost } from '../../support/http-client.ts'

const CHAT = { model: 'demo', messages: [{ role: 'user', content: 'x' }] }
let engine: FakeEngine
let gateway: Gateway
let port: number

beforeEach(async () => {
  engine = createFakeEngine()
  gateway = createGateway({ engine, host: '127.0.0.1', port: 0, rendererFolder: null })
  port = (await gateway.listen()).port
})
afterEach(() => gateway.close())

test("Java's client, which offers HTTP/2 with its first request, is answered in HTTP/1.1", async () => {
  const offer =
    'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n'
  const raw = await rawConnection(port, rawPost('/v1/chat/completions', CHAT, offer))
  expect(await raw.until('"finish_reason":"stop"')).toMatch(/^HTTP\/1\.1 200 OK/)
  raw.socket.destroy()
})

test('an upgrade does not get around the guard', async () => {
  const raw = await rawConnection(
    port,
    'GET /v1/models HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  )
  expect(await raw.until('are not allowed')).toMatch(/^HTTP\/1\.1 403 /)
  raw.socket.destroy()
})

test('an absolute target is its path where it names this machine, and refused where not', async () => {
  expect((await http(port, 'http://127.0.0.1/v1/models')).status).toBe(200)
  expect((await http(port, 'http://evil.example/v1/models')).status).toBe(400)
  expect((await http(port, 'http://127.0.0.1/v1/models', { headers: { host: 'evil.example' } })).status).toBe(403)
})

test('OPTIONS * is answered', async () => {
  expect((await http(port, '*', { method: 'OPTIONS' })).status).toBe(204)
  expect((await http(port, '*')).status).toBe(400)
})

test('health, the version and what no route answers say how long they took', async () => {
  for (const [method, path, status] of [
    ['GET', '/health', 200],
    ['HEAD', '/health', 200],
    ['GET', '/api/version', 200],
    ['PUT', '/health', 405],
    ['PUT', '/api/models', 405],
    ['PUT', '/api/chat', 405],
    ['GET', '/v1/nothing', 404],
    ['GET', '/api/nothing', 404],
    ['GET', '/ollama/nothing', 404],
    ['GET', '/nothing.js', 404],
  ] as const) {
    const answer = await http(port, path, { method })
    expect([method, path, answer.status]).toEqual([method, path, status])
    expect(answer.headers['x-process-time'], path).toMatch(/^\d+\.\d{6}$/)
  }
})

test('slashes too many are forgiven', async () => {
  expect((await http(port, '//v1/models/')).status).toBe(200)
  expect((await post(port, '/v1//chat/completions/', CHAT)).status).toBe(200)
})

test('an answer that cannot be told costs its connection alone', async () => {
  let failures = 0
  const failTwice = (): void => {
    failures += 1
    if (failures <= 2) throw new Error('no log')
  }
  engine.log.warn = failTwice
  engine.log.error = failTwice
  engine.script = () => {
    throw new EngineError('upstream_unavailable', 'gone')
  }
  await expect(post(port, '/v1/chat/completions', CHAT)).rejects.toThrow(/hang up|ECONNRESET/)
  expect((await http(port, '/v1/models')).status).toBe(200)
})

test('a body whose chunks are broken is told so', async () => {
  const raw = await rawConnection(
    port,
    'POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  )
  expect(await raw.closed()).toMatch(/^HTTP\/1\.1 400 /)
})

test('bytes too many behind a whole request do not cost its answer', async () => {
  const raw = await rawConnection(port, `${rawPost('/v1/chat/completions', CHAT, 'Connection: close\r\n')}xx`)
  const answer = await raw.closed()
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK/)
  expect(answer).toContain('"finish_reason":"stop"')
})

test('garbage behind a stream ends it, and its work', async () => {
  engine.script = async function* ({ signal }) {
    yield { type: 'text-delta', text: 'begun' }
    await untilAborted(signal)
  }
  const raw = await rawConnection(port, rawPost('/v1/chat/completions', { ...CHAT, stream: true }))
  await raw.until('begun')
  raw.socket.write('garbage\r\n\r\n')
  await raw.closed()
  expect(engine.calls[0]?.signal.aborted).toBe(true)
})

test('a full queue says when to ask again', async () => {
  // biome-ignore lint/correctness/useYield: it fails before it says anything
  engine.script = async function* () {
    throw new EngineError('queue_full', 'Busy.')
  }
  for (const path of ['/v1/chat/completions', '/api/chat']) {
    const answer = await post(port, path, CHAT)
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1'])
  }
})

test('Content-Encoding is read without regard to case; a refusal says what is taken', async () => {
  expect((await post(port, '/api/chat', CHAT, { 'content-encoding': 'Identity' })).status).toBe(200)
  const answer = await post(port, '/api/chat', CHAT, { 'content-encoding': 'gzip' })
  expect([answer.status, answer.headers['accept-encoding']]).toEqual([415, 'identity'])
})

test('/api/embed without an input only loads the model', async () => {
  const answer = await post(port, '/api/embed', { model: 'demo' })
  expect(answer.status).toBe(200)
  expect(JSON.parse(answer.body)).toMatchObject({ model: 'demo', embeddings: [] })
  expect(engine.loads).toHaveLength(1)
})
