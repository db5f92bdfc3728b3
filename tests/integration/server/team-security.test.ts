import { readdirSync, readFileSync, statSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Member, PASSWORD, startTeamServer, type TeamServer } from '../../support/acceptance/team-server.ts'
import { type HttpAnswer, http, post } from '../../support/http-client.ts'
import { startServe } from '../../support/serve-process.ts'
import { until } from '../../support/until.ts'

/** What a thief of a session or key would try, on the built server. */
let team: TeamServer
let mia: Member

beforeAll(async () => {
  team = await startTeamServer()
  mia = await team.add('Mia', 'user')
})
afterAll(async () => {
  await team?.serve.end()
})

function cookieOf(answer: HttpAnswer): { value: string; flags: string[] } {
  const header = (answer.headers['set-cookie'] ?? []).find((each) => each.startsWith('token=')) ?? ''
  const [pair = '', ...flags] = header.split('; ')
  return { value: pair.slice('token='.length), flags: flags.map((flag) => flag.toLowerCase()) }
}

const signIn = (email: string, password: string) => team.send('/api/v1/auths/signin', { email, password }, null)

describe('the session', () => {
  it('has a cookie that scripts cannot read and other sites do not send', async () => {
    const { value, flags } = cookieOf(await signIn(mia.email, PASSWORD))
    expect(value).toMatch(/^swy_[\w-]{43}$/)
    expect(flags).toEqual(expect.arrayContaining(['httponly', 'samesite=lax', 'path=/']))
    // Without TLS a Secure cookie would never come back.
    expect(flags).not.toContain('secure')
    const me = await http(team.port, '/api/v1/auths/', { headers: { cookie: `token=${value}` } })
    expect(JSON.parse(me.body)).toMatchObject({ email: mia.email })
  })

  it('is no longer good after signing out, also for a copy of the token', async () => {
    const { value } = cookieOf(await signIn(mia.email, PASSWORD))
    expect((await team.get('/v1/models', value)).status).toBe(200)
    await team.send('/api/v1/auths/signout', {}, value)
    expect((await team.get('/v1/models', value)).status).toBe(401)
  })

  it('ends everywhere at once', async () => {
    const tokens = await Promise.all([1, 2, 3].map(async () => cookieOf(await signIn(mia.email, PASSWORD)).value))
    expect((await team.rpc('team.signOutEverywhere', { id: mia.id }, team.admin.token)).status).toBe(200)
    for (const token of tokens) expect((await team.get('/v1/models', token)).status).toBe(401)
    mia.token = cookieOf(await signIn(mia.email, PASSWORD)).value
  })

  it('of a person who was put back to pending or removed is worth nothing at the very next request', async () => {
    const kit = await team.add('Kit', 'user')
    expect((await team.get('/v1/models', kit.token)).status).toBe(200)
    await team.expectOk(
      `/api/v1/users/${kit.id}/update`,
      { role: 'pending', name: 'Kit', email: kit.email, profile_image_url: '' },
      team.admin.token,
    )
    expect((await team.get('/v1/models', kit.token)).status).toBe(401)
    expect((await team.remove(`/api/v1/users/${kit.id}`, team.admin.token)).status).toBe(200)
    expect((await team.get('/api/v1/auths/', kit.token)).status).toBe(401)
  })
})

describe('keys', () => {
  it('are worth nothing once revoked, and never come as the owner of this computer', async () => {
    const made = await team.rpc('team.createKey', { name: 'script', scopes: ['models', 'chat'] }, team.admin.token)
    const { key, secret } = (JSON.parse(made.body) as { json: { key: { id: string }; secret: string } }).json
    expect(secret).toMatch(/^sk-swy-[0-9a-f]{48}$/)
    expect((await team.get('/v1/models', secret)).status).toBe(200)
    await team.rpc('team.revokeKey', { id: key.id }, team.admin.token)
    expect((await team.get('/v1/models', secret)).status).toBe(401)
  })

  it('do only what their scopes say', async () => {
    const made = await team.rpc('team.createKey', { name: 'lists', scopes: ['models'] }, team.admin.token)
    const { secret } = (JSON.parse(made.body) as { json: { secret: string } }).json
    expect((await team.get('/v1/models', secret)).status).toBe(200)
    const chat = await team.send('/v1/chat/completions', { model: 'demo', messages: [] }, secret)
    expect([401, 403]).toContain(chat.status)
    expect([401, 403]).toContain((await team.rpc('connections.list', undefined, secret)).status)
    expect([401, 403]).toContain((await team.get('/api/v1/users/', secret)).status)
  })

  it.each([
    'sk-swy-000000000000000000000000000000000000000000000000',
    `swy_${'A'.repeat(43)}`,
    'eyJhbGciOiJub25lIn0.e30.',
    'sk-anything',
    "' OR 1=1 --",
  ])('of no one are refused: %s', async (token) => {
    expect((await team.get('/v1/models', token)).status).toBe(401)
    expect((await http(team.port, '/v1/models', { headers: { 'x-api-key': token } })).status).toBe(401)
    expect(
      (await http(team.port, '/v1/models', { headers: { cookie: `token=${encodeURIComponent(token)}` } })).status,
    ).toBe(401)
  })
})

