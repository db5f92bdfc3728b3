import { Client } from 'undici'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Principal } from '../../../src/main/engine/spec/principal.ts'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import { createFakeEngine, type FakeEngine } from '../../support/fake-engine.ts'
import { type HttpAnswer, http, post } from '../../support/http-client.ts'

const EXPIRED = 'Your session has expired or the token is invalid. Please sign in again.'
const PROHIBITED =
  'You do not have permission to access this resource. Please contact your administrator for assistance.'
const UNKNOWN = `swy_${'x'.repeat(43)}`
const CHAT = { model: 'demo', messages: [{ role: 'user', content: 'Hi' }] }

let engine: FakeEngine
let gateway: Gateway
let port: number
let rpcCallers: Principal[]

beforeEach(async () => {
  engine = createFakeEngine()
  rpcCallers = []
  gateway = createGateway({
    engine,
    host: '127.0.0.1',
    port: 0,
    rendererFolder: null,
    rpcHandler: async (_req, res, principal) => {
      rpcCallers.push(principal)
      res.end('rpc')
      return true
    },
  })
  port = (await gateway.listen()).port
})
afterEach(() => gateway.close())

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const cookie = (token: string) => ({ cookie: `a=b; token=${token}` })
const caller = () => engine.calls.at(-1)?.caller

