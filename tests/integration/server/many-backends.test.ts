import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ConnectionInput, ConnectionView } from '../../../src/shared/connections.ts'
import { type ContractClient, contractClient } from '../../support/contract-client.ts'
import { type HttpAnswer, http, post, rawConnection, rawPost } from '../../support/http-client.ts'
import { type ServeProcess, startServe } from '../../support/serve-process.ts'
import { stopwatch } from '../../support/stopwatch.ts'
import { until } from '../../support/until.ts'
import { scriptedModel } from '../../support/upstreams/ollama-answers.ts'
import { type OllamaUpstream, startOllamaUpstream } from '../../support/upstreams/ollama-upstream.ts'
import { scriptedOpenAiModel } from '../../support/upstreams/openai-answers.ts'
import { type OpenAiUpstream, startOpenAiUpstream } from '../../support/upstreams/openai-upstream.ts'

/**
 * Three Ollama servers (one slow, one dead, one flapping) and two OpenAI ones behind one built server: nobody waits for
 * the slow one, nobody loses the dead one's models, and requests find a place that answers.
 */
const PROBE_SECONDS = 0.5
const SLOW_MS = 3_000
const LIST_LIMIT_MS = 100
const KEY = 'sk-many-0123456789abcdef'

let serve: ServeProcess
let port: number
let client: ContractClient
let slow: OllamaUpstream
let dead: OllamaUpstream
let flapping: OllamaUpstream
let first: OpenAiUpstream
let second: OpenAiUpstream
const ids: Record<string, string> = {}

beforeAll(async () => {
  slow = await startOllamaUpstream({ models: [scriptedModel('llama3.1:8b'), scriptedModel('slow-only:latest')] })
  dead = await startOllamaUpstream({ models: [scriptedModel('llama3.1:8b'), scriptedModel('dead-only:1b')] })
  flapping = await startOllamaUpstream({
    models: [scriptedModel('llama3.1:8b'), scriptedModel('qwen3:4b'), scriptedModel('unwanted:1b')],
  })
  first = await startOpenAiUpstream({
    flavour: 'compatible',
    models: [scriptedOpenAiModel('shared'), scriptedOpenAiModel('qwen3:4b'), scriptedOpenAiModel('hidden')],
    behaviour: { key: KEY },
  })
  second = await startOpenAiUpstream({
    flavour: 'compatible',
    models: [scriptedOpenAiModel('shared'), scriptedOpenAiModel('vendor/räksmörgås:v1')],
  })
  serve = await startServe()
  port = Number(new URL(serve.url).port)
  client = contractClient(serve.url)
  const inputs: [name: string, input: ConnectionInput][] = [
    ['slow', { provider: 'ollama', baseUrl: slow.url }],
    ['dead', { provider: 'ollama', baseUrl: dead.url, tags: ['attic'] }],
    ['flapping', { provider: 'ollama', baseUrl: flapping.url, prefixId: 'lab', modelIds: ['llama3.1:8b', 'qwen3:4b'] }],
    [
      'first',
      {
        provider: 'openai',
        baseUrl: first.baseUrl,
        keys: [{ value: KEY }],
        modelIds: ['shared', 'qwen3:4b'],
        tags: ['fast'],
        priority: 10,
      },
    ],
    ['second', { provider: 'openai', baseUrl: second.baseUrl, connectionType: 'local' }],
  ]
  for (const [name, input] of inputs) {
    const probeSeconds = name === 'first' || name === 'second' ? 3_600 : PROBE_SECONDS
    ids[name] = (await client.connections.create({ ...input, name, probeSeconds })).id
  }
  await until('all five are known', async () => {
    const views = await client.connections.list()
    return views.every(({ provider, health }) => provider === 'llama' || health.modelsKnownAt !== null) ? true : null
  })
  slow.behaviour.delayMs = SLOW_MS
  flapping.behaviour.flapEvery = 3
  await dead.kill()
  await state('dead', 'down')
})
afterAll(async () => {
  await serve?.end()
  for (const upstream of [slow, dead, flapping, first, second]) await upstream?.stop()
})

async function view(name: string): Promise<ConnectionView> {
  const found = (await client.connections.list()).find(({ id }) => id === ids[name])
  if (found === undefined) throw new Error(`no connection ${name}`)
  return found
}

function state(name: string, wanted: ConnectionView['health']['state'], withinMs = 5_000): Promise<ConnectionView> {
  return until(
    `${name} is ${wanted}`,
    async () => {
      const found = await view(name)
      return found.health.state === wanted ? found : null
    },
    withinMs,
  )
}

