import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ListedModel, ResolvedModel } from '../../../src/main/engine/spec/presets.ts'
import { isAdmin, type Principal } from '../../../src/main/engine/spec/principal.ts'
import type { UpstreamModel } from '../../../src/main/engine/spec/provider-adapter.ts'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import type { CatalogModel } from '../../../src/shared/models.ts'
import type { Preset } from '../../../src/shared/presets.ts'
import { createFakeEngine, type FakeEngine, fakeModel } from '../../support/fake-engine.ts'
import { type HttpAnswer, http, post } from '../../support/http-client.ts'

const TUTOR: Preset = {
  id: 'tutor',
  baseModelId: 'demo',
  name: 'The Tutor',
  params: { system: 'A secret of its maker.', temperature: 0.2 },
  meta: {
    profile_image_url: 'data:image/png;base64,AAAA',
    description: 'Explains.',
    tags: ['school', { name: 'calm' }],
    suggestion_prompts: [{ title: ['Explain', 'rain'], content: 'Why does it rain?' }],
  },
  grants: [{ principalType: 'user', principalId: 'id-of-ada', permission: 'read' }],
  isActive: true,
  ownerId: 'id-of-maker',
  createdAt: 1_700_000_000,
  updatedAt: 1_700_000_100,
  extra: {},
}
const OVERRIDE: Preset = { ...TUTOR, id: 'embedder', baseModelId: null, name: 'For searching', meta: {} }

let engine: FakeEngine
let gateway: Gateway
let port: number
let ada: Record<string, string>

beforeEach(async () => {
  engine = createFakeEngine()
  ada = { authorization: `Bearer ${engine.people.session('ada', 'user')}` }
  gateway = createGateway({ engine, host: '127.0.0.1', port: 0, rendererFolder: null })
  port = (await gateway.listen()).port
  showPresets()
})
afterEach(() => gateway.close())

test('presets stand beside base models in each dialect, under their own name', async () => {
  const openAi = json(await http(port, '/v1/models', { headers: ada })).data
  expect(openAi.map(({ id, name }: CatalogModel) => [id, name])).toEqual([
    ['demo', 'demo'],
    ['embedder', 'For searching'],
    ['tutor', 'The Tutor'],
  ])
  expect(openAi[2]).toMatchObject({ created: 1_700_000_100, context_length: 4096, capabilities: expect.any(Array) })
  expect(json(await http(port, '/v1/models/tutor', { headers: ada }))).toMatchObject({ id: 'tutor', name: 'The Tutor' })
  const anthropic = await http(port, '/v1/models/tutor', { headers: { ...ada, 'anthropic-version': '2023-06-01' } })
  expect(json(anthropic)).toMatchObject({ type: 'model', id: 'tutor', display_name: 'The Tutor' })
  const ollama = json(await http(port, '/api/tags', { headers: ada })).models
  expect(ollama.map(({ name }: { name: string }) => name)).toEqual(['demo:latest', 'embedder:latest', 'tutor:latest'])
})

test('a preset is shown and loaded as its base', async () => {
  engine.files.push({ id: 'demo' } as never)
  const shown = await post(port, '/api/show', { model: 'tutor' }, ada)
  expect([shown.status, json(shown).capabilities]).toEqual([200, expect.arrayContaining(['completion'])])
  expect((await post(port, '/api/generate', { model: 'tutor', prompt: '' }, ada)).status).toBe(200)
  expect(engine.loads).toEqual([{ id: 'demo', options: {} }])
})

test('Open WebUI’s list has the record, without what only its makers may see', async () => {
  const entries = json(await http(port, '/api/models', { headers: ada })).data
  expect(entries.map(({ id }: { id: string }) => id)).toEqual(['demo', 'embedder', 'tutor'])
  expect(entries[2]).toEqual({
    id: 'tutor',
    name: 'The Tutor',
    object: 'model',
    created: 1_700_000_000,
    owned_by: 'switchyard',
    connection_type: 'local',
    preset: true,
    info: {
      id: 'tutor',
      user_id: 'id-of-maker',
      base_model_id: 'demo',
      name: 'The Tutor',
      meta: {
        description: 'Explains.',
        tags: ['school', { name: 'calm' }],
        suggestion_prompts: [{ title: ['Explain', 'rain'], content: 'Why does it rain?' }],
      },
      is_active: true,
      created_at: 1_700_000_000,
      updated_at: 1_700_000_100,
    },
    actions: [],
    filters: [],
    tags: [{ name: 'school' }, { name: 'calm' }],
  })
  expect(entries[1]).toMatchObject({ id: 'embedder', name: 'For searching', info: { base_model_id: null } })
  const forOwner = json(await http(port, '/api/models')).data
  expect(forOwner[2].info.access_grants).toEqual([
    { principal_type: 'user', principal_id: 'id-of-ada', permission: 'read' },
  ])
  for (const path of ['/api/models', '/v1/models', '/api/tags']) {
    expect((await http(port, path)).body).not.toContain('A secret of its maker')
  }
  // What providers offer, whatever was made of it.
  const base = json(await http(port, '/api/models/base')).data
  expect(base.map(({ id, name }: CatalogModel) => [id, name])).toEqual([
    ['demo', 'demo'],
    ['embedder', 'embedder'],
  ])
})

