import { afterEach, expect, test } from 'vitest'
import { createGateway, type Gateway, type GatewayOptions } from '../../../src/main/gateway/index.ts'
import { createFakeEngine, untilAborted } from '../../support/fake-engine.ts'
import { http, rawConnection, rawPost } from '../../support/http-client.ts'

const opened: Gateway[] = []
afterEach(async () => {
  for (const gateway of opened.splice(0)) await gateway.close()
})

function open(options: Partial<GatewayOptions> = {}): {
  gateway: Gateway
  engine: ReturnType<typeof createFakeEngine>
} {
  const engine = createFakeEngine()
  const gateway = createGateway({ engine, host: '127.0.0.1', port: 0, rendererFolder: null, ...options })
  opened.push(gateway)
  return { gateway, engine }
}

test('port 0 picks a free port, and the engine is told', async () => {
  const { gateway, engine } = open()
  const { url, port } = await gateway.listen()
  expect(port).toBeGreaterThan(0)
  expect(url).toBe(`http://127.0.0.1:${port}`)
  const health = await http(port, '/health')
  expect([health.status, JSON.parse(health.body)]).toEqual([200, { status: true, version: '9.9.9' }])
  await gateway.close()
  await gateway.close()
  expect(engine.gatewayUrls).toEqual([url, null])
  await expect(http(port, '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('a given version is used', async () => {
  const { gateway } = open({ version: '1.2.3' })
  const { port } = await gateway.listen()
  expect(JSON.parse((await http(port, '/health')).body).version).toBe('1.2.3')
})

test('localhost never asks a resolver', async () => {
  const { gateway } = open({ host: 'localhost' })
  expect((await gateway.listen()).url).toMatch(/^http:\/\/127\.0\.0\.1:/)
})

test('a taken port is a plain conflict', async () => {
  const first = open()
  const { port } = await first.gateway.listen()
  const second = open({ port })
  await expect(second.gateway.listen()).rejects.toMatchObject({
    code: 'conflict',
    message: `Port ${port} on 127.0.0.1 is already in use by another program. Choose another port.`,
  })
  expect(second.engine.gatewayUrls).toEqual([])
  await second.gateway.close()
})

test.each(['0.0.0.0', '::', '192.168.1.5', 'example.com', '', '127.0.0.2'])('refuses to listen on %j', async (host) => {
  const { gateway } = open({ host })
  await expect(gateway.listen()).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('share on the network (--share)'),
  })
})

test('closing lets a short answer finish', async () => {
  const { gateway, engine } = open({ timing: { drainMs: 5_000 } })
  const { port } = await gateway.listen()
  let go = (): void => {}
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  engine.script = async function* () {
    yield { type: 'text-delta', text: 'begun' }
    await gate
    yield { type: 'text-delta', text: ' and done' }
    yield { type: 'finish', reason: 'stop' }
  }
  const raw = await rawConnection(port, rawPost('/api/generate', { model: 'demo', prompt: 'x' }))
  await raw.until('begun')
  const closing = gateway.close()
  go()
  await closing
  expect(await raw.closed()).toContain('"done_reason":"stop"')
})

test('closing ends a long answer with a clear line, and refuses new requests', async () => {
  const { gateway, engine } = open({ timing: { drainMs: 100 } })
  const { port } = await gateway.listen()
  engine.script = async function* (call) {
    yield { type: 'text-delta', text: 'begun' }
    await untilAborted(call.signal)
  }
  const raw = await rawConnection(
    port,
    rawPost('/v1/chat/completions', { model: 'demo', messages: [{ role: 'user', content: 'x' }], stream: true }),
  )
  await raw.until('begun')
  await gateway.close()
  const answer = await raw.closed()
  expect(answer).toContain('"code":"shutting_down"')
  expect(answer.endsWith('0\r\n\r\n')).toBe(true)
})

test('idle keep-alive connections do not hold the close up', async () => {
  const { gateway } = open()
  const { port } = await gateway.listen()
  const raw = await rawConnection(port, 'GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
  await raw.until('"status":true')
  const started = performance.now()
  await gateway.close()
  expect(performance.now() - started).toBeLessThan(1_500)
  await raw.closed()
})