async function json(path: string): Promise<Record<string, unknown>> {
  const answer = await http(port, path)
  expect(answer.status, answer.body).toBe(200)
  return JSON.parse(answer.body) as Record<string, unknown>
}

async function entries(path: string, field: 'models' | 'data', key: 'id' | 'model' | 'name') {
  const all = (await json(path))[field] as Record<string, unknown>[]
  return new Map(all.map((entry) => [String(entry[key]), entry]))
}

describe('every list', () => {
  const LISTS = [
    '/api/tags',
    '/v1/models',
    '/api/models',
    '/api/models/base',
    '/ollama/api/tags',
    '/ollama/v1/models',
    '/openai/models',
    '/api/ps',
    '/ollama/api/ps',
  ]
  const CALLS: Record<string, () => Promise<unknown>> = {
    'rpc models.catalog': () => client.models.catalog(),
    'rpc connections.list': () => client.connections.list(),
    'rpc app.status': () => client.app.status(),
    ...Object.fromEntries(LISTS.map((path) => [path, () => json(path)])),
  }

  for (const [name, call] of Object.entries(CALLS)) {
    it(`${name} answers in under 100 ms while the slow server is being asked`, async () => {
      await call()
      const times: number[] = []
      for (let round = 0; round < 5; round++) {
        await until('the slow server is being asked', () => (slow.openRequests() > 0 ? true : null))
        const passed = stopwatch()
        await call()
        times.push(passed())
      }
      // The middle one: what one busy moment of the test machine costs is not the server's.
      expect(times.sort((a, b) => a - b)[2]).toBeLessThan(LIST_LIMIT_MS)
    })
  }
})

describe('what the lists say', () => {
  it('merges Ollama entries with the positions of all that hold them, prefixes and filters', async () => {
    const tags = await entries('/ollama/api/tags', 'models', 'model')
    expect([...tags.keys()].sort()).toEqual(
      ['dead-only:1b', 'lab.llama3.1:8b', 'lab.qwen3:4b', 'llama3.1:8b', 'slow-only:latest'].sort(),
    )
    expect(tags.get('llama3.1:8b')).toMatchObject({ urls: [0, 1], name: 'llama3.1:8b', connection_type: 'local' })
    // The prefix is in `model` alone.
    expect(tags.get('lab.qwen3:4b')).toMatchObject({ urls: [2], name: 'qwen3:4b', model: 'lab.qwen3:4b' })
    expect(tags.get('dead-only:1b')).toMatchObject({ urls: [1], tags: [{ name: 'attic' }] })
    expect(tags.get('slow-only:latest')).not.toHaveProperty('tags')
  })

  it('merges OpenAI entries: of equal ids the first connection, which says its position', async () => {
    const models = await entries('/openai/models', 'data', 'id')
    expect([...models.keys()].sort()).toEqual(['qwen3:4b', 'shared', 'vendor/räksmörgås:v1'])
    expect(models.get('shared')).toMatchObject({
      urlIdx: 0,
      owned_by: 'openai',
      connection_type: 'external',
      tags: [{ name: 'fast' }],
      openai: { id: 'shared' },
    })
    expect(models.get('vendor/räksmörgås:v1')).toMatchObject({ urlIdx: 1, connection_type: 'local' })
    expect(models.get('vendor/räksmörgås:v1')).not.toHaveProperty('tags')
  })

  it('gives every model once at the root, whatever the kind of its holders', async () => {
    const wanted = [
      'dead-only:1b',
      'lab.llama3.1:8b',
      'lab.qwen3:4b',
      'llama3.1:8b',
      'qwen3:4b',
      'shared',
      'slow-only:latest',
      'vendor/räksmörgås:v1',
    ]
    const ofOpenAi = await entries('/v1/models', 'data', 'id')
    const ofWebUi = await entries('/api/models', 'data', 'id')
    const ofOllama = await entries('/api/tags', 'models', 'model')
    expect([...ofOpenAi.keys()].filter((id) => id !== 'demo').sort()).toEqual(
      expect.arrayContaining(wanted.filter((id) => id !== 'slow-only:latest')),
    )
    for (const id of wanted) expect([...ofWebUi.keys()], id).toContain(id)
    for (const id of ['llama3.1:8b', 'lab.qwen3:4b', 'slow-only:latest', 'dead-only:1b']) {
      expect([...ofOllama.keys()], id).toContain(id)
    }
    expect([...ofWebUi.keys()]).not.toContain('lab.unwanted:1b')
    expect([...ofWebUi.keys()]).not.toContain('hidden')
    expect(await json('/api/models')).not.toHaveProperty('object')
    expect(ofWebUi.get('shared')).toMatchObject({ tags: [{ name: 'fast' }] })
  })

  it('groups equal ids of both families into one logical model for the window', async () => {
    const catalog = new Map((await client.models.catalog()).map((model) => [model.id, model]))
    const holders = (id: string) => catalog.get(id)?.holders.map(({ connectionName }) => connectionName)
    expect(holders('llama3.1:8b')).toEqual(['slow', 'dead'])
    expect(holders('lab.llama3.1:8b')).toEqual(['flapping'])
    expect(holders('shared')).toEqual(['first', 'second'])
    expect(holders('qwen3:4b')).toEqual(['first'])
  })

  it('answers for :latest both ways', async () => {
    slow.behaviour.delayMs = 0
    for (const model of ['slow-only', 'slow-only:latest']) {
      const answer = await post(port, '/api/chat', {
        model,
        stream: false,
        messages: [{ role: 'user', content: 'Tell me a joke' }],
      })
      expect(answer.status, answer.body).toBe(200)
      expect(answer.headers['x-switchyard-connection-name']).toBe('slow')
    }
    slow.behaviour.delayMs = SLOW_MS
  })
})

