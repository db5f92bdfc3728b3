import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OWNER } from '../../../src/main/engine/spec/principal.ts'
import { groupRoutes, modelConfigRoutes } from '../../../src/main/gateway/open-webui/team-routes.ts'
import { describeRoutes, detail, type RouteRow } from './open-webui-route-rows.ts'
import { grant, jsonOf, startTeamBench, type TeamBench } from './open-webui-team-bench.ts'

const NOT_FOUND = "We could not find what you're looking for :/"

let bench: TeamBench
beforeAll(async () => {
  bench = await startTeamBench()
})
afterAll(() => bench.close())

let made = 0
/** A group of its own for one call, with the plain member in it. */
function newGroup(here: TeamBench): string {
  made += 1
  const { team } = here.engine
  const { id } = team.createGroup({ name: `Group ${made}`, description: 'd' }, OWNER)
  team.setMembers(id, [here.ids.member], OWNER)
  return id
}
const group = (fields: object): object => ({
  id: expect.any(String),
  user_id: expect.any(String),
  name: expect.any(String),
  description: expect.any(String),
  data: {},
  meta: null,
  permissions: null,
  created_at: expect.any(Number),
  updated_at: expect.any(Number),
  member_count: 1,
  ...fields,
})
const at = (rest = '', body?: (here: TeamBench) => object): NonNullable<RouteRow['call']> => {
  return (here) => ({
    path: `/api/v1/groups/id/${newGroup(here)}${rest}`,
    ...(body === undefined ? {} : { body: body(here) }),
  })
}
const MEMBERS = (here: TeamBench): readonly [number, unknown] => [
  200,
  [{ id: here.ids.member, name: 'Ben', email: 'ben@example.com', role: 'user', profile_image_url: '/user.png' }],
]

const groupRows: RouteRow[] = [
  {
    route: 'GET /api/v1/groups',
    level: 'member',
    call: (here) => {
      for (const { id } of here.engine.team.groups()) if (id !== here.ids.group) here.engine.team.removeGroup(id, OWNER)
      newGroup(here)
      return {}
    },
    expected: {
      member: [200, [group({ name: expect.stringMatching(/^Group /) })]],
      maker: [200, [group({ name: 'Makers', permissions: expect.any(Object) })]],
      '*': [200, expect.arrayContaining([group({ name: 'Makers', permissions: expect.any(Object) }), group({})])],
    },
  },
  {
    route: 'POST /api/v1/groups/create',
    level: 'admin',
    call: () => {
      made += 1
      return { body: { name: `Made ${made}`, description: 'here', data: { config: { share: true } } } }
    },
    expected: { '*': [200, group({ description: 'here', data: { config: { share: true } }, member_count: 0 })] },
  },
  { route: 'GET /api/v1/groups/id/{id}', level: 'admin', call: at(), expected: { '*': [200, group({})] } },
  {
    route: 'GET /api/v1/groups/id/{id}/export',
    level: 'admin',
    call: at('/export'),
    expected: { '*': (here) => [200, group({ user_ids: [here.ids.member] })] },
  },
  { route: 'GET /api/v1/groups/id/{id}/users', level: 'admin', call: at('/users'), expected: { '*': MEMBERS } },
  { route: 'POST /api/v1/groups/id/{id}/users', level: 'admin', call: at('/users'), expected: { '*': MEMBERS } },
  {
    route: 'POST /api/v1/groups/id/{id}/update',
    level: 'admin',
    call: at('/update', () => ({ name: 'Renamed' })),
    expected: { '*': [200, group({ name: 'Renamed', description: 'd' })] },
  },
  {
    route: 'POST /api/v1/groups/id/{id}/users/add',
    level: 'admin',
    call: at('/users/add', ({ ids }) => ({ user_ids: [ids.maker, ids.member, 'nobody'] })),
    expected: { '*': [200, group({ member_count: 2 })] },
  },
  {
    route: 'POST /api/v1/groups/id/{id}/users/remove',
    level: 'admin',
    call: at('/users/remove', ({ ids }) => ({ user_ids: [ids.member, 'nobody'] })),
    expected: { '*': [200, group({ member_count: 0 })] },
  },
  {
    route: 'DELETE /api/v1/groups/id/{id}/delete',
    level: 'admin',
    call: at('/delete'),
    expected: { '*': [200, true] },
  },
]
describeRoutes('every route of groups', groupRoutes, groupRows, () => bench)