describe('at this machine’s own door', () => {
  test.each([
    ['nothing', {}],
    ['a placeholder', bearer('ollama')],
    ['another’s key', bearer('sk-1234567890')],
    ['another program’s cookie', { cookie: 'token=eyJhbGciOiJIUzI1NiJ9.e30.x' }],
    ['an Anthropic placeholder', { 'x-api-key': 'none' }],
    ['a password of another kind', { authorization: 'Basic YTpi' }],
  ])('who brings %s is the owner', async (_what, headers) => {
    expect((await post(port, '/v1/chat/completions', CHAT, headers)).status).toBe(200)
    expect(caller()?.principal.kind).toBe('owner')
  })

  test('a session or key of ours is its person, wherever it stands', async () => {
    const session = engine.people.session('ada', 'user')
    const key = engine.people.key('bob', 'user', ['chat'])
    const ways: [string, Record<string, string>][] = [
      ['ada', bearer(session)],
      ['ada', { authorization: `bearer ${session}` }],
      ['ada', cookie(session)],
      ['bob', bearer(key)],
      ['bob', { 'x-api-key': key }],
      // What was put there on purpose counts before what a browser adds, placeholders for nothing.
      ['bob', { ...bearer(key), ...cookie(session) }],
      ['ada', { ...bearer('ollama'), ...cookie(session), 'x-api-key': key }],
    ]
    for (const [name, headers] of ways) {
      expect((await post(port, '/v1/chat/completions', CHAT, headers)).status).toBe(200)
      expect(caller()?.principal).toMatchObject({ kind: 'person', name })
    }
  })

  test('a token of ours that is worth nothing is refused in each dialect, and what is public still answers', async () => {
    const revoked = engine.people.session('ada', 'user')
    engine.people.revoke(revoked)
    for (const headers of [bearer(UNKNOWN), cookie(revoked), { 'x-api-key': `sk-swy-${'0'.repeat(48)}` }]) {
      const answers = {
        openai: await post(port, '/v1/chat/completions', CHAT, headers),
        ollama: await post(port, '/api/chat', CHAT, headers),
        anthropic: await post(port, '/v1/messages', { ...CHAT, max_tokens: 5 }, headers),
        webui: await http(port, '/api/v1/models', { headers }),
        rpc: await http(port, '/rpc/app/info', { headers }),
      }
      expect(statusesOf(answers)).toEqual({ openai: 401, ollama: 401, anthropic: 401, webui: 401, rpc: 401 })
      expect(jsonOf(answers.openai).error).toMatchObject({
        code: 'invalid_api_key',
        type: 'authentication_error',
        message: EXPIRED,
      })
      expect(jsonOf(answers.ollama)).toEqual({ error: EXPIRED })
      expect(jsonOf(answers.anthropic)).toMatchObject({
        type: 'error',
        error: { type: 'authentication_error', message: EXPIRED },
      })
      expect(jsonOf(answers.webui)).toEqual({ detail: EXPIRED })
      expect(answers.webui.headers['x-process-time']).toMatch(/^\d+\.\d{6}$/)
      for (const path of ['/health', '/api/version', '/api/config', '/ui/session']) {
        expect((await http(port, path, { headers })).status).toBe(200)
      }
    }
    expect(engine.calls).toEqual([])
    expect(rpcCallers).toEqual([])
  })

  test('with a sign-in asked for here too, nobody is the owner', async () => {
    engine.people.settings = { ...engine.people.settings, requireSignIn: true }
    const answer = await post(port, '/v1/chat/completions', CHAT, bearer('ollama'))
    expect([answer.status, jsonOf(answer).error]).toEqual([401, expect.objectContaining({ message: 'Invalid token' })])
    const session = engine.people.session('ada', 'user')
    expect((await post(port, '/v1/chat/completions', CHAT, bearer(session))).status).toBe(200)
    expect(jsonOf(await http(port, '/api/config')).features).toMatchObject({ auth: true, enable_login_form: true })
  })

  test('with a sign-in asked for, words tell a text that is no session from a key and a session that are unknown', async () => {
    engine.people.settings = { ...engine.people.settings, requireSignIn: true }
    const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IjEifQ.c2lnbmF0dXJl'
    const cases: [Record<string, string>, number, string][] = [
      [{}, 401, 'Not authenticated'],
      [{ authorization: 'Basic YTpi' }, 401, 'Not authenticated'],
      [{ authorization: 'Bearer ' }, 401, 'Not authenticated'],
      [cookie(jwt), 401, 'Not authenticated'],
      [{ 'x-api-key': 'none' }, 401, 'Not authenticated'],
      [bearer(jwt), 401, 'Invalid token'],
      [bearer('garbage'), 401, 'Invalid token'],
      [bearer(UNKNOWN), 401, EXPIRED],
      [bearer('sk-0123456789abcdef'), 401, EXPIRED],
      [bearer(`sk-swy-${'0'.repeat(48)}`), 401, EXPIRED],
      [{ 'x-api-key': 'sk-0123456789abcdef' }, 401, EXPIRED],
    ]
    for (const [headers, status, words] of cases) {
      const answer = await http(port, '/api/models', { headers })
      expect([headers, answer.status, textOf(answer)]).toEqual([headers, status, words])
      for (const path of ['/health', '/api/version', '/api/config', '/ui/session']) {
        expect((await http(port, path, { headers })).status).toBe(200)
      }
    }
    engine.people.settings = { ...engine.people.settings, apiKeys: false }
    const off = await http(port, '/api/models', { headers: bearer('sk-0123456789abcdef') })
    expect([off.status, textOf(off)]).toEqual([403, 'Use of API key is not enabled in the environment.'])
  })

  test('the next request shows that a session ended', async () => {
    const session = engine.people.session('ada', 'user')
    expect((await http(port, '/v1/models', { headers: cookie(session) })).status).toBe(200)
    engine.people.revoke(session)
    expect((await http(port, '/v1/models', { headers: cookie(session) })).status).toBe(401)
  })
})

