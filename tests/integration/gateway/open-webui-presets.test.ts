import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { presetRoutes } from '../../../src/main/gateway/open-webui/team-routes.ts'
import { http } from '../../support/http-client.ts'
import { describeRoutes, detail, type RouteRow } from './open-webui-route-rows.ts'
import { type CallerName, grant, jsonOf, startTeamBench, type TeamBench } from './open-webui-team-bench.ts'

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const PICTURE = `data:image/png;base64,${PIXEL}`
const ID_TAKEN = 'Uh-oh! This model id is already registered. Please choose another model id string.'
const ID_TOO_LONG = 'The model id is too long. Please make sure your model id is less than 256 characters long.'
const NOT_FOUND = "We could not find what you're looking for :/"
const PROHIBITED =
  'You do not have permission to access this resource. Please contact your administrator for assistance.'
const UNAUTHORIZED = '401 Unauthorized'
const EVERYONE_READS = [grant('*', 'read')]

let bench: TeamBench
beforeAll(async () => {
  bench = await startTeamBench()
})
afterAll(() => bench.close())

let made = 0
/** A preset of the owner that everybody signed in may read; for one call. */
function shared(here: TeamBench, patch: Parameters<TeamBench['preset']>[1] = {}): string {
  made += 1
  return here.preset(`preset-${made}:x/y`, {
    params: { temperature: 0.5, system: 'Keep this to yourself.' },
    meta: { profile_image_url: PICTURE, description: 'd', tags: ['a'] },
    grants: EVERYONE_READS,
    ...patch,
  }).id
}
const query = (id: string): string => encodeURIComponent(id)
const saved = (fields: object): unknown => expect.objectContaining({ user_id: expect.any(String), ...fields })
const SEEDED = /^preset-\d+:x\/y$/

const WHOLE = saved({
  id: expect.stringMatching(SEEDED),
  base_model_id: 'llama3.2:1b',
  params: { temperature: 0.5, system: 'Keep this to yourself.' },
  write_access: true,
  access_grants: [{ id: 'user:*:read', principal_type: 'user', principal_id: '*', permission: 'read' }],
  access_control: null,
  is_active: true,
})
const READ_ONLY = saved({ id: expect.stringMatching(SEEDED), params: {}, write_access: false })