test('the families’ lists leave out what is not for the caller, and keep what only administrators may know', async () => {
  const held = holdOn('ollama', ['open:1b', 'closed:1b', 'unknown:1b'])
  engine.models.push(held('open:1b'), held('closed:1b'))
  engine.people.visible = new Set(['open:1b', 'over-open'])
  const preset = { ...TUTOR, id: 'over-open', baseModelId: 'open:1b', name: 'Over open' }
  showPresets([preset])

  const names = async (path: string, headers: Record<string, string> = {}) => {
    const body = json(await http(port, path, { headers }))
    return (body.models ?? body.data).map((entry: { model?: string; id?: string }) => entry.model ?? entry.id)
  }
  expect(await names('/ollama/api/tags', ada)).toEqual(['open:1b', 'over-open'])
  expect(await names('/ollama/api/tags/0', ada)).toEqual(['open:1b'])
  expect(await names('/ollama/v1/models', ada)).toEqual(['open:1b', 'over-open'])
  expect(await names('/api/models', ada)).toEqual(['open:1b', 'over-open'])
  expect(await names('/ollama/api/tags')).toEqual(['open:1b', 'closed:1b', 'unknown:1b', 'over-open'])
  expect(await names('/api/models')).toEqual(['demo', 'embedder', 'open:1b', 'closed:1b', 'over-open', 'unknown:1b'])
  const closed = await post(port, '/ollama/api/chat/0', { model: 'closed:1b', messages: [] }, ada)
  const missing = await post(port, '/ollama/api/chat/0', { model: 'nobody:1b', messages: [] }, ada)
  expect([closed.status, json(closed)]).toEqual([400, { detail: "Model 'closed:1b' was not found" }])
  expect([missing.status, json(missing)]).toEqual([400, { detail: "Model 'nobody:1b' was not found" }])
  const allowed = await post(port, '/ollama/api/chat/0', { ...CHAT, model: 'over-open' }, ada)
  expect(allowed.status).toBe(200)
})

test('a server that a member names without its having the model is a 403', async () => {
  const held = holdOn('ollama', ['open:1b'])
  const other = { id: 'attic', name: 'attic', provider: 'ollama', place: 'here', config: null }
  const [first] = engine.connectionSet.all()
  Object.assign(engine.connections, { family: (family: string) => (family === 'ollama' ? ['ollama', 'attic'] : []) })
  Object.assign(engine.connectionSet, {
    all: () => [first, other],
    find: (id: string) => (id === 'attic' ? other : first),
  })
  engine.models.push(held('open:1b'))
  engine.people.visible = new Set(['open:1b'])
  showPresets([])
  const refused = await post(port, '/ollama/api/chat/1', { ...CHAT, model: 'open:1b' }, ada)
  expect([refused.status, json(refused)]).toEqual([
    403,
    { detail: "The server at position 1 does not hold the model 'open:1b'." },
  ])
})

const CHAT = { messages: [{ role: 'user', content: 'Hi' }] }

/** The fake engine with these records over its models. */
function showPresets(presets: Preset[] = [TUTOR]): void {
  const records = [OVERRIDE, ...presets]
  const baseOf = (id: string): CatalogModel | null => {
    const record = records.find((each) => each.id === id)
    return engine.models.find((model) => model.id === (record?.baseModelId ?? id)) ?? null
  }
  const mayUse = (principal: Principal, id: string): boolean =>
    baseOf(id) !== null && engine.people.maySee(principal, id)
  Object.assign(engine.access, { mayUse, mayWrite: isAdmin })
  Object.assign(engine.resolver, {
    resolve(id: string): ResolvedModel | null {
      const base = baseOf(id)
      const record = records.find((each) => each.id === id)
      if (base === null) return null
      const chain = record === undefined ? [] : [record]
      const { name } = record ?? base
      return { id, name, baseModelId: base.id, usesFallback: false, chain, changesRequests: chain.length > 0 }
    },
  })
  Object.assign(engine.presets, {
    listed(principal: Principal): ListedModel[] {
      const bases = engine.models.map((base) => {
        const record = base.id === OVERRIDE.id ? OVERRIDE : null
        return { id: base.id, name: record?.name ?? base.name, base, record, isPreset: false }
      })
      const made = presets.flatMap((record) => {
        const base = baseOf(record.id)
        return base === null ? [] : [{ id: record.id, name: record.name, base, record, isPreset: true }]
      })
      return [...bases, ...made].filter(({ id }) => mayUse(principal, id))
    },
  })
  const { chat } = engine.pipeline
  Object.assign(engine.pipeline, {
    chat: (request: { model: string }, ...rest: never[]) =>
      Reflect.apply(chat, engine.pipeline, [
        { ...request, model: baseOf(request.model)?.id ?? request.model },
        ...rest,
      ]),
  })
}

/** An Ollama connection that lists these. */
function holdOn(id: string, names: string[]): (name: string) => CatalogModel {
  const connection = { id, name: id, provider: 'ollama', place: 'here', config: null }
  Object.assign(engine.connections, { family: (family: string) => (family === 'ollama' ? [id] : []) })
  Object.assign(engine.connectionSet, { all: () => [connection], find: () => connection })
  const models = names.map(
    (name): Partial<UpstreamModel> => ({ upstreamModel: name, name, modifiedAt: 0, digest: '', loaded: false }),
  )
  Object.assign(engine.catalog, { snapshot: () => ({ models, knownAt: 0 }) })
  return (name) => {
    const [holder] = fakeModel(name).holders
    const holders = holder === undefined ? [] : [{ ...holder, connectionId: id, provider: 'ollama' as const }]
    return fakeModel(name, { holders })
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
function json(answer: HttpAnswer): any {
  return JSON.parse(answer.body)
}
