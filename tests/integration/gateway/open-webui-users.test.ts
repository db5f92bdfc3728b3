import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { OWNER } from '../../../src/main/engine/spec/principal.ts'
import { userRoutes } from '../../../src/main/gateway/open-webui/team-routes.ts'
import type { Role } from '../../../src/shared/access.ts'
import { bearer, describeRoutes, detail, type RouteRow } from './open-webui-route-rows.ts'
import { jsonOf, PASSWORD, startTeamBench, type TeamBench } from './open-webui-team-bench.ts'

const NOT_FOUND = "We could not find what you're looking for :/"
const RESTRICTED = 'The requested action has been restricted as a security measure.'
const PIXEL = 'iVBORw0KGgo='

let bench: TeamBench
beforeAll(async () => {
  bench = await startTeamBench()
})
afterAll(() => bench.close())

let made = 0
async function newPerson(here: TeamBench, role: Role = 'user'): Promise<string> {
  made += 1
  const email = `someone${made}@example.com`
  return (await here.engine.team.addPerson({ name: `Someone ${made}`, email, password: PASSWORD, role }, OWNER)).id
}

const WHOLE = {
  id: expect.any(String),
  email: expect.any(String),
  name: expect.any(String),
  role: expect.any(String),
  profile_image_url: expect.any(String),
  last_active_at: expect.any(Number),
  updated_at: expect.any(Number),
  created_at: expect.any(Number),
  group_ids: expect.any(Array),
  oauth: null,
}
const PERMISSIONS = {
  workspace: { models: false, models_import: false, models_export: false },
  sharing: { models: false, public_models: false },
  access_grants: { allow_users: true, allow_groups: true },
  features: { api_keys: false },
}
const allows = (value: boolean): object =>
  Object.fromEntries(
    Object.entries(PERMISSIONS).map(([section, rights]) => [
      section,
      Object.fromEntries(Object.keys(rights).map((name) => [name, value])),
    ]),
  )

const rows: RouteRow[] = [
  {
    route: 'GET /api/v1/users',
    level: 'admin',
    call: () => ({ path: '/api/v1/users?query=ada' }),
    expected: { '*': [200, { users: [{ ...WHOLE, email: 'ada@example.com', role: 'admin' }], total: 1 }] },
  },
  {
    route: 'GET /api/v1/users/all',
    level: 'admin',
    expected: { '*': [200, { users: expect.arrayContaining([{ ...WHOLE, name: 'Mia' }]), total: expect.any(Number) }] },
  },
  {
    route: 'GET /api/v1/users/active',
    level: 'member',
    expected: { '*': (here) => [200, { user_ids: expect.arrayContaining([here.ids.admin]) }] },
  },
  {
    route: 'GET /api/v1/users/search',
    level: 'member',
    call: () => ({ path: '/api/v1/users/search?query=mia' }),
    expected: {
      '*': (here) => [
        200,
        {
          users: [
            { id: here.ids.maker, name: 'Mia', email: 'mia@example.com', role: 'user', profile_image_url: '/user.png' },
          ],
          total: 1,
        },
      ],
    },
  },
  {
    route: 'GET /api/v1/users/groups',
    level: 'member',
    expected: {
      '*': [200, []],
      maker: (here) => [200, [expect.objectContaining({ id: here.ids.group, name: 'Makers', member_count: 1 })]],
    },
  },
  {
    route: 'GET /api/v1/users/permissions',
    level: 'member',
    expected: {
      member: [200, PERMISSIONS],
      maker: [200, { ...PERMISSIONS, workspace: { models: true, models_import: true, models_export: true } }],
      owner: [200, allows(true)],
      '*': [200, expect.objectContaining({ workspace: { models: true, models_import: true, models_export: true } })],
    },
  },
  { route: 'GET /api/v1/users/default/permissions', level: 'admin', expected: { '*': [200, PERMISSIONS] } },
  {
    route: 'POST /api/v1/users/default/permissions',
    level: 'admin',
    call: () => ({ body: { ...PERMISSIONS, chat: { controls: true } } }),
    expected: { '*': [200, PERMISSIONS] },
  },
  {
    route: 'GET /api/v1/users/user/settings',
    level: 'member',
    expected: { '*': [200, null] },
  },
  {
    route: 'POST /api/v1/users/user/settings/update',
    level: 'member',
    call: () => ({ body: { ui: { theme: 'dark' } } }),
    expected: { '*': [200, { ui: { theme: 'dark' } }] },
  },
  {
    route: 'GET /api/v1/users/{id}',
    level: 'member',
    call: (here) => ({ path: `/api/v1/users/${here.ids.maker}` }),
    expected: {
      member: (here) => [200, card(here, [])],
      '*': (here) => [200, card(here, [{ id: here.ids.group, name: 'Makers' }])],
    },
  },
  {
    route: 'POST /api/v1/users/{id}/update',
    level: 'admin',
    call: async (here) => ({
      path: `/api/v1/users/${await newPerson(here)}/update`,
      body: { name: 'Other', role: 'pending' },
    }),
    expected: { '*': [200, { ...WHOLE, name: 'Other', role: 'pending', email: expect.stringMatching(/^someone/) }] },
  },
  {
    route: 'DELETE /api/v1/users/{id}',
    level: 'admin',
    call: async (here) => ({ path: `/api/v1/users/${await newPerson(here)}` }),
    expected: { '*': [200, true] },
  },
  {
    route: 'GET /api/v1/users/{id}/groups',
    level: 'admin',
    call: (here) => ({ path: `/api/v1/users/${here.ids.maker}/groups` }),
    expected: { '*': [200, [expect.objectContaining({ name: 'Makers' })]] },
  },
  {
    route: 'GET /api/v1/users/{id}/active',
    level: 'member',
    call: async (here) => ({ path: `/api/v1/users/${await newPerson(here)}/active` }),
    expected: { '*': [200, { active: false }] },
  },
  {
    route: 'GET /api/v1/users/{id}/profile/image',
    level: 'member',
    call: (here) => ({ path: `/api/v1/users/${here.ids.member}/profile/image` }),
    expected: { '*': [302] },
  },
  ...['/user.png', '/favicon.png', '/static/favicon.png'].map(
    (path): RouteRow => ({ route: `GET ${path}`, level: 'public', expected: { '*': [302] } }),
  ),
]