function row(route: string, fields: Omit<RouteRow, 'route'>): RouteRow {
  return { route, ...fields }
}
function rowsAt(root: string): RouteRow[] {
  return [
    row(`GET ${root}/list`, {
      level: 'member',
      call: (here) => ({ path: `${root}/list?query=${query(shared(here))}` }),
      expected: {
        '*': [200, { items: [READ_ONLY], total: 1 }],
        owner: [200, { items: [WHOLE], total: 1 }],
        admin: [200, { items: [WHOLE], total: 1 }],
      },
    }),
    row(`GET ${root}/tags`, {
      level: 'member',
      call: (here) => {
        shared(here)
        return {}
      },
      expected: { '*': [200, ['a']] },
    }),
    row(`GET ${root}/base`, {
      level: 'admin',
      call: (here) => {
        here.engine.presets.setGrants('gpt-4o', EVERYONE_READS, here.principal('admin'))
        return {}
      },
      expected: { '*': [200, [saved({ id: 'gpt-4o', base_model_id: null })]] },
    }),
    row(`GET ${root}/base/tags`, {
      level: 'admin',
      call: (here) => {
        here.engine.presets.removeAll(here.principal('admin'))
        here.preset('gpt-4o', { baseModelId: null, meta: { tags: [{ name: 'paid' }] } })
        return {}
      },
      expected: { '*': [200, ['paid']] },
    }),
    row(`POST ${root}/create`, {
      level: 'member',
      call: (_here, caller) => {
        made += 1
        const form = { name: 'New', base_model_id: 'llama3.2:1b', params: {}, meta: { description: caller } }
        return { body: { id: `new-${made}`, ...form, access_grants: null } }
      },
      expected: {
        '*': [200, saved({ id: expect.stringMatching(/^new-/), access_grants: [], access_control: {} })],
        member: [401, detail(UNAUTHORIZED)],
      },
    }),
    row(`GET ${root}/export`, {
      level: 'member',
      call: (here) => {
        shared(here, { grants: [grant(here.ids.maker, 'write')] })
        return {}
      },
      expected: {
        '*': [200, expect.arrayContaining([saved({ id: expect.stringMatching(SEEDED) })])],
        member: [401, detail(UNAUTHORIZED)],
      },
    }),
    row(`POST ${root}/export`, {
      level: 'member',
      call: (here) => {
        shared(here, { grants: [grant(here.ids.maker, 'write')] })
        return {}
      },
      expected: {
        '*': [200, expect.arrayContaining([saved({ id: expect.stringMatching(SEEDED) })])],
        member: [401, detail(UNAUTHORIZED)],
      },
    }),
    row(`POST ${root}/import`, {
      level: 'member',
      call: () => {
        made += 1
        return { body: { models: [{ id: `in-${made}`, base_model_id: 'llama3.2:1b', name: 'In' }] } }
      },
      expected: { '*': [200, true], member: [401, detail(UNAUTHORIZED)] },
    }),
    row(`POST ${root}/sync`, {
      level: 'admin',
      call: () => ({ body: { models: [{ id: 'only', base_model_id: 'llama3.2:1b', name: 'Only' }] } }),
      expected: { '*': [200, [saved({ id: 'only', name: 'Only' })]] },
    }),
    row(`GET ${root}/all`, {
      level: 'admin',
      call: (here) => {
        shared(here)
        return {}
      },
      expected: { '*': [200, expect.arrayContaining([saved({ id: expect.stringMatching(SEEDED) })])] },
    }),
    row(`GET ${root}/model`, {
      level: 'member',
      call: (here) => ({ path: `${root}/model?id=${query(shared(here))}` }),
      expected: { '*': [200, READ_ONLY], owner: [200, WHOLE], admin: [200, WHOLE] },
    }),
    row(`GET ${root}/model/profile/image`, {
      level: 'member',
      call: (here) => ({ path: `${root}/model/profile/image?id=${query(shared(here))}` }),
      expected: { '*': [200] },
    }),
    row(`POST ${root}/model/toggle`, {
      level: 'member',
      call: (here) => ({ path: `${root}/model/toggle?id=${query(shared(here))}` }),
      expected: {
        '*': [401, detail(UNAUTHORIZED)],
        owner: [200, saved({ is_active: false })],
        admin: [200, saved({ is_active: false })],
      },
    }),
    row(`POST ${root}/model/update`, {
      level: 'member',
      call: (here) => ({ body: { id: shared(here), name: 'Renamed' } }),
      expected: {
        '*': [400, detail(PROHIBITED)],
        owner: [200, saved({ name: 'Renamed' })],
        admin: [200, saved({ name: 'Renamed' })],
      },
    }),
    row(`POST ${root}/model/access/update`, {
      level: 'member',
      call: (here) => ({ body: { id: shared(here), access_grants: [] } }),
      expected: {
        '*': [401, detail(UNAUTHORIZED)],
        owner: [200, saved({ access_grants: [], access_control: {} })],
        admin: [200, saved({ access_grants: [], access_control: {} })],
      },
    }),
    ...(['POST', 'DELETE'] as const).map((method) =>
      row(`${method} ${root}/model/delete`, {
        level: 'member',
        call: (here) => ({ body: { id: shared(here) } }),
        expected: { '*': [401, detail(UNAUTHORIZED)], owner: [200, true], admin: [200, true] },
      }),
    ),
    row(`DELETE ${root}/delete/all`, { level: 'admin', expected: { '*': [200, true] } }),
  ]
}

describeRoutes(
  'every route of records, and the aliases without /api/v1',
  presetRoutes,
  [...rowsAt('/api/v1/models'), ...rowsAt('/models')],
  () => bench,
)