describe('at rest', () => {
  it('no token, key, invite or password is in any file', async () => {
    const made = await team.rpc('team.createKey', { name: 'kept', scopes: ['models'] }, team.admin.token)
    const { secret } = (JSON.parse(made.body) as { json: { secret: string } }).json
    const invited = await team.rpc('team.createInvite', { note: 'n' }, team.admin.token)
    const { url } = (JSON.parse(invited.body) as { json: { url: string } }).json
    const invite = url.split('/').at(-1) ?? ''
    expect(invite.length).toBeGreaterThan(30)
    const files = readdirSync(team.serve.dataFolder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(team.serve.dataFolder, name))
      .filter((path) => statSync(path).isFile())
    expect(files.some((path) => path.includes('.db') || path.includes('sqlite'))).toBe(true)
    for (const path of files) {
      const bytes = readFileSync(path)
      for (const text of [secret, invite, PASSWORD, mia.token, team.admin.token]) {
        expect(bytes.includes(text), `${path} holds ${text.slice(0, 8)}…`).toBe(false)
      }
    }
  })
})

describe('guessing passwords', () => {
  it('is slowed after fifteen tries for one address, whatever the password, and others may still sign in', async () => {
    const lea = await team.add('Lea', 'user')
    const statuses: number[] = []
    for (let attempt = 0; attempt < 16; attempt += 1)
      statuses.push((await signIn(lea.email, `wrong ${attempt}`)).status)
    expect(statuses.slice(0, 14).every((status) => status === 400)).toBe(true)
    expect(statuses.at(-1)).toBe(429)
    const right = await signIn(lea.email, PASSWORD)
    expect(right.status).toBe(429)
    expect(right.body).toContain('API rate limit exceeded')
    expect((await signIn(mia.email, PASSWORD)).status).toBe(200)
  })

  it('does not tell who has an account, by words or by time', async () => {
    const known: number[] = []
    const unknown: number[] = []
    for (let attempt = 0; attempt < 5; attempt += 1) {
      for (const [email, times] of [
        ['ada@example.com', known],
        ['nobody@example.com', unknown],
      ] as const) {
        const before = performance.now()
        const answer = await signIn(email, 'certainly wrong')
        times.push(performance.now() - before)
        expect(answer.status).toBe(400)
        expect(JSON.parse(answer.body)).toEqual({
          detail: 'The email or password provided is incorrect. Please check for typos and try logging in again.',
        })
      }
    }
    // Both cost a whole password hash; without one it would be a hundred times faster. The shortest of each: what the
    // machine does besides only ever adds.
    const ratio = Math.min(...unknown) / Math.min(...known)
    expect(ratio).toBeGreaterThan(0.4)
    expect(ratio).toBeLessThan(2.5)
  })
})

describe('other web sites', () => {
  const cookie = () => ({ cookie: `token=${mia.token}` })

  it.each<[string, Record<string, string>]>([
    ['by origin', { origin: 'https://evil.example' }],
    ['from a sandbox', { origin: 'null' }],
    ['by what browsers say of them', { 'sec-fetch-site': 'cross-site' }],
    ['from a neighbour host', { 'sec-fetch-site': 'same-site' }],
  ])('cannot act with somebody’s cookie, %s', async (_name, headers) => {
    const before = (await team.get('/api/v1/auths/', mia.token)).body
    for (const path of [
      '/api/v1/auths/update/profile',
      '/api/v1/auths/signout',
      '/v1/chat/completions',
      '/rpc/chats/create',
    ]) {
      const answer = await post(team.port, path, { name: 'Stolen', profile_image_url: '' }, { ...cookie(), ...headers })
      expect(answer.status, path).toBe(403)
    }
    expect((await team.get('/api/v1/auths/', mia.token)).body).toBe(before)
  })

  it('cannot have a form do it either: no state changes by GET or by a form’s types', async () => {
    const form = await http(team.port, '/rpc/chats/create', {
      method: 'POST',
      headers: { ...cookie(), 'content-type': 'text/plain' },
      body: '{"json":{}}',
    })
    expect(form.status).toBe(415)
  })

  it('cannot put the window into a frame', async () => {
    const { headers } = await http(team.port, '/', { headers: { accept: 'text/html' } })
    expect(headers['x-frame-options']).toBe('DENY')
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
  })

  it('cannot come in by a name that was bound to this address', async () => {
    for (const host of ['evil.example', 'evil.example:4747', '127.0.0.1.evil.example']) {
      const answer = await http(team.port, '/v1/models', { headers: { host, ...cookie() } })
      expect(answer.status, host).toBe(403)
    }
  })
})