function card(here: TeamBench, groups: object[]): object {
  return { id: here.ids.maker, name: 'Mia', profile_image_url: '/user.png', active: true, groups }
}

describeRoutes('every route of people', userRoutes, rows, () => bench)

describe('/api/v1/users', () => {
  test('30 a page, searched, sorted, of one group', async () => {
    const other = await startTeamBench()
    try {
      const { team } = other.engine
      for (let index = 0; index < 31; index += 1) {
        const name = `P${String(index).padStart(2, '0')}`
        await team.addPerson({ name, email: `${name}@pages.example`, password: PASSWORD, role: 'user' }, OWNER)
      }
      const names = async (query: string): Promise<[string[], number]> => {
        const answer = jsonOf(await other.as('admin', `GET /api/v1/users?${query}`))
        const { users, total } = answer as { users: { name: string }[]; total: number }
        return [users.map(({ name }) => name), total]
      }
      const [first, total] = await names('query=pages.example&order_by=name&direction=asc')
      expect([first.length, first[0], first[29], total]).toEqual([30, 'P00', 'P29', 31])
      expect(await names('query=pages.example&order_by=name&direction=asc&page=2')).toEqual([['P30'], 31])
      expect((await names('order_by=email&direction=desc'))[0][0]).toBe('Pia')
      expect((await names('order_by=nonsense&page=-3&direction=x'))[1]).toBe(35)
      expect(await names(`group_id=${other.ids.group}`)).toEqual([['Mia'], 1])
      expect(await names(`order_by=group_id:${other.ids.group}`)).toEqual([['Mia'], 1])
    } finally {
      await other.close()
    }
  })

  test('somebody who is not there, by every route', async () => {
    const routes = [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/update'],
      ['GET', '/groups'],
      ['GET', '/profile/image'],
    ] as const
    for (const [method, rest] of routes) {
      const answer = await bench.as(
        'admin',
        `${method} /api/v1/users/nobody${rest}`,
        method === 'POST' ? {} : undefined,
      )
      expect([answer.status, jsonOf(answer)], `${method} ${rest}`).toEqual([400, detail(NOT_FOUND)])
    }
  })

  test('the first administrator is neither demoted nor removed by others, and nobody removes themselves', async () => {
    const other = await startTeamBench()
    try {
      const { team } = other.engine
      await team.updatePerson(other.ids.maker, { role: 'admin' }, OWNER)
      const first = `/api/v1/users/${other.ids.admin}`
      const answers = [
        await other.as('maker', `POST ${first}/update`, { role: 'user' }),
        await other.as('maker', `POST ${first}/update`, { password: 'taken over 1' }),
        await other.as('maker', `DELETE ${first}`),
        await other.as('maker', `DELETE /api/v1/users/${other.ids.maker}`),
      ]
      expect(answers.map((answer) => [answer.status, jsonOf(answer)])).toEqual(
        answers.map(() => [403, detail(RESTRICTED)]),
      )
      expect(team.person(other.ids.admin)?.role).toBe('admin')
      expect(team.person(other.ids.maker)?.role).toBe('admin')
    } finally {
      await other.close()
    }
  })

  test('a change shows on the person’s very next request', async () => {
    const id = await newPerson(bench)
    const email = bench.engine.team.person(id)?.email ?? ''
    const { token } = await bench.engine.team.signIn(email, PASSWORD, { address: '10.0.0.5', userAgent: 't' })
    const look = async (): Promise<number> =>
      (await bench.as('anonymous', 'GET /api/v1/models/list', undefined, bearer(token))).status
    expect(await look()).toBe(200)
    await bench.as('admin', `POST /api/v1/users/${id}/update`, { role: 'pending' })
    expect(await look()).toBe(401)
  })

  test('changes are refused in Open WebUI’s words', async () => {
    const id = await newPerson(bench)
    const change = (body: object) => bench.as('admin', `POST /api/v1/users/${id}/update`, body)
    const answers = [
      await change({ email: 'ben@example.com' }),
      await change({ email: 'nowhere' }),
      await change({ password: 'x'.repeat(73) }),
      await change({ role: 'emperor' }),
    ]
    expect(answers.map((answer) => [answer.status, jsonOf(answer)])).toEqual([
      [400, detail(expect.stringMatching(/^Uh-oh! This email is already registered/))],
      [400, detail(expect.stringMatching(/^The email format you entered is invalid/))],
      [400, detail(expect.stringMatching(/^Uh-oh! The password you entered is too long/))],
      [422, detail(expect.stringContaining("'role'"))],
    ])
    // An empty password in the form means: leave it.
    expect((await change({ name: 'Still', email: bench.engine.team.person(id)?.email, password: '' })).status).toBe(200)
    const origin = { address: '10.0.0.6', userAgent: 't' }
    await bench.engine.team.signIn(bench.engine.team.person(id)?.email ?? '', PASSWORD, origin)
  })

  test('rights of everybody: what is left out stays, what is no right is refused', async () => {
    const { team } = bench.engine
    const { permissions } = team.settings()
    onTestFinished(() => void team.setSettings({ permissions }, OWNER))
    const set = (body: object) => bench.as('admin', 'POST /api/v1/users/default/permissions', body)
    expect(jsonOf(await set({ workspace: { models: true }, features: { web_search: true } }))).toEqual({
      ...PERMISSIONS,
      workspace: { ...PERMISSIONS.workspace, models: true },
    })
    expect(jsonOf(await bench.as('member', 'GET /api/v1/users/permissions'))).toMatchObject({
      workspace: { models: true },
    })
    const wrong = await set({ workspace: { models: 'yes' } })
    expect([wrong.status, jsonOf(wrong)]).toEqual([422, detail(expect.stringContaining('workspace.models'))])
  })

  test('settings of a client are one’s own, replaced as a whole, and bounded', async () => {
    const save = (body: unknown) => bench.as('maker', 'POST /api/v1/users/user/settings/update', body)
    await save({ ui: { a: 1 } })
    await save({ other: true })
    expect(jsonOf(await bench.as('maker', 'GET /api/v1/users/user/settings'))).toEqual({ other: true })
    expect((await bench.as('member', 'GET /api/v1/users/user/settings')).body).not.toContain('other')
    expect((await save({ ui: 'x'.repeat(100_000) })).status).toBe(413)
    expect((await save([])).status).toBe(422)
  })

  test('pictures: by redirect, or by bytes that a browser must take for what they are', async () => {
    const { team } = bench.engine
    const id = await newPerson(bench)
    const look = (headers = {}) => bench.as('member', `GET /api/v1/users/${id}/profile/image`, undefined, headers)
    expect((await look()).headers.location).toBe('/user.png')
    await team.updatePerson(id, { profileImageUrl: 'https://example.com/p.png' }, OWNER)
    expect((await look()).headers.location).toBe('https://example.com/p.png')
    await team.updatePerson(id, { profileImageUrl: `data:image/png;base64,${PIXEL}` }, OWNER)
    const bytes = await look()
    expect([bytes.status, bytes.headers['content-type'], bytes.headers['x-content-type-options']]).toEqual([
      200,
      'image/png',
      'nosniff',
    ])
    expect((await look({ 'if-none-match': bytes.headers.etag ?? '' })).status).toBe(304)
    expect((await bench.as('member', 'GET /api/v1/users/owner/profile/image')).headers.location).toBe('/user.png')
    expect(jsonOf(await bench.as('member', 'GET /api/v1/users/owner'))).toMatchObject({ id: 'owner', name: 'owner' })
  })
})
