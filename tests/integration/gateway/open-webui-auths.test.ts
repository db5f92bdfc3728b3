import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import { OWNER } from '../../../src/main/engine/spec/principal.ts'
import { authRoutes } from '../../../src/main/gateway/open-webui/team-routes.ts'
import { type HttpAnswer, http } from '../../support/http-client.ts'
import { startOpenIdProvider } from '../../support/openid-provider.ts'
import { bearer, describeRoutes, detail, type RouteRow } from './open-webui-route-rows.ts'
import { type CallerName, jsonOf, PASSWORD, startTeamBench, type TeamBench } from './open-webui-team-bench.ts'

const WRONG = 'The email or password provided is incorrect. Please check for typos and try logging in again.'
const TAKEN =
  'Uh-oh! This email is already registered. Sign in with your existing account or choose another email to start anew.'
const BAD_EMAIL =
  "The email format you entered is invalid. Please double-check and make sure you're using a valid email address (e.g., yourname@example.com)."
const PROHIBITED =
  'You do not have permission to access this resource. Please contact your administrator for assistance.'
const TOO_LONG =
  'Uh-oh! The password you entered is too long. Please make sure your password is less than 72 bytes long.'
const KEY_MISSING =
  "Oops! It looks like there's a hiccup. The API key is missing. Please make sure to provide a valid API key to access this feature."
const KEYS_OFF = 'Use of API key is not enabled in the environment.'
const SESSION_OVER = 'Your session has expired or the token is invalid. Please sign in again.'

let bench: TeamBench
beforeAll(async () => {
  bench = await startTeamBench()
})
afterAll(() => bench.close())

let made = 0
const freshEmail = (): string => {
  made += 1
  return `person${made}@example.com`
}
const TOKEN = expect.stringMatching(/^swy_[\w-]{43}$/)
const KEY = expect.stringMatching(/^sk-swy-[0-9a-f]{48}$/)
const NO_ACCOUNT = [400, detail(expect.stringContaining('has no account here'))] as const
const session = (fields: object): unknown => ({
  token: expect.any(String),
  token_type: 'Bearer',
  expires_at: null,
  id: expect.any(String),
  email: expect.any(String),
  name: expect.any(String),
  role: expect.any(String),
  profile_image_url: expect.any(String),
  permissions: expect.objectContaining({ workspace: expect.any(Object) }),
  ...fields,
})
const CONFIG = expect.objectContaining({
  SHOW_ADMIN_DETAILS: true,
  ENABLE_SIGNUP: true,
  ENABLE_API_KEYS: true,
  DEFAULT_USER_ROLE: 'pending',
  DEFAULT_GROUP_ID: '',
})
/** What a session that came in a header is told of itself. */
const SHOWN = { token: TOKEN, expires_at: expect.any(Number) }