describe('the dead server', () => {
  it('keeps its models, shown as unreachable with the age of what is known', async () => {
    const catalog = await client.models.catalog()
    const lost = catalog.find(({ id }) => id === 'dead-only:1b')
    expect(lost).toMatchObject({ state: 'unreachable', holders: [{ reachable: false, connectionName: 'dead' }] })
    expect(lost?.reason).toBe('dead does not answer.')
    expect(Date.now() - (lost?.holders[0]?.knownAt ?? 0)).toBeLessThan(120_000)
    const shared = catalog.find(({ id }) => id === 'llama3.1:8b')
    expect(shared?.state).toBe('ready')
    expect(shared?.holders.map(({ reachable }) => reachable)).toEqual([true, false])
    const { health } = await view('dead')
    expect(health).toMatchObject({ state: 'down', modelCount: 2, lastError: { error: expect.any(Object) } })
  })

  it('refuses a chat with its reason at once', async () => {
    const passed = stopwatch()
    const answer = await ask('dead-only:1b')
    expect(answer.status).toBe(502)
    expect(answer.body).toContain('refused the connection')
    expect(passed()).toBeLessThan(1_000)
  })

  it('is back within its probe interval, and the window is told without asking', async () => {
    const controller = new AbortController()
    const events = await client.app.events(undefined, { signal: controller.signal })
    const told: string[] = []
    const follow = (async () => {
      for await (const event of events) told.push(event.type)
    })().catch(() => 'left')
    await until('the stream of events has begun', () => (told.length > 0 ? true : null))
    const since = async (change: () => Promise<void>): Promise<() => number> => {
      told.length = 0
      const passed = stopwatch()
      await change()
      return passed
    }
    const sinceRevived = await since(() => dead.revive())
    await state('dead', 'ready')
    expect(sinceRevived()).toBeLessThan(PROBE_SECONDS * 1_000 + 1_000)
    await until('it was told', () =>
      ['connections:changed', 'models:changed'].every((type) => told.includes(type)) ? true : null,
    )
    const known = (await client.models.catalog()).find(({ id }) => id === 'dead-only:1b')
    expect(known).toMatchObject({ state: 'ready', reason: null })
    // The failure stays to be read, with its age.
    expect((await view('dead')).health.lastError).not.toBeNull()
    expect((await ask('dead-only:1b')).status).toBe(200)

    const sinceKilled = await since(() => dead.kill())
    await state('dead', 'down')
    expect(sinceKilled()).toBeLessThan(PROBE_SECONDS * 1_000 + 1_000)
    await until('that was told as well', () =>
      ['connections:changed', 'models:changed'].every((type) => told.includes(type)) ? true : null,
    )
    controller.abort()
    await follow
  })
})

function ask(model: string, stream = false): Promise<HttpAnswer> {
  return post(port, '/v1/chat/completions', {
    model,
    stream,
    messages: [{ role: 'user', content: 'Tell me a joke' }],
  })
}