describe('on the network', () => {
  it('cannot be switched on while there are neither accounts nor keys', async () => {
    const alone = await startServe({
      env: { SWITCHYARD_MDNS: 'off' },
      args: ['--share', '127.0.0.2', '--share-port', '0'],
    })
    try {
      const port = Number(new URL(alone.url).port)
      const state = await post(port, '/rpc/sharing/update', { json: { enabled: true, address: '127.0.0.2', port: 0 } })
      expect(JSON.parse(state.body)).toMatchObject({ json: { state: 'blocked', urls: [] } })
      expect(alone.output()).toMatch(/account|key/)
      expect(alone.output()).not.toMatch(/Shared on the network at/)
    } finally {
      await alone.end()
    }
  })

  it('knows nobody as the owner, over TLS with the certificate whose fingerprint is shown', async () => {
    const on = await team.rpc(
      'sharing.update',
      { enabled: true, address: '127.0.0.2', port: 0, tls: true, announce: false },
      team.admin.token,
    )
    const { json } = JSON.parse(on.body) as { json: { state: string; urls: string[]; fingerprint: string } }
    expect(json.state).toBe('on')
    const url = new URL(json.urls[0] ?? '')
    expect(url.protocol).toBe('https:')
    const ask = (path: string, headers: Record<string, string> = {}) =>
      new Promise<HttpAnswer & { fingerprint: string }>((resolve, reject) => {
        const req = httpsRequest(
          { host: url.hostname, port: url.port, path, headers, rejectUnauthorized: false, agent: false },
          (res) => {
            const { fingerprint256 } = (
              res.socket as unknown as { getPeerCertificate(): { fingerprint256: string } }
            ).getPeerCertificate()
            const chunks: Buffer[] = []
            res.on('data', (chunk: Buffer) => chunks.push(chunk))
            res.on('end', () =>
              resolve({
                status: res.statusCode ?? 0,
                headers: res.headers,
                body: Buffer.concat(chunks).toString(),
                fingerprint: fingerprint256,
              }),
            )
          },
        )
        req.on('error', reject)
        req.end()
      })
    const stranger = await ask('/v1/models')
    expect(stranger.status).toBe(401)
    expect(stranger.fingerprint).toBe(json.fingerprint)
    expect((await ask('/v1/models', { authorization: 'Bearer ollama' })).status).toBe(401)
    expect((await ask('/v1/models', { authorization: `Bearer ${mia.token}` })).status).toBe(200)
    expect((await ask('/v1/models', { host: 'evil.example', authorization: `Bearer ${mia.token}` })).status).toBe(403)
    expect(
      (await ask('/v1/models', { host: `127.0.0.1:${url.port}`, authorization: `Bearer ${mia.token}` })).status,
    ).toBe(403)
    expect((await ask('/')).status).toBe(200)
    expect((await ask('/ui/session')).status).toBe(200)
    const off = await team.rpc('sharing.update', { enabled: false }, team.admin.token)
    expect(JSON.parse(off.body)).toMatchObject({ json: { state: 'off' } })
    await until('the listener is gone', async () =>
      ask('/health').then(
        () => null,
        () => true,
      ),
    )
  })
})

describe('without WEBUI_AUTH', () => {
  it('local tools go on without a key, but a key that was revoked never falls back to the owner', async () => {
    const local = await startServe({ env: { SWITCHYARD_MDNS: 'off', ENABLE_API_KEYS: 'true' } })
    try {
      const port = Number(new URL(local.url).port)
      const get = (token: string) => http(port, '/v1/models', { headers: { authorization: `Bearer ${token}` } })
      expect((await http(port, '/v1/models')).status).toBe(200)
      expect((await get('ollama')).status).toBe(200)
      expect((await get('sk-something-of-a-cloud')).status).toBe(200)
      expect((await get('sk-swy-000000000000000000000000000000000000000000000000')).status).toBe(401)
      expect((await get(`swy_${'A'.repeat(43)}`)).status).toBe(401)
    } finally {
      await local.end()
    }
  })
})
