import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import { createFakeEngine, type FakeEngine } from '../../support/fake-engine.ts'
import { http, post, rawConnection } from '../../support/http-client.ts'

let engine: FakeEngine
let gateway: Gateway
let port: number
let rpcCalls: string[]

beforeEach(async () => {
  engine = createFakeEngine()
  rpcCalls = []
  gateway = createGateway({
    engine,
    host: 'localhost',
    port: 0,
    rendererFolder: null,
    rpcHandler: async (req, res) => {
      rpcCalls.push(req.url ?? '')
      if (req.url !== '/rpc/app/info') return false
      res.end('rpc')
      return true
    },
  })
  port = (await gateway.listen()).port
})
afterEach(() => gateway.close())

const PATHS = ['/v1/models', '/api/tags', '/health', '/rpc/app/info', '/', '/nothing']

describe('Host', () => {
  test.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('%s passes, with any port', async (host) => {
    expect((await http(port, '/health', { headers: { host } })).status).toBe(200)
    expect((await http(port, '/health', { headers: { host: `${host}:${port}` } })).status).toBe(200)
    expect((await http(port, '/health', { headers: { host: `${host}:1` } })).status).toBe(200)
  })

  test.each([
    'evil.example',
    'evil.example:4747',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'localhost.',
    '127.0.0.1@evil.example',
    '127.1',
    '2130706433',
    '0.0.0.0',
    '192.168.1.10',
    '[::ffff:127.0.0.1]',
    'x:127.0.0.1',
    '127.0.0.1:99999999',
  ])('%s is refused everywhere', async (host) => {
    for (const path of PATHS) {
      const answer = await http(port, path, { headers: { host } })
      expect([path, answer.status]).toEqual([path, 403])
    }
    const posted = await post(
      port,
      '/api/chat',
      { model: 'demo', messages: [{ role: 'user', content: 'x' }] },
      { host },
    )
    expect(posted.status).toBe(403)
    expect(engine.calls).toEqual([])
    expect(rpcCalls).toEqual([])
  })

  test.each([
    ['twice', 'GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n'],
    ['twice, in another case', 'GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\nHOST: 127.0.0.1\r\n\r\n'],
    ['missing', 'GET /health HTTP/1.1\r\n\r\n'],
    ['missing in HTTP/1.0', 'GET /health HTTP/1.0\r\n\r\n'],
    ['empty', 'GET /health HTTP/1.1\r\nHost:\r\n\r\n'],
    ['in an absolute target', 'GET http://evil.example/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
  ])('%s is refused', async (_name, request) => {
    const raw = await rawConnection(port, request)
    expect(await raw.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 (400|403) /)
    raw.socket.destroy()
  })
})

describe('Origin', () => {
  test('our own passes', async () => {
    const own = { origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' }
    expect((await http(port, '/rpc/app/info', { headers: own })).body).toBe('rpc')
  })

  test.each([
    'https://evil.example',
    'null',
    'http://localhost:3000',
    'file://',
    'http://127.0.0.1',
    'https://127.0.0.1',
    'http://127.0.0.1.evil.example',
  ])('%s can neither read nor act', async (origin) => {
    for (const path of PATHS) {
      const answer = await http(port, path, { headers: { origin } })
      expect([path, answer.status, answer.headers['access-control-allow-origin']]).toEqual([path, 403, undefined])
    }
    // What a form can send without a preflight.
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const headers = { origin, 'content-type': type }
      expect((await post(port, '/api/generate', { model: 'demo', prompt: 'x' }, headers)).status).toBe(403)
      expect((await post(port, '/ui/upload?name=x.gguf', {}, headers)).status).toBe(403)
    }
    const preflight = { origin, 'access-control-request-method': 'POST' }
    const answer = await http(port, '/api/chat', { method: 'OPTIONS', headers: preflight })
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([403, undefined])
    expect(engine.calls).toEqual([])
    expect(rpcCalls).toEqual([])
  })

  test('an allowed one may use the model APIs, and nothing of ours', async () => {
    const origin = 'https://chat.example'
    engine.allowedOrigins = ['https://Chat.example/']
    const headers = { origin, 'sec-fetch-site': 'cross-site' }
    const answer = await http(port, '/v1/models', { headers })
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'Origin' })
    const preflight = await http(port, '/v1/chat/completions', {
      method: 'OPTIONS',
      headers: {
        ...headers,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': 'authorization,content-type',
    })
    expect((await http(port, '/rpc/app/info', { headers })).status).toBe(403)
    expect((await post(port, '/ui/upload?name=x.gguf', {}, headers)).status).toBe(403)
  })

  test('errors have the shape of their dialect', async () => {
    const headers = { origin: 'https://evil.example' }
    expect(JSON.parse((await http(port, '/v1/models', { headers })).body).error).toMatchObject({
      type: 'permission_error',
      code: 'forbidden',
    })
    expect(JSON.parse((await http(port, '/api/tags', { headers })).body).error).toBeTypeOf('string')
    expect(JSON.parse((await http(port, '/health', { headers })).body).error).toMatchObject({
      code: 'forbidden',
      retryable: false,
    })
  })
})

describe('Sec-Fetch-Site', () => {
  test.each(['cross-site', 'same-site', 'whatever'])('%s is refused without an Origin too', async (site) => {
    for (const path of PATHS) {
      expect(
        (
          await http(port, path, {
            headers: { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
          })
        ).status,
      ).toBe(403)
    }
  })

  test('a link to the UI may be followed from another site, one to an API may not, and no frame', async () => {
    const navigation = {
      accept: 'text/html',
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    }
    expect((await http(port, '/', { headers: navigation })).status).toBe(503)
    expect((await http(port, '/api/tags', { headers: navigation })).status).toBe(403)
    expect((await http(port, '/', { headers: { ...navigation, 'sec-fetch-dest': 'iframe' } })).status).toBe(403)
    expect((await post(port, '/', {}, navigation)).status).toBe(403)
  })

  test.each(['same-origin', 'none'])('%s passes', async (site) => {
    expect((await http(port, '/health', { headers: { 'sec-fetch-site': site } })).status).toBe(200)
  })
})

test('an upgrade is answered as if none was asked for', async () => {
  const raw = await rawConnection(
    port,
    `GET /rpc HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  )
  expect(await raw.until('not_found')).toMatch(/^HTTP\/1\.1 404 /)
  raw.socket.destroy()
})

test('OPTIONS without an origin tells the methods', async () => {
  const answer = await http(port, '/v1/models', { method: 'OPTIONS' })
  expect([answer.status, answer.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS'])
})

test('what the rpc handler does not know is not found', async () => {
  expect((await http(port, '/rpc/nothing')).status).toBe(404)
  expect((await http(port, '/rpcx')).status).toBe(404)
  expect(rpcCalls).toEqual(['/rpc/nothing'])
})