const rows: RouteRow[] = [
  {
    route: 'GET /api/v1/auths',
    level: 'signed-in',
    expected: {
      owner: [200, session({ id: 'owner', role: 'admin', token: '', profile_image_url: '/user.png' })],
      admin: [200, session({ email: 'ada@example.com', role: 'admin', ...SHOWN })],
      pending: [200, session({ role: 'pending', ...SHOWN })],
      '*': [200, session({ role: 'user', ...SHOWN })],
    },
  },
  {
    route: 'POST /api/v1/auths/signin',
    level: 'public',
    call: () => ({ body: { email: 'BEN@example.com ', password: PASSWORD } }),
    expected: {
      '*': [200, session({ email: 'ben@example.com', token: TOKEN, expires_at: expect.any(Number), role: 'user' })],
    },
  },
  {
    route: 'POST /api/v1/auths/signup',
    level: 'public',
    call: () => ({ body: { name: 'New', email: freshEmail(), password: PASSWORD, profile_image_url: '/user.png' } }),
    expected: { '*': [200, session({ name: 'New', role: 'pending', token: TOKEN, expires_at: expect.any(Number) })] },
  },
  ...(['GET', 'POST'] as const).map(
    (method): RouteRow => ({
      route: `${method} /api/v1/auths/signout`,
      level: 'public',
      // A session that the other rows do not need.
      call: async (here, caller) =>
        caller === 'owner' || caller === 'anonymous' ? {} : { token: await freshSession(here, caller) },
      expected: { '*': [200, { status: true }] },
    }),
  ),
  {
    route: 'POST /api/v1/auths/update/profile',
    level: 'member',
    call: (_here, caller) => ({ body: { name: `Name of ${caller}`, profile_image_url: '/user.png' } }),
    expected: {
      owner: NO_ACCOUNT,
      '*': [
        200,
        {
          id: expect.any(String),
          email: expect.any(String),
          role: expect.any(String),
          name: expect.stringMatching(/^Name of /),
          profile_image_url: '/user.png',
        },
      ],
    },
  },
  {
    route: 'POST /api/v1/auths/update/password',
    level: 'signed-in',
    call: () => ({ body: { password: PASSWORD, new_password: PASSWORD } }),
    expected: { owner: NO_ACCOUNT, '*': [200, true] },
  },
  {
    route: 'POST /api/v1/auths/update/timezone',
    level: 'signed-in',
    call: () => ({ body: { timezone: 'Europe/Berlin' } }),
    expected: { '*': [200, { status: true }] },
  },
  {
    route: 'POST /api/v1/auths/add',
    level: 'admin',
    call: () => ({ body: { name: 'Added', email: freshEmail(), password: PASSWORD, role: 'user' } }),
    expected: {
      '*': [
        200,
        {
          token: '',
          token_type: 'Bearer',
          id: expect.any(String),
          email: expect.stringContaining('@example.com'),
          name: 'Added',
          role: 'user',
          profile_image_url: '/user.png',
        },
      ],
    },
  },
  {
    route: 'GET /api/v1/auths/admin/details',
    level: 'signed-in',
    expected: { '*': [200, { name: expect.any(String), email: 'ada@example.com' }] },
  },
  { route: 'GET /api/v1/auths/admin/config', level: 'admin', expected: { '*': [200, CONFIG] } },
  {
    route: 'POST /api/v1/auths/admin/config',
    level: 'admin',
    call: () => ({ body: { ENABLE_SIGNUP: true, ENABLE_COMMUNITY_SHARING: true, JWT_EXPIRES_IN: '4w' } }),
    expected: { '*': [200, CONFIG] },
  },
  {
    route: 'GET /api/v1/auths/api_key',
    level: 'member',
    expected: { '*': [404, detail(KEY_MISSING)] },
  },
  {
    route: 'POST /api/v1/auths/api_key',
    level: 'member',
    expected: { owner: [200, { api_key: KEY }], admin: [200, { api_key: KEY }], '*': [403, detail(KEYS_OFF)] },
  },
  { route: 'DELETE /api/v1/auths/api_key', level: 'member', expected: { '*': [200, true] } },
  { route: 'GET /api/v1/auths/api_keys', level: 'member', expected: { '*': [200, []] } },
  {
    route: 'POST /api/v1/auths/api_keys',
    level: 'member',
    call: () => ({ body: { name: 'for a script', scopes: ['models'] } }),
    expected: {
      owner: [200, expect.objectContaining({ api_key: KEY, name: 'for a script', scopes: ['models'] })],
      admin: [200, expect.objectContaining({ api_key: KEY, expires_at: null, last_used_at: null })],
      '*': [403, detail(KEYS_OFF)],
    },
  },
  {
    route: 'DELETE /api/v1/auths/api_keys/{id}',
    level: 'member',
    call: (here) => {
      const admin = here.principal('admin')
      const { key } = here.engine.team.createKey(admin.id, { name: 'goes' }, admin)
      return { path: `/api/v1/auths/api_keys/${key.id}` }
    },
    expected: {
      owner: [200, true],
      admin: [200, true],
      // Somebody else's key does not exist.
      '*': [404, detail("We could not find what you're looking for :/")],
    },
  },
  {
    route: 'GET /oauth/{provider}/login',
    level: 'public',
    call: () => ({ path: '/oauth/none/login' }),
    expected: { '*': [302] },
  },
  {
    route: 'GET /oauth/{provider}/callback',
    level: 'public',
    call: () => ({ path: '/oauth/none/callback?code=x&state=y' }),
    expected: { '*': [302] },
  },
]