describe('levels', () => {
  const AS_ADMIN: [string, string][] = [
    ['POST', '/api/pull'],
    ['DELETE', '/api/delete'],
    ['POST', '/ollama/config/update'],
    ['GET', '/openai/config'],
    ['GET', '/api/models/base'],
    ['POST', '/ui/upload?name=x.gguf'],
  ]

  test('people are no administrators, and those who wait are nobody yet', async () => {
    const member = engine.people.session('ada', 'user')
    const pending = engine.people.session('new', 'pending')
    for (const [method, path] of AS_ADMIN) {
      const answer = await http(port, path, { method, headers: bearer(member), body: '{}' })
      expect([path, answer.status, textOf(answer)]).toEqual([path, 401, PROHIBITED])
    }
    for (const path of ['/v1/models', '/api/tags', '/api/models', '/api/usage']) {
      const answer = await http(port, path, { headers: bearer(pending) })
      expect([path, answer.status, textOf(answer)]).toEqual([path, 401, PROHIBITED])
    }
    // The window has to be able to say that they wait.
    expect((await http(port, '/rpc/team/session', { headers: cookie(pending) })).body).toBe('rpc')
    expect(rpcCallers).toMatchObject([{ name: 'new', role: 'pending' }])
  })

  test('a key does what its scopes say, and no more', async () => {
    const chats = bearer(engine.people.key('ada', 'user', ['chat']))
    const lists = bearer(engine.people.key('bob', 'user', ['models']))
    const weak = bearer(engine.people.key('root', 'admin', ['models', 'chat', 'embeddings']))
    const strong = bearer(engine.people.key('root', 'admin', ['admin']))
    const refused = await http(port, '/v1/models', { headers: chats })
    expect([refused.status, jsonOf(refused).error.message]).toEqual([
      403,
      'This API key may not be used for this: it does not have the scope "models". Make a key that has it.',
    ])
    expect((await post(port, '/v1/chat/completions', CHAT, chats)).status).toBe(200)
    expect((await post(port, '/api/embed', { model: 'embedder', input: 'x' }, chats)).status).toBe(403)
    expect((await http(port, '/api/tags', { headers: lists })).status).toBe(200)
    expect((await post(port, '/v1/messages', { ...CHAT, max_tokens: 5 }, lists)).status).toBe(403)
    expect((await http(port, '/rpc/chats/list', { headers: lists })).status).toBe(403)
    expect((await http(port, '/openai/config', { headers: weak })).status).toBe(403)
    expect((await http(port, '/openai/config', { headers: strong })).status).toBe(200)
    expect((await http(port, '/rpc/chats/list', { headers: strong })).status).toBe(200)
  })

  test('keys that are switched off say so', async () => {
    const key = engine.people.key('ada', 'user', ['chat'])
    engine.people.settings = { ...engine.people.settings, apiKeys: false }
    const answer = await post(port, '/api/chat/completions', CHAT, bearer(key))
    expect([answer.status, jsonOf(answer)]).toEqual([
      403,
      { detail: 'Use of API key is not enabled in the environment.' },
    ])
  })

  test('unloading by an empty prompt is for administrators', async () => {
    const headers = bearer(engine.people.session('ada', 'user'))
    const unload = { model: 'demo', prompt: '', keep_alive: 0 }
    expect((await post(port, '/api/generate', unload, headers)).status).toBe(401)
    expect(engine.unloads).toEqual([])
    expect((await post(port, '/api/generate', unload)).status).toBe(200)
    expect(engine.unloads).toEqual(['demo'])
  })
})

