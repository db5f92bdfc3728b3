import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEngine } from '../../../src/main/engine/index.ts'
import type { Engine } from '../../../src/main/engine/spec/engine.ts'
import { OWNER } from '../../../src/main/engine/spec/principal.ts'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import { localModelRoutes } from '../../../src/main/gateway/open-webui/team-routes.ts'
import type { Role } from '../../../src/shared/access.ts'
import type { HttpAnswer } from '../../support/http-client.ts'
import { http } from '../../support/http-client.ts'
import { ensureTestModels } from '../../support/test-models.ts'
import { until } from '../../support/until.ts'
import { describeRoutes, detail, type RouteRow } from './open-webui-route-rows.ts'
import { type CallerName, grant, jsonOf, PASSWORD, type TeamBench } from './open-webui-team-bench.ts'

/** Copied under a name that needs escaping in a query, and shared with nobody. */
const SECRET = 'secret:q8 one'
const PRESET = 'lab/helper:1'
const LOCAL = '/api/v1/models/local'

let folder: string
let bench: TeamBench
let engine: Engine
let gateway: Gateway

beforeAll(async () => {
  const models = await ensureTestModels()
  folder = mkdtempSync(join(tmpdir(), 'switchyard-local-models-'))
  mkdirSync(join(folder, 'models'), { recursive: true })
  cpSync(models.demo, join(folder, 'models', `${SECRET}.gguf`))
  const entry = (name: string): URL => new URL(`../../../src/main/${name}.ts`, import.meta.url)
  engine = await createEngine({
    dataFolder: folder,
    mode: 'headless',
    version: '0.0.0',
    workers: { llama: entry('llama-worker'), llamaTrial: entry('llama-trial'), storage: entry('storage-worker') },
    builtInModels: [{ id: 'demo', path: models.demo }],
    environment: { SWITCHYARD_GPU: 'off' },
  })
  engine.settings.update({ load: { threads: 1 } })
  gateway = createGateway({ engine, host: '127.0.0.1', port: 0, rendererFolder: null })
  bench = await benchOf(engine, gateway)
  const everyone = [grant('*', 'read')]
  await until('both models may be loaded', async () => {
    const ready = engine.runtime.files().filter(({ state }) => state === 'ready')
    return (ready.length === 2 && engine.catalog.find(SECRET) !== null) || null
  })
  engine.presets.setGrants('demo', everyone, OWNER)
  bench.preset(PRESET, { baseModelId: 'demo', grants: everyone })
})
afterAll(async () => {
  await gateway?.close()
  await engine?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

/** The callers of the route tables, before an engine with a real runtime. */
async function benchOf(here: Engine, doors: Gateway): Promise<TeamBench> {
  const { team } = here
  const { port: localPort } = await doors.listen()
  const open = { address: '127.0.0.1', port: 0, tls: null, hosts: ['127.0.0.1'] }
  const { port: networkPort } = await doors.network.open(open)
  const origin = { address: '127.0.0.1', userAgent: 'test' }
  const first = await team.signUp({ name: 'Ada', email: 'ada@example.com', password: PASSWORD }, origin)
  const add = async (name: string, role: Role): Promise<{ id: string; token: string }> => {
    const email = `${name}@example.com`
    await team.addPerson({ name, email, password: PASSWORD, role }, OWNER)
    const { person, token } = await team.signIn(email, PASSWORD, origin)
    return { id: person.id, token }
  }
  const [maker, member, pending] = [await add('mia', 'user'), await add('ben', 'user'), await add('pia', 'pending')]
  const ids = { admin: first.person.id, maker: maker.id, member: member.id, pending: pending.id, group: '' }
  const tokens: TeamBench['tokens'] = {
    owner: '',
    admin: first.token,
    maker: maker.token,
    member: member.token,
    pending: pending.token,
    anonymous: '',
  }
  return {
    engine: here,
    ids,
    tokens,
    localPort,
    networkPort,
    as(caller, route, body, headers = {}) {
      const [method = '', path = ''] = route.split(' ')
      return http(caller === 'owner' ? localPort : networkPort, path, {
        method,
        headers: { ...(tokens[caller] === '' ? {} : { authorization: `Bearer ${tokens[caller]}` }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    },
    principal: (caller) => team.principalOf(ids[caller]),
    preset: (id, input = {}, by = OWNER) =>
      here.presets.create({ id, baseModelId: null, name: id, params: {}, meta: {}, isActive: true, ...input }, by),
    close: () => doors.close(),
  }
}

const path = (rest: string, id: string): string => `${LOCAL}/${rest}?id=${encodeURIComponent(id)}`
const as = (caller: CallerName, route: string, body?: unknown): Promise<HttpAnswer> => bench.as(caller, route, body)
const get = (caller: CallerName, rest: string, id: string): Promise<HttpAnswer> => as(caller, `GET ${path(rest, id)}`)
const send = (rest: string, body: unknown): Promise<HttpAnswer> => as('owner', `POST ${LOCAL}/${rest}`, body)

const EVERYBODY = {
  id: 'demo',
  source: 'built-in',
  state: 'ready',
  size: expect.any(Number),
  modified_at: expect.any(Number),
  last_used_at: expect.toSatisfy((at: unknown) => at === null || Number(at) < 1e10),
  capabilities: expect.arrayContaining(['chat']),
  facts: expect.objectContaining({ context_length: expect.any(Number), has_chat_template: true }),
}
const model = (fields: object): object => ({ ...EVERYBODY, ...fields })
const ADMIN_ONLY = { path: expect.stringMatching(/\.gguf$/), reason: null, options: {} }
const LOADED = {
  state: 'loaded',
  progress: 1,
  loaded_at: expect.any(Number),
  expires_at: expect.any(Number),
  active_requests: 0,
  queued_requests: 0,
  context_size: 256,
  sequences: expect.any(Number),
  memory: { ram: expect.any(Number), vram: 0 },
  gpu_layers: 0,
}
const loadDemo = async (here: TeamBench): Promise<object> => {
  await here.engine.runtime.load('demo', { contextSize: 256 })
  return {}
}

const rows: RouteRow[] = [
  {
    route: `GET ${LOCAL}`,
    level: 'admin',
    call: async (here) => {
      await here.engine.runtime.unload('demo')
      return {}
    },
    expected: {
      '*': [
        200,
        {
          data: expect.arrayContaining([
            model({ loaded: null, ...ADMIN_ONLY }),
            expect.objectContaining({ id: SECRET, source: 'data', state: 'ready' }),
          ]),
        },
      ],
    },
  },
  {
    route: `GET ${LOCAL}/loaded`,
    level: 'member',
    call: loadDemo,
    expected: {
      maker: [200, { data: [model({ loaded: LOADED })] }],
      member: [200, { data: [model({ loaded: LOADED })] }],
      '*': [200, { data: [model({ loaded: { ...LOADED, options: expect.any(Object) }, ...ADMIN_ONLY })] }],
    },
  },
  {
    route: `GET ${LOCAL}/model`,
    level: 'member',
    call: async (here) => {
      await loadDemo(here)
      return { path: path('model', PRESET) }
    },
    expected: {
      maker: [200, model({ loaded: LOADED })],
      member: [200, model({ loaded: LOADED })],
      '*': [200, model({ loaded: { ...LOADED, options: expect.any(Object) }, ...ADMIN_ONLY })],
    },
  },
  {
    route: `GET ${LOCAL}/metrics`,
    level: 'member',
    call: async (here) => {
      await loadDemo(here)
      return { path: path('metrics', PRESET) }
    },
    expected: {
      '*': [
        200,
        {
          id: 'demo',
          metrics: {
            requests: 0,
            failed: 0,
            prompt_tokens: 0,
            completion_tokens: 0,
            tokens_per_second: null,
            prompt_tokens_per_second: null,
            ttft_ms: null,
            memory: { ram: expect.any(Number), vram: 0 },
            gpu_share: 0,
            active_requests: 0,
            queued_requests: 0,
            loaded_at: expect.any(Number),
          },
        },
      ],
    },
  },
  {
    route: `POST ${LOCAL}/load`,
    level: 'admin',
    call: async (here) => {
      await here.engine.runtime.unload('demo')
      return { body: { id: 'demo:latest', options: { context_size: 256 } } }
    },
    expected: {
      '*': [
        200,
        model({
          loaded: { ...LOADED, options: expect.objectContaining({ context_size: 256, threads: 1 }) },
          ...ADMIN_ONLY,
        }),
      ],
    },
  },
  {
    route: `POST ${LOCAL}/unload`,
    level: 'admin',
    call: async (here) => {
      await loadDemo(here)
      return { body: { id: PRESET } }
    },
    expected: { '*': [200, model({ loaded: null, ...ADMIN_ONLY })] },
  },
  {
    route: `GET ${LOCAL}/metadata`,
    level: 'admin',
    call: (here) => {
      here.engine.modelMetadata.save('demo', { note: 'slow but kind', camelCase: { stays: true } })
      return { path: path('metadata', 'demo') }
    },
    expected: { '*': [200, { id: 'demo', metadata: { note: 'slow but kind', camelCase: { stays: true } } }] },
  },
  {
    route: `POST ${LOCAL}/metadata`,
    level: 'admin',
    call: () => ({ path: path('metadata', PRESET), body: { metadata: { note: 'of the preset' } } }),
    expected: { '*': [200, { id: PRESET, metadata: { note: 'of the preset' } }] },
  },
  {
    route: `POST ${LOCAL}/validate`,
    level: 'admin',
    call: () => ({ body: { id: PRESET, options: { context_size: 300, threads: 1 } } }),
    expected: { '*': [200, { valid: true, errors: [] }] },
  },
  {
    route: `POST ${LOCAL}/parameters`,
    level: 'admin',
    call: async (here) => {
      await here.engine.runtime.setOptions('demo', {})
      await loadDemo(here)
      return { body: { id: PRESET, options: { keep_alive_seconds: 600, sequences: 3 } } }
    },
    expected: { '*': [200, { applied: ['keep_alive_seconds'], from_next_load: ['sequences'] }] },
  },
]

describeRoutes('models that run here', localModelRoutes, rows, () => bench)

describe('a model that the caller may not use', () => {
  test.each(['model', 'metrics'])('is answered by %s in the words of one that there is not', async (rest) => {
    const forbidden = await get('member', rest, SECRET)
    const unknown = await get('member', rest, 'nothing')
    expect([forbidden.status, jsonOf(forbidden)]).toEqual([400, detail(`Model '${SECRET}' was not found`)])
    expect([unknown.status, jsonOf(unknown)]).toEqual([400, detail("Model 'nothing' was not found")])
    expect((await get('admin', rest, SECRET)).status).toBe(200)
  })

  test('is not among the loaded ones', async () => {
    await engine.runtime.load(SECRET, { contextSize: 256 })
    const loaded = async (caller: CallerName): Promise<string[]> =>
      (jsonOf(await as(caller, `GET ${LOCAL}/loaded`)) as { data: { id: string }[] }).data.map(({ id }) => id)
    expect(await loaded('admin')).toContain(SECRET)
    expect(await loaded('member')).not.toContain(SECRET)
    await engine.runtime.unload(SECRET)
  })
})

test('metrics count what the model answered, by whichever name it was asked', async () => {
  expect(jsonOf(await get('owner', 'metrics', SECRET))).toEqual({ id: SECRET, metrics: null })
  const asked = { messages: [{ role: 'user', content: 'Tell me a story' }], max_tokens: 12, temperature: 0 }
  const answer = await as('owner', 'POST /v1/chat/completions', { ...asked, model: SECRET })
  expect(answer.status, answer.body).toBe(200)
  expect(jsonOf(await get('owner', 'metrics', SECRET))).toMatchObject({
    id: SECRET,
    metrics: {
      requests: 1,
      failed: 0,
      completion_tokens: 12,
      tokens_per_second: expect.any(Number),
      ttft_ms: expect.any(Number),
    },
  })
})

test('validation names every problem in a sentence, by the names of the request', async () => {
  const answer = await send('validate', {
    id: 'demo',
    options: { context_size: 1_000_000, gpu_layers: 'max', contextSize: 5, colour: 'red' },
  })
  const { valid, errors } = jsonOf(answer) as { valid: boolean; errors: string[] }
  expect([answer.status, valid]).toEqual([200, false])
  expect(errors).toEqual([
    '"contextSize" is no load option.',
    '"colour" is no load option.',
    expect.stringMatching(/^context_size asks for 1,000,000 tokens, but demo reads [\d,]+ at most\.$/),
    expect.stringMatching(/^gpu_layers asks for the GPU, but SWITCHYARD_GPU is off/),
  ])
})

describe('is refused, with nothing changed', () => {
  test('parameters that cannot hold', async () => {
    const saved = engine.runtime.files().find(({ id }) => id === 'demo')?.options
    const answer = await send('parameters', { id: 'demo', options: { context_size: 1_000_000 } })
    expect([answer.status, jsonOf(answer)]).toEqual([400, detail(expect.stringContaining('context_size asks for'))])
    expect(engine.runtime.files().find(({ id }) => id === 'demo')?.options).toEqual(saved)
  })

  test.each([
    [
      'load',
      { id: 'demo', options: { contextSize: 256 } },
      422,
      'Invalid \'options\': Unrecognized key: "contextSize".',
    ],
    ['load', { id: 'demo', options: { context_size: 1 } }, 422, "Invalid 'options.context_size': must be at least 64."],
    ['unload', {}, 422, "Missing required parameter: 'id'."],
    ['validate', { id: 'demo' }, 422, "Missing required parameter: 'options'."],
    ['metadata', { metadata: {} }, 422, "Missing required parameter: 'id'."],
    ['metadata?id=demo', { note: 'loose' }, 422, "Missing required parameter: 'metadata'."],
    ['load', { id: 'nothing' }, 400, "Model 'nothing' was not found"],
    ['metadata?id=nothing', { metadata: { note: 'n' } }, 400, "Model 'nothing' was not found"],
  ])('%s with %j', async (rest, body, status, words) => {
    const answer = await send(rest, body)
    expect([answer.status, jsonOf(answer)]).toEqual([status, detail(words)])
  })

  test('a preset over a model that is not there', async () => {
    bench.preset('lost', { baseModelId: 'gone' })
    const answer = await get('owner', 'model', 'lost')
    expect([answer.status, jsonOf(answer)]).toEqual([400, detail("Model 'lost' was not found")])
  })
})

test('an empty object takes notes away', async () => {
  await as('owner', `POST ${path('metadata', SECRET)}`, { metadata: { note: 'n' } })
  await as('owner', `POST ${path('metadata', SECRET)}`, { metadata: {} })
  expect(jsonOf(await get('owner', 'metadata', SECRET))).toEqual({ id: SECRET, metadata: {} })
})