const CONFIG = {
  DEFAULT_MODELS: 'llama3.2:1b,gpt-4o',
  DEFAULT_PINNED_MODELS: 'gpt-4o',
  MODEL_ORDER_LIST: ['gpt-4o', 'llama3.2:1b'],
  DEFAULT_MODEL_METADATA: { capabilities: { vision: false } },
  DEFAULT_MODEL_PARAMS: { temperature: 0.3, system: 'For administrators to know.' },
}
const configRows: RouteRow[] = [
  {
    route: 'POST /api/v1/configs/models',
    level: 'admin',
    call: () => ({ body: { ...CONFIG, DEFAULT_PINNED_MODELS: ['gpt-4o'] } }),
    expected: { '*': [200, CONFIG] },
  },
  {
    route: 'GET /api/v1/configs/models',
    level: 'admin',
    call: (here) => {
      const { presets } = here.engine
      presets.setDefaults({ ...presets.defaults(), pinnedModels: ['gpt-4o'], defaultModels: ['a', 'b'] }, OWNER)
      return {}
    },
    expected: { '*': [200, expect.objectContaining({ DEFAULT_MODELS: 'a,b', DEFAULT_PINNED_MODELS: 'gpt-4o' })] },
  },
  {
    route: 'GET /api/v1/configs/models/defaults',
    level: 'member',
    call: (here) => {
      const { presets } = here.engine
      presets.setGrants('gpt-4o', [grant('*', 'read')], OWNER)
      const params = { system: 'For administrators to know.' }
      const defaultModels = ['llama3.2:1b', 'gpt-4o']
      presets.setDefaults({ ...presets.defaults(), params, defaultModels, pinnedModels: [], meta: {} }, OWNER)
      return {}
    },
    expected: {
      owner: [200, defaults('llama3.2:1b,gpt-4o')],
      admin: [200, defaults('llama3.2:1b,gpt-4o')],
      // A model that is not theirs is not named to them.
      '*': [200, defaults('gpt-4o')],
    },
  },
  {
    route: 'GET /api/v1/configs/connections',
    level: 'admin',
    expected: { '*': [200, { ENABLE_DIRECT_CONNECTIONS: false, ENABLE_BASE_MODELS_CACHE: true }] },
  },
  {
    route: 'POST /api/v1/configs/connections',
    level: 'admin',
    call: () => ({ body: { ENABLE_DIRECT_CONNECTIONS: false, ENABLE_BASE_MODELS_CACHE: true } }),
    expected: { '*': [200, { ENABLE_DIRECT_CONNECTIONS: false, ENABLE_BASE_MODELS_CACHE: true }] },
  },
]
function defaults(models: string): object {
  return { DEFAULT_MODELS: models, DEFAULT_PINNED_MODELS: '', DEFAULT_MODEL_METADATA: {} }
}
describeRoutes('every route of model defaults', modelConfigRoutes, configRows, () => bench)