async function freshSession(here: TeamBench, caller: CallerName): Promise<string> {
  const name = { admin: 'ada', maker: 'mia', member: 'ben', pending: 'pia', owner: '', anonymous: '' }[caller]
  const origin = { address: '10.0.0.2', userAgent: 'test' }
  return (await here.engine.team.signIn(`${name}@example.com`, PASSWORD, origin)).token
}

describeRoutes('every route of sessions and one’s own account', authRoutes, rows, () => bench)

describe('signing in', () => {
  const signIn = (body: unknown): Promise<HttpAnswer> => bench.as('anonymous', 'POST /api/v1/auths/signin', body)

  test('the session is in the answer and in a cookie that scripts and other sites do not get; it works both ways', async () => {
    const answer = await signIn({ email: 'ada@example.com', password: PASSWORD })
    const { token, expires_at: expiresAt } = jsonOf(answer) as { token: string; expires_at: number }
    const cookie = answer.headers['set-cookie']?.[0] ?? ''
    expect(cookie).toMatch(new RegExp(`^token=${token}; Path=/; Max-Age=\\d+; `))
    expect(cookie).toContain('HttpOnly')
    expect(cookie).toContain('SameSite=Lax')
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(expiresAt - Date.now() / 1000).toBeGreaterThan(27 * 86_400)
    const me = (headers: Record<string, string>) => http(bench.networkPort, '/api/v1/auths/', { headers })
    const shown = { email: 'ada@example.com', token, expires_at: expiresAt }
    expect(jsonOf(await me({ authorization: `Bearer ${token}` }))).toMatchObject(shown)
    // What the cookie keeps from scripts, the answer does not tell them.
    const byCookie = await me({ cookie: `token=${token}` })
    expect(jsonOf(byCookie)).toMatchObject({ email: 'ada@example.com', token: '' })
    expect(byCookie.body).not.toContain(token)

    const out = await http(bench.networkPort, '/api/v1/auths/signout', {
      method: 'POST',
      headers: { cookie: `token=${token}` },
    })
    expect(out.headers['set-cookie']?.[0]).toMatch(/^token=; Path=\/; Max-Age=0; /)
    const after = await me({ authorization: `Bearer ${token}` })
    expect([after.status, jsonOf(after)]).toEqual([401, detail(SESSION_OVER)])
    const cut = await me({ authorization: `Bearer ${token.slice(0, -1)}` })
    expect([cut.status, jsonOf(cut)]).toEqual([401, detail('Invalid token')])
  })

  test('a wrong password and an unknown address are told in the same words', async () => {
    for (const body of [
      { email: 'ada@example.com', password: 'not the password' },
      { email: 'nobody@example.com', password: PASSWORD },
      { email: 'no address', password: PASSWORD },
      { email: 'ada@example.com', password: 'x'.repeat(100) },
      { email: '', password: '' },
    ]) {
      const answer = await signIn(body)
      expect([answer.status, jsonOf(answer), answer.headers['set-cookie']]).toEqual([400, detail(WRONG), undefined])
    }
    const none = await signIn({ email: 'ada@example.com' })
    expect([none.status, jsonOf(none)]).toEqual([422, detail("Missing required parameter: 'password'.")])
  })

  test('after 15 tries in 180 s an account has to wait, also with the right password', async () => {
    const email = freshEmail()
    await bench.engine.team.addPerson({ name: 'Slow', email, password: PASSWORD, role: 'user' }, OWNER)
    const statuses: number[] = []
    for (let index = 0; index < 15; index += 1) statuses.push((await signIn({ email, password: 'wrong one' })).status)
    expect(new Set(statuses)).toEqual(new Set([400]))
    const late = await signIn({ email, password: PASSWORD })
    expect([late.status, jsonOf(late)]).toEqual([429, detail('API rate limit exceeded')])
    expect(Number(late.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('a form larger than 2 MiB is refused unread', async () => {
    const answer = await signIn({ email: 'x'.repeat(2 * 1024 * 1024), password: 'y' })
    expect(answer.status).toBe(413)
  })
})

describe('signing up', () => {
  const signUp = (body: object): Promise<HttpAnswer> =>
    bench.as('anonymous', 'POST /api/v1/auths/signup', { name: 'New', password: PASSWORD, ...body })

  test('refusals have Open WebUI’s words', async () => {
    const cases: [object, number, unknown][] = [
      [{ email: 'ADA@example.com' }, 400, TAKEN],
      [{ email: 'no-address' }, 400, BAD_EMAIL],
      [{ email: freshEmail(), password: 'ü'.repeat(37) }, 400, TOO_LONG],
      [{ email: freshEmail(), password: 'short' }, 400, expect.stringContaining('at least 8 characters')],
      [{ email: freshEmail(), name: ' ' }, 422, expect.stringContaining("'name'")],
      [{ email: freshEmail(), profile_image_url: 'javascript:alert(1)' }, 400, expect.stringContaining('picture')],
      [{ email: freshEmail(), invite: 'never made' }, 403, expect.stringContaining('invitation')],
    ]
    for (const [body, status, text] of cases) {
      const answer = await signUp(body)
      expect([answer.status, jsonOf(answer)], JSON.stringify(body)).toEqual([status, detail(text)])
    }
  })

  test('closed: 403, but for who has an invitation, and that works once', async () => {
    const { team } = bench.engine
    onTestFinished(() => void team.setSettings({ signUp: 'request' }, OWNER))
    const closed = await bench.as('admin', 'POST /api/v1/auths/admin/config', { ENABLE_SIGNUP: false })
    expect(jsonOf(closed)).toMatchObject({ ENABLE_SIGNUP: false })
    const refused = await signUp({ email: freshEmail() })
    expect([refused.status, jsonOf(refused)]).toEqual([403, detail(PROHIBITED)])
    const { secret } = team.createInvite({ role: 'user', groupIds: [bench.ids.group] }, bench.principal('admin'))
    const invited = await signUp({ email: freshEmail(), invite: secret })
    expect(jsonOf(invited)).toMatchObject({ role: 'user', permissions: { workspace: { models: true } } })
    expect((await signUp({ email: freshEmail(), invite: secret })).status).toBe(403)
  })

  test('open: whoever signs up has the default role at once', async () => {
    const { team } = bench.engine
    onTestFinished(() => void team.setSettings({ signUp: 'request', defaultRole: 'user' }, OWNER))
    const set = await bench.as('admin', 'POST /api/v1/auths/admin/config', { DEFAULT_USER_ROLE: 'user' })
    expect(jsonOf(set)).toMatchObject({ ENABLE_SIGNUP: true, DEFAULT_USER_ROLE: 'user' })
    const answer = await signUp({ email: freshEmail() })
    expect(jsonOf(answer)).toMatchObject({ role: 'user' })
  })
})

describe('administration', () => {
  test('what is shown and sent back changes nothing', async () => {
    const before = bench.engine.team.settings()
    const shown = jsonOf(await bench.as('admin', 'GET /api/v1/auths/admin/config'))
    expect((await bench.as('admin', 'POST /api/v1/auths/admin/config', shown)).status).toBe(200)
    expect(bench.engine.team.settings()).toEqual(before)
  })

  test('keys off, the page for people who wait, and a group that is there', async () => {
    const { team } = bench.engine
    const before = team.settings()
    onTestFinished(() => void team.setSettings(before, OWNER))
    const update = { ENABLE_API_KEYS: false, PENDING_USER_OVERLAY_TITLE: 'Wait', DEFAULT_GROUP_ID: bench.ids.group }
    const answer = await bench.as('admin', 'POST /api/v1/auths/admin/config', update)
    expect(jsonOf(answer)).toMatchObject(update)
    expect(team.settings()).toMatchObject({ apiKeys: false, pendingTitle: 'Wait', defaultGroupId: bench.ids.group })
    const key = await bench.as('admin', 'POST /api/v1/auths/api_key')
    expect([key.status, jsonOf(key)]).toEqual([403, detail(KEYS_OFF)])
    const wrong = await bench.as('admin', 'POST /api/v1/auths/admin/config', { DEFAULT_USER_ROLE: 'emperor' })
    expect([wrong.status, jsonOf(wrong)]).toEqual([422, detail(expect.stringContaining('DEFAULT_USER_ROLE'))])
  })

  test('adding somebody is refused in the same words as signing up', async () => {
    const add = (body: object) =>
      bench.as('admin', 'POST /api/v1/auths/add', { name: 'N', password: PASSWORD, ...body })
    const answers = [
      await add({ email: 'ben@example.com' }),
      await add({ email: 'nowhere' }),
      await add({ email: freshEmail(), password: 'x'.repeat(73) }),
    ]
    expect(answers.map((answer) => [answer.status, jsonOf(answer)])).toEqual([
      [400, detail(TAKEN)],
      [400, detail(BAD_EMAIL)],
      [400, detail(TOO_LONG)],
    ])
  })
})

describe('one’s own account', () => {
  test('a new password ends the other sessions and keeps this one; a wrong one is refused', async () => {
    const email = freshEmail()
    const { team } = bench.engine
    await team.addPerson({ name: 'Changer', email, password: PASSWORD, role: 'user' }, OWNER)
    const origin = { address: '10.0.0.3', userAgent: 't' }
    const [here, there] = [await team.signIn(email, PASSWORD, origin), await team.signIn(email, PASSWORD, origin)]
    const change = (password: string, next: string) =>
      bench.as('anonymous', 'POST /api/v1/auths/update/password', { password, new_password: next }, bearer(here.token))
    const wrong = await change('not it', 'another password')
    expect([wrong.status, jsonOf(wrong)]).toEqual([
      400,
      detail('The password provided is incorrect. Please check for typos and try again.'),
    ])
    expect(jsonOf(await change(PASSWORD, 'x'.repeat(73)))).toEqual(detail(TOO_LONG))
    expect((await change(PASSWORD, 'another password')).body).toBe('true')
    const status = async ({ token }: { token: string }) =>
      (await bench.as('anonymous', 'GET /api/v1/auths', undefined, bearer(token))).status
    expect([await status(here), await status(there)]).toEqual([200, 401])
  })

  test('one’s picture: an image is kept and shown by its address, which sent back leaves it', async () => {
    const picture = 'data:image/png;base64,iVBORw0KGgo='
    const update = (profile_image_url: string) =>
      bench.as('member', 'POST /api/v1/auths/update/profile', { name: 'Ben', profile_image_url })
    const address = `/api/v1/users/${bench.ids.member}/profile/image`
    expect(jsonOf(await update(picture))).toMatchObject({ profile_image_url: address })
    expect(jsonOf(await update(address))).toMatchObject({ profile_image_url: address })
    expect(bench.engine.team.person(bench.ids.member)?.profileImageUrl).toBe(picture)
    const tooLarge = await update(`data:image/png;base64,${'A'.repeat(400_000)}`)
    expect([tooLarge.status, jsonOf(tooLarge)]).toEqual([400, detail(expect.stringContaining('too large'))])
    expect((await update('data:image/svg+xml;base64,AAAA')).status).toBe(400)
  })

  test('a time zone that there is not is refused, one that there is, is kept', async () => {
    const set = (timezone: string) => bench.as('maker', 'POST /api/v1/auths/update/timezone', { timezone })
    expect((await set('Mars/Olympus')).status).toBe(400)
    expect((await set('Asia/Tokyo')).status).toBe(200)
    expect(jsonOf(await bench.as('maker', 'GET /api/v1/users/user/settings'))).toEqual({ timezone: 'Asia/Tokyo' })
  })
})

describe('API keys', () => {
  test('the compatible key is one: a new one replaces it; only its beginning is shown again', async () => {
    const make = async () =>
      (jsonOf(await bench.as('admin', 'POST /api/v1/auths/api_key')) as { api_key: string }).api_key
    const works = async (key: string) =>
      (await http(bench.networkPort, '/api/v1/users', { headers: bearer(key) })).status
    const first = await make()
    expect(await works(first)).toBe(200)
    const second = await make()
    expect([await works(first), await works(second)]).toEqual([401, 200])
    const shown = jsonOf(await bench.as('admin', 'GET /api/v1/auths/api_key')) as { api_key: string }
    expect(shown.api_key).not.toBe(second)
    expect(second.startsWith(shown.api_key.replace(/[^\w-]+$/, ''))).toBe(true)
    expect((await bench.as('admin', 'DELETE /api/v1/auths/api_key')).body).toBe('true')
    expect([await works(second), (await bench.as('admin', 'GET /api/v1/auths/api_key')).status]).toEqual([401, 404])
  })

  test('several keys with names, scopes and an end; only one’s own are to be seen', async () => {
    const { team } = bench.engine
    const permissions = team.settings().permissions
    onTestFinished(() => void team.setSettings({ permissions }, OWNER))
    team.setSettings({ permissions: { ...permissions, features: { api_keys: true } } }, OWNER)
    const expiresAt = Math.floor(Date.now() / 1000) + 3_600
    const create = (caller: CallerName, body: object) => bench.as(caller, 'POST /api/v1/auths/api_keys', body)
    const made = jsonOf(await create('member', { name: 'script', scopes: ['chat'], expires_at: expiresAt }))
    const { id, api_key: secret } = made as { id: string; api_key: string }
    expect(made).toMatchObject({ name: 'script', scopes: ['chat'], expires_at: expiresAt, user_id: bench.ids.member })
    const list = await bench.as('member', 'GET /api/v1/auths/api_keys')
    expect((jsonOf(list) as { id: string }[]).map((key) => key.id)).toEqual([id])
    expect(list.body).not.toContain(secret)
    expect((await bench.as('maker', 'GET /api/v1/auths/api_keys')).body).toBe('[]')
    expect((await bench.as('maker', `GET /api/v1/auths/api_keys?user_id=${bench.ids.member}`)).status).toBe(401)
    expect((await bench.as('maker', 'GET /api/v1/auths/api_keys?user_id=*')).status).toBe(401)
    expect((await bench.as('maker', `DELETE /api/v1/auths/api_keys/${id}`)).status).toBe(404)
    expect((await create('maker', { name: 'x', user_id: bench.ids.member })).status).toBe(401)
    const all = jsonOf(await bench.as('admin', 'GET /api/v1/auths/api_keys?user_id=*')) as { id: string }[]
    expect(all.map((key) => key.id)).toContain(id)
    for (const [body, status] of [
      [{ name: '' }, 422],
      [{ name: 'x', scopes: ['everything'] }, 422],
      [{ name: 'x', scopes: [] }, 422],
      [{ name: 'x', expires_at: 1 }, 400],
    ] as const) {
      expect((await create('member', body)).status, JSON.stringify(body)).toBe(status)
    }
    expect((await create('member', { name: 'x', scopes: ['admin'] })).status).toBe(403)

    // A key cannot become more than it is.
    for (const route of [
      'POST /api/v1/auths/api_key',
      'POST /api/v1/auths/api_keys',
      'POST /api/v1/auths/update/password',
    ]) {
      const answer = await bench.as('anonymous', route, { name: 'more' }, bearer(secret))
      expect(answer.status, route).toBe(403)
    }
    expect((await bench.as('member', `DELETE /api/v1/auths/api_keys/${id}`)).body).toBe('true')
    const after = await bench.as('anonymous', 'GET /api/v1/auths', undefined, bearer(secret))
    expect([after.status, jsonOf(after)]).toEqual([401, detail(SESSION_OVER)])
  })
})

describe('/oauth', () => {
  test('the way out and back: the flow’s cookie, the session’s cookie, and the window', async () => {
    const { team } = bench.engine
    const { startOauth, finishOauth } = team
    onTestFinished(() => void Object.assign(team, { startOauth, finishOauth }))
    const seen: unknown[] = []
    const signedIn = await team.signIn('ben@example.com', PASSWORD, { address: '10.0.0.4', userAgent: 't' })
    Object.assign(team, {
      startOauth: async (...given: unknown[]) => {
        seen.push(given)
        return { url: 'https://login.example.com/authorize?state=s', cookie: 'sealed;flow' }
      },
      finishOauth: async (...given: unknown[]) => {
        seen.push(given)
        return signedIn
      },
    })
    const home = `http://127.0.0.1:${bench.networkPort}`
    const out = await bench.as('anonymous', 'GET /oauth/company/login')
    expect([out.status, out.headers.location]).toEqual([302, 'https://login.example.com/authorize?state=s'])
    const flow = out.headers['set-cookie']?.[0] ?? ''
    expect(flow).toBe('oauth_flow=sealed%3Bflow; Path=/oauth; Max-Age=600; HttpOnly; SameSite=Lax')
    const back = await bench.as('anonymous', 'GET /oauth/company/callback?code=c&state=s', undefined, {
      cookie: flow.split(';')[0] ?? '',
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    })
    expect([back.status, back.headers.location]).toEqual([302, '/'])
    expect(back.headers['set-cookie']).toEqual([
      'oauth_flow=; Path=/oauth; Max-Age=0; HttpOnly; SameSite=Lax',
      expect.stringMatching(new RegExp(`^token=${signedIn.token}; .*HttpOnly; SameSite=Lax`)),
    ])
    expect(seen).toEqual([
      ['company', `${home}/oauth/company/callback`],
      [
        'company',
        `${home}/oauth/company/callback?code=c&state=s`,
        'sealed;flow',
        // Whoever comes by the network's door does not sit at this computer, whatever the address.
        { address: '0.0.0.0', userAgent: '' },
      ],
    ])
  })

  test('with a real OpenID provider: a browser goes there and comes back signed in; the flow is worth nothing twice', async () => {
    const home = `http://127.0.0.1:${bench.networkPort}`
    const provider = await startOpenIdProvider(`${home}/oauth/lab/callback`)
    onTestFinished(() => provider.stop())
    const { issuer, clientId, clientSecret } = provider
    const scopes = 'openid email profile'
    bench.engine.team.saveOauthProvider(
      { id: 'lab', name: 'Lab ID', issuer, clientId, clientSecret, scopes, enabled: true },
      OWNER,
    )
    provider.accounts.set('s-1', { email: 'lea@example.com', email_verified: true, name: 'Lea' })
    const out = await bench.as('anonymous', 'GET /oauth/lab/login')
    const flow = (out.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? ''
    const landed = new URL(await provider.walk(out.headers.location ?? '', 's-1'))
    const comeBack = (cookie: string) =>
      bench.as('anonymous', `GET ${landed.pathname}${landed.search}`, undefined, { cookie })

    const stranger = await comeBack('')
    expect(stranger.headers.location).toMatch(/^\/\?oauth_error=/)
    const back = await comeBack(flow)
    expect([back.status, back.headers.location]).toEqual([302, '/'])
    const session = (back.headers['set-cookie']?.[1] ?? '').split(';')[0] ?? ''
    const me = await bench.as('anonymous', 'GET /api/v1/auths', undefined, { cookie: session })
    expect(jsonOf(me)).toMatchObject({ email: 'lea@example.com', name: 'Lea', role: 'pending' })
    expect((await comeBack(flow)).headers.location).toMatch(/^\/\?oauth_error=/)
  })

  test('what fails leads to the window with its code alone, and without a session', async () => {
    const unknown = await bench.as('anonymous', 'GET /oauth/none/login')
    expect([unknown.status, unknown.headers.location]).toEqual([302, '/?oauth_error=not_found'])
    const { team } = bench.engine
    const { finishOauth } = team
    onTestFinished(() => void Object.assign(team, { finishOauth }))
    Object.assign(team, {
      finishOauth: () => Promise.reject(new EngineError('auth_failed', 'The provider said no: <b>secret</b>')),
    })
    const refused = await bench.as('anonymous', 'GET /oauth/company/callback?error=access_denied')
    expect([refused.status, refused.headers.location]).toEqual([302, '/?oauth_error=auth_failed'])
    expect(refused.headers['set-cookie']).toEqual([expect.stringContaining('oauth_flow=;')])
    Object.assign(team, { finishOauth: () => Promise.reject(new Error('a bug')) })
    expect((await bench.as('anonymous', 'GET /oauth/company/callback?code=x')).status).toBe(500)
  })
})