describe('unknown and forbidden look the same', () => {
  test('in every list and every question for one model', async () => {
    engine.people.visible = new Set(['embedder'])
    const headers = bearer(engine.people.session('ada', 'user'))
    for (const path of ['/v1/models', '/api/tags', '/api/models', '/api/v1/models']) {
      const { body } = await http(port, path, { headers })
      expect([path, body.includes('embedder'), body.includes('demo')]).toEqual([path, true, false])
      expect((await http(port, path)).body).toContain('demo')
    }
    const anthropic = await http(port, '/v1/models', { headers: { ...headers, 'anthropic-version': '2023-06-01' } })
    expect(jsonOf(anthropic).data.map(({ id }: { id: string }) => id)).toEqual(['embedder'])
    const questions: ((model: string) => Promise<HttpAnswer>)[] = [
      (model) => http(port, `/v1/models/${model}`, { headers }),
      (model) => http(port, `/v1/models?after_id=${model}`, { headers: { ...headers, 'anthropic-version': 'x' } }),
      (model) => post(port, '/api/show', { model }, headers),
      (model) => post(port, '/api/generate', { model, prompt: '' }, headers),
      (model) => post(port, '/api/generate', { model, prompt: 'x' }, headers),
      (model) => post(port, '/api/chat', { ...CHAT, model }, headers),
      (model) => post(port, '/api/chat', { model, messages: [] }, headers),
      (model) => post(port, '/api/embed', { model, input: 'x' }, headers),
      (model) => post(port, '/api/embed', { model, input: [] }, headers),
      (model) => post(port, '/v1/chat/completions', { ...CHAT, model }, headers),
      (model) => post(port, '/v1/embeddings', { model, input: 'x' }, headers),
      (model) => post(port, '/v1/responses', { model, input: 'x' }, headers),
      (model) => post(port, '/v1/messages', { ...CHAT, model, max_tokens: 5 }, headers),
      (model) => post(port, '/api/chat/completions', { ...CHAT, model }, headers),
      (model) => post(port, '/ollama/api/chat', { ...CHAT, model }, headers),
      (model) => post(port, '/ollama/api/show', { model }, headers),
      (model) => post(port, '/ollama/api/chat/0', { ...CHAT, model }, headers),
      (model) => post(port, '/openai/chat/completions', { ...CHAT, model }, headers),
    ]
    for (const ask of questions) {
      const forbidden = await ask('demo')
      const unknown = await ask('omed')
      expect(forbidden.status).toBeGreaterThanOrEqual(400)
      expect([forbidden.status, plain(forbidden, 'demo')]).toEqual([unknown.status, plain(unknown, 'omed')])
    }
    expect(engine.calls).toEqual([])
    expect(engine.loads).toEqual([])
  })
})