describe('a chat', () => {
  const CHAT = '/v1/chat/completions'
  const servedBy = (answer: HttpAnswer) => answer.headers['x-switchyard-connection-name']

  beforeEach(async () => {
    for (const upstream of [first, second]) upstream.behaviour.failing.clear()
    for (const name of ['first', 'second']) {
      const { health } = await client.connections.refresh({ id: String(ids[name]) })
      expect(health.state).toBe('ready')
    }
  })

  it('goes to the holder with the higher priority while both are idle, and says so', async () => {
    const answer = await ask('shared')
    expect(answer.status).toBe(200)
    expect(servedBy(answer)).toBe('first')
    expect(answer.headers).toMatchObject({
      'x-switchyard-connection': ids.first,
      'x-switchyard-attempts': '1',
      'x-switchyard-place': 'here',
      'x-switchyard-model': 'shared',
    })
  })

  it('goes to the least busy one', async () => {
    const body = { model: 'shared', stream: true, messages: [{ role: 'user', content: '#endless' }] }
    const busy = await rawConnection(port, rawPost(CHAT, body))
    await busy.until('again')
    expect(busy.received()).toContain('X-Switchyard-Connection-Name: first')
    expect((await view('first')).health.inFlight).toBe(1)
    expect(servedBy(await ask('shared'))).toBe('second')
    busy.socket.destroy()
    await until('it is idle', async () => ((await view('first')).health.inFlight === 0 ? true : null))
    expect(servedBy(await ask('shared'))).toBe('first')
  })

  for (const [status, streamed] of [429, 500, 502, 503].flatMap((each) => [
    [each, false] as const,
    [each, true] as const,
  ])) {
    it(`moves on after a ${status}${streamed ? ', streamed' : ''}`, async () => {
      first.behaviour.failing.set(CHAT, status)
      const answer = await ask('shared', streamed)
      expect(answer.status, answer.body).toBe(200)
      expect(servedBy(answer)).toBe('second')
      expect(answer.headers['x-switchyard-attempts']).toBe('2')
      expect(answer.body).toContain('llama')
    })
  }

  it('moves on where nobody listens any more, in every dialect', async () => {
    for (const [path, extra] of [
      [CHAT, {}],
      ['/api/chat', {}],
      ['/v1/messages', { max_tokens: 100 }],
      ['/api/chat/completions', {}],
      ['/openai/chat/completions', {}],
    ] as const) {
      // A look would find it down before the chat does.
      await first.kill()
      const answer = await post(port, path, {
        model: 'shared',
        stream: false,
        messages: [{ role: 'user', content: 'Tell me a joke' }],
        ...extra,
      })
      await first.revive()
      expect(answer.status, `${path}: ${answer.body}`).toBe(200)
      expect(servedBy(answer), path).toBe('second')
      expect(answer.headers['x-switchyard-attempts'], path).toBe('2')
      await client.connections.refresh({ id: String(ids.first) })
    }
  })

  it('gives the last upstream’s own reason where all fail', async () => {
    first.behaviour.failing.set(CHAT, 500)
    second.behaviour.failing.set(CHAT, 503)
    const answer = await ask('shared')
    expect(answer.status).toBe(503)
    expect(answer.body).toContain('scripted failure of /v1/chat/completions')
  })

  it('does not move on for what the caller did wrong', async () => {
    first.behaviour.failing.set(CHAT, 400)
    const before = second.requestsTo(CHAT).length
    const answer = await ask('shared')
    expect(answer.status).toBe(400)
    expect(second.requestsTo(CHAT)).toHaveLength(before)
  })

  it('obeys a named url_idx', async () => {
    const body = { model: 'llama3.1:8b', stream: false, messages: [{ role: 'user', content: 'Tell me a joke' }] }
    const dying = await post(port, '/ollama/api/chat/1', body)
    expect(dying.status).toBeGreaterThanOrEqual(500)
    expect(dying.body).toContain('detail')
    const unknown = await post(port, '/ollama/api/chat/7', body)
    expect(unknown.status).toBe(404)
    expect(JSON.parse(unknown.body)).toEqual({ detail: expect.stringContaining('number 7') })
  })

  it('always finds its way past the flapping server’s moods, or says what it said', async () => {
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => ask('lab.qwen3:4b')))
    for (const answer of outcomes) {
      if (answer.status === 200) expect(servedBy(answer)).toBe('flapping')
      else expect(answer.body).toMatch(/closed the connection|flapping/)
    }
    expect(outcomes.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(6)
    // One cut line is no outage: the next look finds it again.
    await state('flapping', 'ready')
  })
})
