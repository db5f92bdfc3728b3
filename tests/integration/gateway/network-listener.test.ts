import { mkdirSync, writeFileSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import { connect as tlsConnect } from 'node:tls'
import { generate } from 'selfsigned'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import { createFakeEngine, type FakeEngine, untilAborted } from '../../support/fake-engine.ts'
import { type HttpAnswer, http, post, rawConnection, rawPost } from '../../support/http-client.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const HOSTS = ['127.0.0.1', 'Box.Local', 'fe80::1']
const CHAT = { model: 'demo', messages: [{ role: 'user', content: 'Hi' }] }

let engine: FakeEngine
let gateway: Gateway
let local: number
let port: number

beforeEach(async () => {
  const renderer = tempFolder()
  mkdirSync(join(renderer, 'assets'))
  writeFileSync(join(renderer, 'index.html'), '<!doctype html><title>Switchyard</title>')
  writeFileSync(join(renderer, 'assets', 'index-12345678.js'), 'export {}')
  engine = createFakeEngine()
  gateway = createGateway({
    engine,
    host: '127.0.0.1',
    port: 0,
    rendererFolder: renderer,
    rpcHandler: async (_req, res, principal) => {
      res.end(principal.name)
      return true
    },
    timing: { drainMs: 100 },
  })
  local = (await gateway.listen()).port
  port = (await gateway.network.open({ address: '127.0.0.1', port: 0, tls: null, hosts: HOSTS })).port
})
afterEach(() => gateway.close())

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('strangers', () => {
  test('get the window and what they need to sign in, and nothing else', async () => {
    for (const path of [
      '/health',
      '/ready',
      '/api/version',
      '/api/config',
      '/ui/session',
      '/assets/index-12345678.js',
    ]) {
      expect([path, (await http(port, path)).status]).toEqual([path, 200])
    }
    expect((await http(port, '/', { headers: { accept: 'text/html' } })).body).toContain('<title>Switchyard')
    const calls: [string, string, unknown?][] = [
      ['GET', '/v1/models'],
      ['GET', '/v1/models/demo'],
      ['POST', '/v1/chat/completions', CHAT],
      ['POST', '/v1/messages', CHAT],
      ['GET', '/api/tags'],
      ['GET', '/api/ps'],
      ['POST', '/api/show', { model: 'demo' }],
      ['POST', '/api/chat', CHAT],
      ['POST', '/api/pull', { model: 'x' }],
      ['GET', '/api/models'],
      ['GET', '/api/v1/models'],
      ['GET', '/ollama/config'],
      ['GET', '/rpc/app/info'],
      ['POST', '/ui/upload?name=x.gguf', {}],
      ['GET', '/v1/nothing-of-this-name'],
      ['DELETE', '/v1/models'],
    ]
    for (const [method, path, body] of calls) {
      for (const [headers, words] of [
        [{}, 'Not authenticated'],
        [{ cookie: 'token=eyJhbGciOiJIUzI1NiJ9.e30.x' }, 'Not authenticated'],
        [bearer('ollama'), 'Invalid token'],
      ] as const) {
        const answer = await http(port, path, {
          method,
          headers,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
        expect([path, answer.status]).toEqual([path, 401])
        expect(answer.body).toContain(words)
      }
    }
    expect(engine.calls).toEqual([])
  })

  test('are told nothing of the team, and cannot become its first administrator by looking', async () => {
    engine.people.session('root', 'admin')
    const session = await http(port, '/ui/session')
    expect(JSON.parse(session.body)).toMatchObject({
      me: null,
      needsFirstAccount: false,
      pending: { adminName: '', adminEmail: '' },
    })
    expect(session.body).not.toContain('root')
    const fresh = createFakeEngine()
    const other = createGateway({ engine: fresh, host: '127.0.0.1', port: 0, rendererFolder: null })
    const opened = await other.network.open({ address: '127.0.0.1', port: 0, tls: null, hosts: HOSTS })
    expect(JSON.parse((await http(opened.port, '/ui/session')).body).needsFirstAccount).toBe(false)
    await other.network.close()
  })
})

test('people and scripts work at both doors at once, until the next request after a change', async () => {
  const ada = engine.people.session('ada', 'user')
  const script = engine.people.key('bob', 'user', ['chat'])
  for (const at of [local, port]) {
    expect((await post(at, '/v1/chat/completions', CHAT, { cookie: `token=${ada}` })).status).toBe(200)
    expect((await post(at, '/api/chat', CHAT, bearer(script))).status).toBe(200)
  }
  expect(engine.calls.map(({ caller }) => caller.principal.name)).toEqual(['ada', 'bob', 'ada', 'bob'])
  expect((await http(port, '/rpc/x', { headers: { cookie: `token=${ada}` } })).body).toBe('ada')
  engine.people.revoke(script)
  for (const at of [local, port]) expect((await post(at, '/api/chat', CHAT, bearer(script))).status).toBe(401)
})

describe('hosts and origins', () => {
  const headersFor = (host: string) => ({ ...bearer(engine.people.session('ada', 'user')), host })

  test.each(['127.0.0.1', '127.0.0.1:1', 'box.local', 'BOX.local:4748', '[fe80::1]', '[FE80::1]:80'])(
    '%s is ours',
    async (host) => {
      expect((await http(port, '/v1/models', { headers: headersFor(host) })).status).toBe(200)
    },
  )

  test.each([
    'evil.example',
    'localhost',
    'box.local.evil.example',
    'box.local.',
    'xbox.local',
    '127.0.0.2',
    'fe80::1',
    'box.local:99999999',
  ])('%j is refused, also for what is public', async (host) => {
    for (const path of ['/', '/health', '/v1/models', '/ui/session']) {
      expect([path, (await http(port, path, { headers: headersFor(host) })).status]).toEqual([path, 403])
    }
  })

  test('only pages of this very address may act, whatever the owner allowed for this machine', async () => {
    engine.allowedOrigins = ['https://chat.example']
    const session = engine.people.session('ada', 'user')
    const from = (origin: string) =>
      post(port, '/v1/chat/completions', CHAT, { cookie: `token=${session}`, host: 'box.local:4748', origin })
    expect((await from('http://box.local:4748')).status).toBe(200)
    for (const origin of [
      'https://box.local:4748',
      'http://box.local',
      'http://127.0.0.1:4748',
      'https://chat.example',
      'null',
    ]) {
      expect([origin, (await from(origin)).status]).toEqual([origin, 403])
    }
  })

  test('names of the network are nothing at this machine’s own door', async () => {
    expect((await http(local, '/health', { headers: { host: 'box.local' } })).status).toBe(403)
  })

  test('the window cannot be framed', async () => {
    for (const path of ['/', '/assets/index-12345678.js']) {
      const { headers } = await http(port, path, { headers: { accept: 'text/html' } })
      expect(headers['x-frame-options']).toBe('DENY')
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    }
  })
})

describe('over TLS', () => {
  test('the same door, with the certificate that it was given', async () => {
    const tls = await certificate()
    port = (await gateway.network.open({ address: '127.0.0.1', port: 0, tls, hosts: HOSTS })).port
    const session = await https('/ui/session', tls.cert)
    expect(JSON.parse(session.body)).toMatchObject({ me: null, encrypted: true })
    // Browsers would keep it for an address that has this certificate of our own only for now.
    expect(session.headers['strict-transport-security']).toBeUndefined()
    const token = engine.people.session('ada', 'user')
    const own = { cookie: `token=${token}`, origin: `https://127.0.0.1:${port}` }
    expect((await https('/v1/models', tls.cert, own)).status).toBe(200)
    const plainOrigin = { ...own, origin: `http://127.0.0.1:${port}` }
    expect((await https('/v1/models', tls.cert, plainOrigin)).status).toBe(403)
    const ended = await https('/ui/session', tls.cert, { cookie: `token=swy_${'x'.repeat(43)}` })
    expect(ended.headers['set-cookie']).toEqual([expect.stringMatching(/; HttpOnly; SameSite=Lax; Secure$/)])
    // Nobody is answered in clear.
    await expect(http(port, '/health')).rejects.toThrow()
    expect((await https('/health', tls.cert)).status).toBe(200)
  })

  test('old protocols are refused', async () => {
    const tls = await certificate()
    port = (await gateway.network.open({ address: '127.0.0.1', port: 0, tls, hosts: HOSTS })).port
    const failure = await new Promise<Error>((resolve, reject) => {
      const socket = tlsConnect(
        { host: '127.0.0.1', port, ca: tls.cert, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' },
        () => reject(new Error('connected')),
      )
      socket.once('error', resolve)
    })
    expect(failure.message).toMatch(/ssl|protocol|ECONNRESET/i)
  })

  test('what is no certificate is said so', async () => {
    const tls = { key: 'no key', cert: 'no certificate' }
    await expect(gateway.network.open({ address: '127.0.0.1', port: 0, tls, hosts: HOSTS })).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })
})

describe('opening and closing', () => {
  test('a taken port is a conflict, and an address of another machine is named', async () => {
    const taken = gateway.network.open({ address: '127.0.0.1', port: local, tls: null, hosts: HOSTS })
    await expect(taken).rejects.toMatchObject({ code: 'conflict' })
    const foreign = gateway.network.open({ address: '192.0.2.1', port: 0, tls: null, hosts: HOSTS })
    await expect(foreign).rejects.toMatchObject({ code: 'invalid_request' })
    // A failed attempt leaves nothing behind that would be in the way of the next.
    const next = await gateway.network.open({ address: '127.0.0.1', port: 0, tls: null, hosts: HOSTS })
    expect((await http(next.port, '/health')).status).toBe(200)
  })

  test('closing it cuts who stays, and leaves this machine’s own door open', async () => {
    engine.script = async function* (call) {
      yield { type: 'text-delta', text: 'begun' }
      await untilAborted(call.signal)
    }
    const session = engine.people.session('ada', 'user')
    const stream = rawPost('/api/chat', CHAT, `Authorization: Bearer ${session}\r\n`)
    const raw = await rawConnection(port, stream)
    await raw.until('begun')
    await gateway.network.close()
    await raw.closed()
    await expect(http(port, '/health')).rejects.toThrow('ECONNREFUSED')
    expect((await http(local, '/health')).status).toBe(200)
    await gateway.network.close()
  })

  test('it goes with the gateway, whose answers there end with a clear line too, and does not come back', async () => {
    engine.script = async function* (call) {
      yield { type: 'text-delta', text: 'begun' }
      await untilAborted(call.signal)
    }
    const session = engine.people.session('ada', 'user')
    const raw = await rawConnection(port, rawPost('/api/chat', CHAT, `Authorization: Bearer ${session}\r\n`))
    await raw.until('begun')
    await gateway.close()
    expect(await raw.closed()).toContain('Switchyard is shutting down')
    await expect(http(port, '/health')).rejects.toThrow('ECONNREFUSED')
    await expect(
      gateway.network.open({ address: '127.0.0.1', port: 0, tls: null, hosts: HOSTS }),
    ).rejects.toMatchObject({ code: 'shutting_down' })
  })
})

async function certificate(): Promise<{ key: string; cert: string }> {
  const made = await generate([{ name: 'commonName', value: 'Switchyard' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  return { key: made.private, cert: made.cert }
}

function https(path: string, ca: string, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const req = httpsRequest({ host: '127.0.0.1', port, path, ca, headers, agent: false }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () =>
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks).toString('utf8') }),
      )
    })
    req.on('error', reject)
    req.end()
  })
}