describe('what goes along', () => {
  test('header templates know the person, the chat and the message; our session stays here', async () => {
    const session = engine.people.session('ada', 'user')
    const body = { ...CHAT, chat_id: 'c1', id: 'm1', parent_id: 'p1', user_message: { id: 'u1' } }
    await post(port, '/api/chat/completions', body, { cookie: `token=${session}; other=1`, 'user-agent': 'test' })
    const { variables, ...context } = caller()?.context ?? {}
    expect({ ...context, variables: variables?.() }).toEqual({
      cookie: 'other=1',
      variables: {
        USER_ID: 'id-of-ada',
        USER_NAME: 'ada',
        USER_EMAIL: 'ada@example.test',
        USER_ROLE: 'user',
        USER_GROUPS: 'Everyone here',
        USER_GROUP_IDS: 'g1',
        USER_AGENT: 'test',
        CHAT_ID: 'c1',
        MESSAGE_ID: 'm1',
        USER_MESSAGE_ID: 'u1',
        USER_MESSAGE_PARENT_ID: 'p1',
      },
    })
  })

  test('what prompts of models may name: the client’s variables and the person’s time zone', async () => {
    const session = engine.people.session('ada', 'user')
    const variables = { '{{USER_LANGUAGE}}': 'de-DE', '{{COUNT}}': 3 }
    await post(port, '/api/chat/completions', { ...CHAT, variables }, bearer(session))
    expect(caller()?.prompt).toEqual({ variables: { '{{USER_LANGUAGE}}': 'de-DE', '{{COUNT}}': '3' } })
    engine.people.clientSettings.set('id-of-ada', { timezone: 'Asia/Tokyo' })
    await post(port, '/api/chat/completions', CHAT, bearer(session))
    expect(caller()?.prompt).toEqual({ variables: {}, timeZone: 'Asia/Tokyo' })
  })

  test('a record’s word on streaming wins over the client’s', async () => {
    const { resolve } = engine.resolver
    Object.assign(engine.resolver, { resolve: (id: string) => ({ ...resolve(id), streamResponse: false }) })
    const whole = await post(port, '/api/chat/completions', { ...CHAT, stream: true })
    expect([whole.status, whole.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
    Object.assign(engine.resolver, { resolve: (id: string) => ({ ...resolve(id), streamResponse: true }) })
    const streamed = await post(port, '/api/chat/completions', { ...CHAT, stream: false })
    expect(streamed.headers['content-type']).toContain('text/event-stream')
  })

  test('a person’s token at their provider, where a connection wants it', async () => {
    const headers = bearer(engine.people.session('ada', 'user'))
    engine.people.oauthTokens.set('id-of-ada', 'their-token')
    await post(port, '/v1/chat/completions', CHAT, headers)
    expect(caller()?.context?.oauthToken).toBeUndefined()
    const connection = { id: 'c', config: { auth: { type: 'system_oauth' } } }
    Object.assign(engine.connectionSet, { all: () => [connection] })
    await post(port, '/v1/chat/completions', CHAT, headers)
    expect(caller()?.context?.oauthToken).toBe('their-token')
    // The provider is out of order: what goes elsewhere still goes.
    engine.people.oauthTokens.set('id-of-ada', new Error('the provider does not answer'))
    expect((await post(port, '/v1/chat/completions', CHAT, headers)).status).toBe(200)
    expect(caller()?.context?.oauthToken).toBeUndefined()
    expect(engine.logLines.some(({ message }) => message === 'no OAuth token for the caller')).toBe(true)
  })

  test.each([
    ['at once', false],
    ['signed', true],
  ])('headers that tell who asks, %s', async (_how, isSigned) => {
    const userInfoHeaders = ({ name }: Principal, ids?: { chatId?: string }) => {
      const ofChat = isSigned || ids?.chatId === undefined ? {} : { 'x-openwebui-chat-id': ids.chatId }
      const headers = { 'x-openwebui-user-name': name, ...ofChat }
      return isSigned ? Promise.resolve(headers) : headers
    }
    Object.assign(engine, { userInfoHeaders })
    const session = engine.people.session('ada', 'user')
    await post(port, '/api/chat/completions', { ...CHAT, chat_id: 'c1' }, bearer(session))
    // A signed token says nothing of the chat, and nothing goes beside it.
    expect(caller()?.context?.forwarded).toEqual({
      'x-openwebui-user-name': 'ada',
      ...(isSigned ? {} : { 'x-openwebui-chat-id': 'c1' }),
    })
  })
})

describe('other sites', () => {
  test('a session that a browser adds is nothing from other origins, allowed or not', async () => {
    const session = engine.people.session('ada', 'user')
    const evil = { ...cookie(session), origin: 'https://evil.example' }
    expect((await post(port, '/v1/chat/completions', CHAT, evil)).status).toBe(403)
    const crossSite = { ...cookie(session), 'sec-fetch-site': 'cross-site' }
    expect((await post(port, '/v1/chat/completions', CHAT, crossSite)).status).toBe(403)
    const sameSite = { ...cookie(session), 'sec-fetch-site': 'same-site' }
    expect((await post(port, '/api/v1/auths/update/password', {}, sameSite)).status).toBe(403)
    engine.allowedOrigins = ['https://chat.example']
    const allowed = { ...cookie(session), origin: 'https://chat.example', 'sec-fetch-site': 'cross-site' }
    expect((await post(port, '/v1/chat/completions', CHAT, allowed)).status).toBe(200)
    expect(caller()?.principal.kind).toBe('owner')
    engine.people.settings = { ...engine.people.settings, requireSignIn: true }
    expect((await post(port, '/v1/chat/completions', CHAT, allowed)).status).toBe(401)
    const own = { ...cookie(session), origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' }
    expect((await post(port, '/v1/chat/completions', CHAT, own)).status).toBe(200)
  })

  test('accounts, records and settings are nothing for allowed origins', async () => {
    engine.allowedOrigins = ['https://chat.example']
    const headers = { origin: 'https://chat.example' }
    for (const path of [
      '/ui/session',
      '/rpc/app/info',
      '/api/v1/auths',
      '/api/v1/users',
      '/api/v1/groups',
      '/api/v1/models/list',
      '/api/v1/configs/models',
      '/openai/config',
    ]) {
      expect([path, (await http(port, path, { headers })).status]).toEqual([path, 403])
    }
    expect((await http(port, '/api/v1/models', { headers })).status).toBe(200)
  })
})

describe('over one connection', () => {
  test('each request counts by itself: what is known from the one before is not believed of another', async () => {
    const ada = engine.people.session('ada', 'user')
    const bob = engine.people.key('bob', 'user', ['chat'])
    const client = new Client(`http://127.0.0.1:${port}`)
    async function ask(headers: Record<string, string>): Promise<string> {
      const { statusCode, body } = await client.request({
        method: 'POST',
        path: '/v1/chat/completions',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(CHAT),
      })
      await body.text()
      return statusCode === 200 ? (caller()?.principal.name ?? '?') : String(statusCode)
    }
    const owner = 'owner'
    const steps: [string, Record<string, string>][] = [
      [owner, {}],
      ['ada', bearer(ada)],
      ['ada', bearer(ada)],
      ['bob', bearer(bob)],
      ['ada', cookie(ada)],
      // The header of a request before, with another cookie beside it, and the other way about.
      ['bob', { ...bearer(bob), ...cookie(ada) }],
      ['ada', { ...bearer('ollama'), ...cookie(ada) }],
      [owner, bearer('ollama')],
      ['bob', { ...bearer('ollama'), 'x-api-key': bob }],
      ['ada', { ...bearer('ollama'), ...cookie(ada), 'x-api-key': bob }],
      [owner, {}],
      ['ada', bearer(ada)],
      ['401', bearer(UNKNOWN)],
      ['ada', bearer(ada)],
    ]
    for (const [who, headers] of steps) expect([await ask(headers), headers]).toEqual([who, headers])
    engine.people.revoke(ada)
    expect(await ask(bearer(ada))).toBe('401')
    expect(await ask(cookie(ada))).toBe('401')
    expect(await ask(bearer(bob))).toBe('bob')
    engine.people.settings = { ...engine.people.settings, apiKeys: false }
    expect(await ask(bearer(bob))).toBe('403')
    engine.people.settings = { ...engine.people.settings, apiKeys: true }
    expect(await ask(bearer(bob))).toBe('bob')
    engine.people.revoke(bob)
    expect(await ask({ 'x-api-key': bob })).toBe('401')
    await client.close()
  })
})

describe('GET /ui/session', () => {
  test('the owner, and that there is no account yet', async () => {
    const answer = await http(port, '/ui/session')
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(jsonOf(answer)).toMatchObject({
      me: { id: 'owner', role: 'admin', isOwner: true },
      needsFirstAccount: true,
      signUp: 'request',
      oauth: [],
      encrypted: false,
    })
  })

  test('whom people who wait may ask; nobody else is told', async () => {
    engine.people.session('root', 'admin')
    const pending = engine.people.session('new', 'pending')
    const waiting = jsonOf(await http(port, '/ui/session', { headers: cookie(pending) }))
    expect(waiting).toMatchObject({
      me: { name: 'new', role: 'pending', isOwner: false },
      needsFirstAccount: false,
      pending: { adminName: 'root', adminEmail: 'root@example.test' },
    })
    expect((await http(port, '/ui/session')).body).not.toContain('root@example.test')
  })

  test('an ended session is taken from its browser', async () => {
    const answer = await http(port, '/ui/session', { headers: cookie(UNKNOWN) })
    expect(jsonOf(answer).me).toBeNull()
    expect(answer.headers['set-cookie']).toEqual([expect.stringMatching(/^token=; .*HttpOnly; SameSite=Lax$/)])
    const key = await http(port, '/ui/session', { headers: bearer(UNKNOWN) })
    expect(key.headers['set-cookie']).toBeUndefined()
  })
})

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
function jsonOf(answer: HttpAnswer): any {
  return JSON.parse(answer.body)
}

function textOf(answer: HttpAnswer): unknown {
  const body = jsonOf(answer)
  return body.detail ?? body.error?.message ?? body.error
}

function statusesOf(answers: Record<string, HttpAnswer>): Record<string, number> {
  return Object.fromEntries(Object.entries(answers).map(([name, { status }]) => [name, status]))
}

/** A body without the name of the model and the id of the request. */
function plain({ body }: HttpAnswer, model: string): string {
  return body.replaceAll(model, 'MODEL').replace(/req_[0-9a-f]{32}/g, 'REQUEST')
}