describe('/api/v1/models: what is refused, in Open WebUI’s words', () => {
  const form = { name: 'New', base_model_id: 'llama3.2:1b', meta: {}, params: {} }
  const create = (body: object, caller: CallerName = 'admin') => bench.as(caller, 'POST /api/v1/models/create', body)

  test('an id that is taken', async () => {
    const id = shared(bench, { grants: [] })
    for (const caller of ['admin', 'maker'] as const) {
      const answer = await create({ ...form, id }, caller)
      expect([answer.status, jsonOf(answer)]).toEqual([401, detail(ID_TAKEN)])
    }
  })

  test('an empty id, and one of more than 256 characters', async () => {
    for (const id of ['', 'x'.repeat(257)]) {
      const answer = await create({ ...form, id })
      expect([answer.status, jsonOf(answer)]).toEqual([400, detail(ID_TOO_LONG)])
    }
    expect((await create({ ...form, id: 'x'.repeat(256) })).status).toBe(200)
  })

  test.each([
    ['temperature', 2.5],
    ['top_p', -0.1],
    ['num_ctx', 'many'],
    ['frequency_penalty', 3],
  ])('a parameter out of its range is named: %s', async (name, value) => {
    made += 1
    const answer = await create({ ...form, id: `range-${made}`, params: { [name]: value } })
    expect([answer.status, jsonOf(answer)]).toEqual([400, detail(expect.stringContaining(name))])
    const id = shared(bench)
    const change = await bench.as('admin', 'POST /api/v1/models/model/update', { id, params: { [name]: value } })
    expect([change.status, jsonOf(change)]).toEqual([400, detail(expect.stringContaining(name))])
    expect(bench.engine.presets.find(id)?.params.temperature).toBe(0.5)
  })

  test('a body that is none, and fields of the wrong kind', async () => {
    const answers = await Promise.all([
      create([] as object),
      create({ ...form }),
      create({ ...form, id: 'k', params: 'x' }),
      create({ ...form, id: 'k', access_grants: [{ principal_type: 'dog', principal_id: 'x', permission: 'read' }] }),
      create({ ...form, id: 'k', access_control: { read: { user_ids: 'me' } } }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422])
    expect(answers.map((answer) => JSON.stringify(jsonOf(answer)))).toEqual([
      expect.stringContaining('request body'),
      expect.stringContaining("'id'"),
      expect.stringContaining("'params'"),
      expect.stringContaining('access_grants[0].principal_type'),
      expect.stringContaining('access_control.read.user_ids'),
    ])
  })

  test('what is not there, and what one may not see, are answered alike', async () => {
    const secret = shared(bench, { grants: [] })
    const routes = [
      ['GET', '/api/v1/models/model', 404],
      ['POST', '/api/v1/models/model/toggle', 401],
      ['POST', '/api/v1/models/model/update', 401],
      ['POST', '/api/v1/models/model/access/update', 401],
      ['POST', '/api/v1/models/model/delete', 401],
    ] as const
    for (const [method, path, status] of routes) {
      for (const caller of ['maker', 'member'] as const) {
        const [hidden, missing] = await Promise.all(
          [secret, 'no-such-model'].map((id) =>
            bench.as(
              caller,
              `${method} ${path}?id=${query(id)}`,
              method === 'GET' ? undefined : { id, name: 'n', access_grants: [] },
            ),
          ),
        )
        expect([hidden?.status, hidden?.body], `${method} ${path}`).toEqual([missing?.status, missing?.body])
        expect([hidden?.status, jsonOf(hidden ?? { status: 0, headers: {}, body: '{}' })]).toEqual([
          status,
          detail(NOT_FOUND),
        ])
      }
    }
    const pictures = await Promise.all(
      [secret, 'no-such-model'].map((id) =>
        bench.as('member', `GET /api/v1/models/model/profile/image?id=${query(id)}`),
      ),
    )
    expect(pictures.map(({ status, headers }) => [status, headers.location])).toEqual([
      [302, '/static/favicon.png'],
      [302, '/static/favicon.png'],
    ])
    expect(bench.engine.presets.find(secret)?.isActive).toBe(true)
  })

  test('an API key needs the scope presets', async () => {
    const { team } = bench.engine
    const admin = bench.principal('admin')
    const weak = team.createKey(admin.id, { name: 'chat only', scopes: ['models', 'chat'] }, admin).secret
    const fit = team.createKey(admin.id, { name: 'presets', scopes: ['presets'] }, admin).secret
    const list = (key: string) =>
      http(bench.networkPort, '/api/v1/models/list', { headers: { authorization: `Bearer ${key}` } })
    expect((await list(weak)).status).toBe(403)
    expect((await list(fit)).status).toBe(200)
    // Without the scope admin, an administrator's key is none of an administrator.
    const base = await http(bench.networkPort, '/api/v1/models/base', { headers: { 'x-api-key': fit } })
    expect(base.status).toBe(403)
  })
})

describe('/api/v1/models: what is kept', () => {
  test('an update leaves what it does not name: the base model, parameters, the picture, access', async () => {
    const id = shared(bench)
    const update = { id, name: 'Other', meta: { description: 'new' } }
    const answer = await bench.as('owner', 'POST /api/v1/models/model/update', update)
    expect(jsonOf(answer)).toMatchObject({
      name: 'Other',
      base_model_id: 'llama3.2:1b',
      params: { temperature: 0.5 },
      meta: { description: 'new', profile_image_url: PICTURE },
      access_control: null,
    })
    const cleared = await bench.as('owner', 'POST /api/v1/models/model/update', {
      id,
      name: 'Other',
      meta: { profile_image_url: '' },
    })
    expect(jsonOf(cleared)).toMatchObject({ meta: { profile_image_url: '' } })
  })

  test('both forms of access are read, and written where they say the same', async () => {
    const { maker, member, group } = bench.ids
    const id = shared(bench)
    const update = async (access: object): Promise<Record<string, unknown>> => {
      const answer = await bench.as('owner', 'POST /api/v1/models/model/access/update', { id, ...access })
      expect(answer.status).toBe(200)
      return jsonOf(answer) as Record<string, unknown>
    }
    const rules = {
      read: { group_ids: [group], user_ids: [member] },
      write: { group_ids: [], user_ids: [maker] },
    }
    const older = await update({ access_control: rules })
    expect(older.access_control).toEqual(rules)
    expect(older.access_grants).toEqual([
      expect.objectContaining({ principal_type: 'user', principal_id: member, permission: 'read' }),
      expect.objectContaining({ principal_type: 'group', principal_id: group, permission: 'read' }),
      expect.objectContaining({ principal_type: 'user', principal_id: maker, permission: 'write' }),
    ])
    expect(await update({ access_grants: older.access_grants })).toMatchObject({ access_control: rules })
    expect(await update({ access_control: null })).toMatchObject({
      access_grants: [{ principal_type: 'user', principal_id: '*', permission: 'read' }],
    })
    expect(await update({ access_control: {} })).toMatchObject({ access_grants: [], access_control: {} })
    const missing = await bench.as('owner', 'POST /api/v1/models/model/access/update', { id })
    expect([missing.status, jsonOf(missing)]).toEqual([422, detail("Missing required parameter: 'access_grants'.")])
  })

  test('a field that nobody here knows is kept when a record is made and when it is changed', async () => {
    const id = 'with-more'
    const made = { id, base_model_id: 'demo', name: 'More', params: {}, meta: {}, arena_rank: 3, labels: ['x'] }
    const look = async () => jsonOf(await bench.as('admin', `GET /api/v1/models/model?id=${id}`))
    expect((await bench.as('admin', 'POST /api/v1/models/create', made)).status).toBe(200)
    expect(await look()).toMatchObject({ arena_rank: 3, labels: ['x'] })
    const change = { id, base_model_id: 'demo', name: 'More', params: {}, meta: {}, arena_rank: 4, write_access: true }
    expect((await bench.as('admin', `POST /api/v1/models/model/update?id=${id}`, change)).status).toBe(200)
    expect(await look()).toMatchObject({ arena_rank: 4, labels: ['x'] })
    const exported = jsonOf(await bench.as('admin', 'GET /api/v1/models/export')) as { id: string }[]
    expect(exported.find((record) => record.id === id)).not.toHaveProperty('write_access')
    expect((await bench.as('admin', 'POST /api/v1/models/model/delete', { id })).status).toBe(200)
  })

  test('an administrator publishes a base model that has no record; nobody else can, and nobody an unknown one', async () => {
    const publish = (caller: CallerName, id: string) =>
      bench.as(caller, 'POST /api/v1/models/model/access/update', { id, access_control: null })
    await bench.as('owner', 'DELETE /api/v1/models/delete/all')
    expect((await publish('maker', 'llama3.2:1b')).status).toBe(401)
    const published = await publish('admin', 'llama3.2:1b')
    expect([published.status, jsonOf(published)]).toEqual([200, saved({ id: 'llama3.2:1b', base_model_id: null })])
    expect(bench.engine.access.mayUse(bench.principal('member'), 'llama3.2:1b')).toBe(true)
    const unknown = await publish('admin', 'nobody-has-this')
    expect([unknown.status, jsonOf(unknown)]).toEqual([401, detail(NOT_FOUND)])
  })

  test('who has a write grant changes, switches and deletes', async () => {
    const id = shared(bench, { grants: [grant(bench.ids.member, 'write')] })
    const seen = await bench.as('member', `GET /api/v1/models/model?id=${query(id)}`)
    expect(jsonOf(seen)).toMatchObject({ write_access: true, params: { temperature: 0.5 } })
    expect((await bench.as('member', 'POST /api/v1/models/model/update', { id, name: 'Mine now' })).status).toBe(200)
    const off = await bench.as('member', `POST /api/v1/models/model/toggle?id=${query(id)}`)
    expect(jsonOf(off)).toMatchObject({ is_active: false, name: 'Mine now' })
    const on = await bench.as('member', `POST /api/v1/models/model/toggle?id=${query(id)}`)
    expect(jsonOf(on)).toMatchObject({ is_active: true })
    // As older clients delete.
    expect((await bench.as('member', `DELETE /api/v1/models/model/delete?id=${query(id)}`)).body).toBe('true')
    expect(bench.engine.presets.find(id)).toBeNull()
  })

  test('a reader sees of the access what concerns them', async () => {
    const { member, maker } = bench.ids
    const id = shared(bench, { grants: [grant(member, 'read'), grant(maker, 'read')] })
    const seen = jsonOf(await bench.as('member', `GET /api/v1/models/model?id=${query(id)}`))
    expect(JSON.stringify(seen)).not.toContain(maker)
    expect(seen).toMatchObject({ access_grants: [{ principal_id: member }] })
  })
})

describe('/api/v1/models/list', () => {
  test('30 a page, by name or time, of one’s own or of others, with a tag', async () => {
    await bench.as('owner', 'DELETE /api/v1/models/delete/all')
    for (let index = 0; index < 31; index += 1) {
      bench.preset(`p${String(index).padStart(2, '0')}`, {
        name: `Name ${String(index).padStart(2, '0')}`,
        grants: EVERYONE_READS,
        meta: index === 7 ? { tags: [{ name: 'seven' }] } : {},
      })
    }
    bench.preset('of-the-maker', { name: 'zz' }, bench.principal('maker'))
    const ids = async (caller: CallerName, asked: string): Promise<[string[], number]> => {
      const answer = await bench.as(caller, `GET /api/v1/models/list?${asked}`)
      const { items, total } = jsonOf(answer) as { items: { id: string }[]; total: number }
      return [items.map(({ id }) => id), total]
    }
    const [first, total] = await ids('admin', 'order_by=name&direction=asc&page=1')
    expect([first.length, first[0], first[29], total]).toEqual([30, 'p00', 'p29', 32])
    expect(await ids('admin', 'order_by=name&direction=asc&page=2')).toEqual([['p30', 'of-the-maker'], 32])
    expect((await ids('maker', 'order_by=name&direction=desc'))[0][0]).toBe('of-the-maker')
    expect((await ids('member', 'page=0'))[1]).toBe(31)
    expect(await ids('maker', 'view_option=created')).toEqual([['of-the-maker'], 1])
    expect((await ids('maker', 'view_option=shared'))[1]).toBe(31)
    expect(await ids('member', 'tag=seven')).toEqual([['p07'], 1])
    expect(await ids('member', 'query=NAME%2012')).toEqual([['p12'], 1])
    expect((await ids('member', 'order_by=;DROP&direction=sideways&page=x'))[1]).toBe(31)
  })
})

describe('/api/v1/models/base', () => {
  test('all overrides, also where they change while they are read', async () => {
    await bench.as('owner', 'DELETE /api/v1/models/delete/all')
    const { presets } = bench.engine
    const records = Array.from({ length: 95 }, (_none, index) => ({
      id: `base-${index}`,
      baseModelId: null,
      grants: [],
    }))
    presets.importRecords(records, bench.principal('admin'))
    const { list } = presets
    onTestFinished(() => void Object.assign(presets, { list }))
    let removed = 0
    Object.assign(presets, {
      list(...given: Parameters<typeof list>) {
        const page = list(...given)
        // Behind the reader's back: the first record of what was read goes, so that every later page moves up by one.
        if (given[0].page === 2 && removed < 2) {
          presets.remove(`base-${removed}`, bench.principal('admin'))
          removed += 1
        }
        return page
      },
    })
    const ids = (jsonOf(await bench.as('admin', 'GET /api/v1/models/base')) as { id: string }[]).map(({ id }) => id)
    expect(removed).toBe(2)
    expect(ids.sort()).toEqual(
      records
        .slice(2)
        .map(({ id }) => id)
        .sort(),
    )
  })
})

describe('/api/v1/models/model/profile/image', () => {
  const picture = (id: string, headers: Record<string, string> = {}) =>
    bench.as('member', `GET /api/v1/models/model/profile/image?id=${query(id)}`, undefined, headers)

  test('an image kept here comes as its bytes, with an ETag and nosniff', async () => {
    const id = shared(bench)
    const answer = await picture(id)
    const etag = `"${bench.engine.presets.find(id)?.updatedAt}"`
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-length': String(Buffer.from(PIXEL, 'base64').length),
      etag,
    })
    expect((await picture(id, { 'if-none-match': etag })).status).toBe(304)
  })

  test.each([
    ['https://example.com/a.png', 'https://example.com/a.png'],
    ['/api/v1/users/someone/profile/image', '/api/v1/users/someone/profile/image'],
    ['../../../../etc/passwd', '/static/favicon.png'],
    ['/static/../../secrets', '/static/favicon.png'],
    ['file:///etc/passwd', '/static/favicon.png'],
    ['data:image/svg+xml;base64,PHN2Zz4=', '/static/favicon.png'],
    ['javascript:alert(1)', '/static/favicon.png'],
    [42, '/static/favicon.png'],
  ])('%s leads to %s', async (stored, location) => {
    const answer = await picture(shared(bench, { meta: { profile_image_url: stored } }))
    expect([answer.status, answer.headers.location, answer.body]).toEqual([302, location, ''])
  })
})