describe('/api/v1/groups', () => {
  test('a group that is not there: 401 where it is asked for, 400 where it would be changed', async () => {
    const statuses = [
      ['GET', '', 401],
      ['GET', '/export', 401],
      ['POST', '/users', 400],
      ['POST', '/update', 400],
      ['POST', '/users/add', 400],
      ['POST', '/users/remove', 400],
      ['DELETE', '/delete', 400],
    ] as const
    for (const [method, rest, status] of statuses) {
      const body = method === 'POST' ? { name: 'x', user_ids: [] } : undefined
      const answer = await bench.as('admin', `${method} /api/v1/groups/id/nothing${rest}`, body)
      expect([answer.status, jsonOf(answer)], `${method} ${rest}`).toEqual([status, detail(NOT_FOUND)])
    }
  })

  test('permissions of a group add to those of its members at once; sections that mean nothing here are let by', async () => {
    const id = newGroup(bench)
    const update = (body: object) => bench.as('admin', `POST /api/v1/groups/id/${id}/update`, body)
    const may = async (): Promise<unknown> =>
      (jsonOf(await bench.as('member', 'GET /api/v1/users/permissions')) as { workspace: { models: boolean } })
        .workspace.models
    expect(await may()).toBe(false)
    const answer = await update({ permissions: { workspace: { models: true, prompts: true }, chat: { stt: true } } })
    expect(jsonOf(answer)).toMatchObject({
      permissions: { workspace: { models: true, models_import: false }, access_grants: { allow_users: false } },
    })
    expect(await may()).toBe(true)
    expect(jsonOf(await update({ description: 'only this' }))).toMatchObject({
      description: 'only this',
      permissions: { workspace: { models: true } },
    })
    await bench.as('admin', `POST /api/v1/groups/id/${id}/users/remove`, { user_ids: [bench.ids.member] })
    expect(await may()).toBe(false)
  })

  test('older clients send all members along', async () => {
    const id = newGroup(bench)
    const { maker, admin } = bench.ids
    const answer = await bench.as('admin', `POST /api/v1/groups/id/${id}/update`, {
      user_ids: [maker, admin, 'nobody'],
    })
    expect(jsonOf(answer)).toMatchObject({ member_count: 2 })
    const exported = jsonOf(await bench.as('admin', `GET /api/v1/groups/id/${id}/export`)) as { user_ids: string[] }
    expect(exported.user_ids.sort()).toEqual([maker, admin].sort())
  })

  test('wrong forms name their field', async () => {
    const create = (body: unknown) => bench.as('admin', 'POST /api/v1/groups/create', body)
    const answers = [
      await create({}),
      await create({ name: '' }),
      await create({ name: 'x', permissions: { workspace: { models: 1 } } }),
      await create({ name: 'x', user_ids: 'me' }),
    ]
    expect(answers.map((answer) => [answer.status, jsonOf(answer)])).toEqual([
      [422, detail("Missing required parameter: 'name'.")],
      [422, detail(expect.stringContaining("'name'"))],
      [422, detail(expect.stringContaining('workspace.models'))],
      [422, detail(expect.stringContaining("'user_ids'"))],
    ])
  })
})

describe('/api/v1/configs', () => {
  test('fields that are left out stay, null empties them; a wrong parameter is named', async () => {
    const set = (body: object) => bench.as('admin', 'POST /api/v1/configs/models', body)
    await set(CONFIG)
    expect(jsonOf(await set({ DEFAULT_MODELS: ' a , b ,, a ' }))).toEqual({ ...CONFIG, DEFAULT_MODELS: 'a,b' })
    expect(jsonOf(await set({ DEFAULT_PINNED_MODELS: null, MODEL_ORDER_LIST: null }))).toEqual({
      ...CONFIG,
      DEFAULT_MODELS: 'a,b',
      DEFAULT_PINNED_MODELS: '',
      MODEL_ORDER_LIST: [],
    })
    const wrong = await set({ DEFAULT_MODEL_PARAMS: { temperature: 9 } })
    expect([wrong.status, jsonOf(wrong)]).toEqual([400, detail(expect.stringContaining('temperature'))])
  })

  test('what there is not cannot be switched on', async () => {
    const direct = await bench.as('admin', 'POST /api/v1/configs/connections', { ENABLE_DIRECT_CONNECTIONS: true })
    const cache = await bench.as('admin', 'POST /api/v1/configs/connections', { ENABLE_BASE_MODELS_CACHE: false })
    expect([direct.status, cache.status]).toEqual([400, 400])
  })
})