describe('import, export and sync', () => {
  /** As Open WebUI writes it, with fields that nobody here knows. */
  const exported = [
    {
      id: 'translator',
      user_id: 'somebody-elsewhere',
      base_model_id: 'llama3.2:1b',
      name: 'Translator',
      params: { system: 'Translate.', temperature: 0.2, stop: ['\\n'], custom_params: { top_n: 4 }, odd_param: [1] },
      meta: {
        profile_image_url: PICTURE,
        description: 'Into English',
        capabilities: { vision: false, teleport: true },
        tags: [{ name: 'work' }],
        suggestion_prompts: [{ title: ['a', 'b'], content: 'c' }],
        toolIds: ['t1'],
        knowledge: [{ id: 'k1' }],
        future_field: { deep: [1, 2] },
      },
      access_grants: [{ id: 'g1', principal_type: 'user', principal_id: '*', permission: 'read' }],
      is_active: true,
      updated_at: 1_700_000_100,
      created_at: 1_700_000_000,
      top_level_extra: { kept: true },
    },
  ]
  const byId = (list: unknown, id: string): Record<string, unknown> | undefined =>
    (list as Record<string, unknown>[]).find((record) => record.id === id)

  test('an Open WebUI export, edited and exported again, loses nothing on the way to another instance', async () => {
    await bench.as('owner', 'DELETE /api/v1/models/delete/all')
    const imported = await bench.as('admin', 'POST /api/v1/models/import', { models: exported })
    expect([imported.body, imported.headers['x-switchyard-sync']]).toEqual([
      'true',
      'created=1,updated=0,deleted=0,unchanged=0,refused=0',
    ])
    await bench.as('admin', 'POST /api/v1/models/model/update', { id: 'translator', name: 'Translator 2' })
    const first = byId(jsonOf(await bench.as('admin', 'GET /api/v1/models/export')), 'translator')
    const { updated_at: _edited, user_id: _here, access_grants: _ids, ...rest } = exported[0] ?? {}
    expect(first).toMatchObject({ ...rest, name: 'Translator 2' })
    expect(first?.user_id).toBe(bench.ids.admin)

    const other = await startTeamBench()
    try {
      expect((await other.as('owner', 'POST /models/import', [first])).body).toBe('true')
      const second = byId(jsonOf(await other.as('owner', 'GET /models/export')), 'translator')
      const { user_id: _there, ...expectedAgain } = first ?? {}
      expect(second).toMatchObject(expectedAgain)
      expect(Object.keys(second ?? {}).sort()).toEqual(Object.keys(first ?? {}).sort())
    } finally {
      await other.close()
    }
  })

  test('the community form, a bare list and a single record are taken; metadata is merged, parameters are replaced', async () => {
    const info = { ...exported[0], id: 'community', params: { temperature: 1 }, meta: { description: 'c', tags: [] } }
    const read = async (body: unknown): Promise<void> => {
      expect((await bench.as('maker', 'POST /api/v1/models/import', body)).body).toBe('true')
    }
    await read([{ id: 'community', name: 'Community', info }])
    await read({ ...info, id: 'single', base_model_id: 'llama3.2:1b' })
    await read([{ id: 'community', params: { top_k: 3 }, meta: { added: true } }])
    expect(bench.engine.presets.find('single')?.ownerId).toBe(bench.ids.maker)
    expect(bench.engine.presets.find('community')).toMatchObject({
      params: { top_k: 3 },
      meta: { description: 'c', added: true },
    })
    expect(bench.engine.presets.find('community')?.params).not.toHaveProperty('temperature')
  })

  test('a broken record stops an import before it changes anything, and is named', async () => {
    const answer = await bench.as('admin', 'POST /api/v1/models/import', {
      models: [
        { id: 'good-one', base_model_id: 'llama3.2:1b' },
        { id: 'bad-one', params: 'x' },
      ],
    })
    expect([answer.status, jsonOf(answer)]).toEqual([422, detail(expect.stringContaining('"bad-one"'))])
    expect(bench.engine.presets.find('good-one')).toBeNull()
  })

  test('what one may not write is left alone and counted', async () => {
    const id = shared(bench)
    const answer = await bench.as('maker', 'POST /api/v1/models/import?report=1', [{ id, name: 'Taken over' }])
    expect(answer.headers['x-switchyard-sync']).toBe('created=0,updated=0,deleted=0,unchanged=0,refused=1')
    expect(jsonOf(answer)).toMatchObject({ refused: [{ id, reason: expect.stringContaining('may not change') }] })
    expect(bench.engine.presets.find(id)?.name).not.toBe('Taken over')
  })

  test('sync makes the records exactly these: creates, updates, deletes, and says so; all of /all is a no-op', async () => {
    await bench.as('owner', 'DELETE /api/v1/models/delete/all')
    for (const id of ['stays', 'changes', 'goes']) bench.preset(id)
    bench.engine.presets.setGrants('gpt-4o', EVERYONE_READS, bench.principal('admin'))
    const all = jsonOf(await bench.as('admin', 'GET /api/v1/models/all')) as Record<string, unknown>[]
    expect(all.map(({ id }) => id).sort()).toEqual(['changes', 'goes', 'gpt-4o', 'stays'])
    const same = await bench.as('admin', 'POST /api/v1/models/sync', { models: all })
    expect(same.headers['x-switchyard-sync']).toBe('created=0,updated=0,deleted=0,unchanged=4,refused=0')

    const wanted = [
      ...all.filter(({ id }) => id === 'stays' || id === 'gpt-4o'),
      { ...all.find(({ id }) => id === 'changes'), name: 'Changed' },
      { id: 'comes', base_model_id: 'llama3.2:1b', name: 'Comes' },
    ]
    const answer = await bench.as('admin', 'POST /api/v1/models/sync?report=1', { models: wanted })
    expect(answer.headers['x-switchyard-sync']).toBe('created=1,updated=1,deleted=1,unchanged=2,refused=0')
    expect(jsonOf(answer)).toEqual({
      created: ['comes'],
      updated: ['changes'],
      deleted: ['goes'],
      unchanged: expect.arrayContaining(['stays', 'gpt-4o']),
      refused: [],
    })
    const again = await bench.as('admin', 'POST /api/v1/models/sync', { models: wanted })
    expect((jsonOf(again) as { id: string; name: string }[]).map(({ id }) => id).sort()).toEqual([
      'changes',
      'comes',
      'gpt-4o',
      'stays',
    ])
    expect(bench.engine.presets.find('changes')?.name).toBe('Changed')
    expect(bench.engine.presets.find('goes')).toBeNull()
    const forgotten = await bench.as('admin', 'POST /api/v1/models/sync', {})
    expect([forgotten.status, bench.engine.presets.find('stays') === null]).toEqual([422, false])
  })
})
