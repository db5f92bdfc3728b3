import { describe, expect, it } from 'vitest'
import { createAccess } from '../../../src/main/engine/access/create-access.ts'
import { createModelCatalog } from '../../../src/main/engine/catalog/model-catalog.ts'
import { createHealthBoard } from '../../../src/main/engine/health/create-health-board.ts'
import { createPipeline } from '../../../src/main/engine/pipeline/create-pipeline.ts'
import type { ChatRequest, CompletionRequest, EmbeddingRequest } from '../../../src/main/engine/spec/chat-request.ts'
import type { Connection } from '../../../src/main/engine/spec/connections.ts'
import type { Caller, PassThroughSink, Pipeline, RouteOptions } from '../../../src/main/engine/spec/engine.ts'
import { OWNER, type Principal } from '../../../src/main/engine/spec/principal.ts'
import type { ProviderAdapter, ProviderCall } from '../../../src/main/engine/spec/provider-adapter.ts'
import type { StreamPart } from '../../../src/main/engine/spec/stream-part.ts'
import { systemClock } from '../../../src/main/engine/spec/system-clock.ts'
import type { Upstream } from '../../../src/main/engine/spec/upstream.ts'
import { connectionConfigSchema } from '../../../src/shared/connections.ts'
import type { Preset } from '../../../src/shared/presets.ts'
import type { TeamSettings } from '../../../src/shared/team.ts'
import { scriptedAdapter, upstreamModel } from '../../support/scripted-adapter.ts'
import { resolverOver, testPerson, testPreset } from '../../support/test-access.ts'
import { connectionSetOf, testConnection } from '../../support/test-connections.ts'
import { createTestLog } from '../../support/test-log.ts'

const ann = testPerson('ann', { name: 'Ann' })
const admin = testPerson('root', { role: 'admin' })
const done: StreamPart[] = [
  { type: 'text-delta', text: 'ok' },
  { type: 'finish', reason: 'stop' },
]
const everyone = { principalType: 'user', principalId: '*', permission: 'read' } as const
const never = () => new AbortController().signal
const as = (principal: Principal): Caller => ({ principal, via: 'openai' })
const chatFor = (model: string, fields: Partial<ChatRequest> = {}): ChatRequest => ({
  model,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  sampling: {},
  ...fields,
})

type AnyCall = ProviderCall<ChatRequest | CompletionRequest | EmbeddingRequest>

/** An adapter with these models that keeps every call, and passes chats of OpenAI's dialect through. */
function recording(...names: string[]) {
  const calls: AnyCall[] = []
  const passed: { model: string; raw: Buffer | undefined }[] = []
  const models = names.map((name) => upstreamModel({ upstreamModel: name }))
  const base = scriptedAdapter(models, done)
  const upstream = {
    config: connectionConfigSchema.parse({ provider: 'openai', baseUrl: 'http://played.invalid/v1' }),
    title: 'Played',
    dispatch(_request: unknown, sink: PassThroughSink) {
      queueMicrotask(() => {
        sink.head({ status: 200, headers: { 'content-type': 'application/json' } })
        sink.data(Buffer.from('{}'))
        sink.end()
      })
      return { resume: () => {}, discard: () => {} }
    },
    blot: (text: string) => text,
  } as unknown as Upstream
  const noted = <Call extends AnyCall>(call: Call): Call => {
    calls.push(call)
    return call
  }
  const adapter: ProviderAdapter = {
    ...base,
    upstream,
    chat: (call) => base.chat(noted(call)),
    complete: (call) => base.complete(noted(call)),
    embed: (call) => base.embed(noted(call)),
    countTokens: async (call) => noted(call).request.messages.length,
    passThrough: (endpoint, _body, model, raw) => {
      if (endpoint !== 'openai:chat') return null
      passed.push({ model, raw })
      return { path: '/chat/completions', body: null, notSent: [] }
    },
  }
  return { adapter, calls, passed, models: base.models }
}

async function pipelineOver(connections: Connection[], records: Preset[], guestsMaySpend = true) {
  const log = createTestLog()
  const set = connectionSetOf(...connections)
  const health = createHealthBoard({ now: () => Date.now() })
  let now = 0
  const clock = { ...systemClock, now: () => now }
  const catalog = createModelCatalog({ connections: set, health, clock, log })
  await Promise.all(connections.map(({ id }) => catalog.refresh(id)))
  const resolver = resolverOver(catalog, records)
  const silent = { onChange: () => () => {} }
  const access = createAccess({
    resolver,
    catalog,
    connections: set,
    team: { ...silent, settings: () => ({ modelsHere: 'private' }) as TeamSettings },
    sharing: { ...silent, guestsMaySpend: () => guestsMaySpend },
    environment: {},
    onRecordsChange: silent.onChange,
  })
  const pipeline = createPipeline({
    catalog,
    resolver,
    access,
    connections: set,
    health,
    clock,
    log,
    isClosing: () => false,
  })
  return {
    pipeline,
    log,
    later(ms: number) {
      now += ms
    },
    close: () => catalog.close(),
  }
}

async function drain(parts: AsyncIterable<StreamPart>): Promise<StreamPart[]> {
  const all: StreamPart[] = []
  for await (const part of parts) all.push(part)
  return all
}

/** Every way in that reads the request, by name. */
function ways(pipeline: Pipeline, caller: Caller, options?: RouteOptions) {
  return {
    chat: (model: string) => pipeline.chat(chatFor(model), caller, never(), options),
    complete: (model: string) => pipeline.complete({ model, prompt: 'p', sampling: {} }, caller, never(), options),
    embed: (model: string) => pipeline.embed({ model, inputs: ['x'] }, caller, never(), options),
    countTokens: (model: string) => pipeline.countTokens(chatFor(model), caller, never(), options),
  }
}

function openSink() {
  const got = { routed: '', text: '' }
  const sink: PassThroughSink = {
    route: (route) => Object.assign(got, { routed: route.modelId, base: route.baseModelId }),
    head: () => {},
    data: (chunk) => {
      got.text += chunk.toString()
      return true
    },
    end: () => {},
    error: (error) => {
      throw error
    },
  }
  return { got, sink }
}

const passing = (model: string) => {
  const body = { model }
  return { endpoint: 'openai:chat' as const, model, raw: Buffer.from(JSON.stringify(body)), body, stream: false }
}

describe('a request to a preset', () => {
  const shared = (place: 'near' | 'away', adapter: ProviderAdapter, id = 'box', prefixId: string | null = null) =>
    testConnection(id, adapter, { visibility: 'everyone', prefixId }, { place })

  it('runs at its base model with the preset applied, under the preset’s own name', async () => {
    const { adapter, calls } = recording('base')
    const records = [
      testPreset('helper', {
        baseModelId: 'x.base',
        name: 'The helper',
        grants: [everyone],
        params: { temperature: 0.1, num_ctx: 512, system: 'Help {{USER_NAME}} on {{CURRENT_TIMEZONE}}.' },
      }),
    ]
    const { pipeline, log, close } = await pipelineOver([shared('near', adapter, 'box', 'x')], records)
    const caller: Caller = { ...as(ann), prompt: { timeZone: 'Asia/Tokyo' } }
    const run = await pipeline.chat(chatFor('helper:latest', { sampling: { temperature: 2 } }), caller, never())
    expect(await drain(run.parts)).toEqual(done)
    expect(run.route).toMatchObject({
      modelId: 'helper',
      modelName: 'The helper',
      baseModelId: 'x.base',
      upstreamModel: 'base',
    })
    expect(calls[0]).toMatchObject({
      upstreamModel: 'base',
      request: {
        sampling: { temperature: 0.1 },
        runtime: { contextSize: 512 },
        messages: [{ role: 'system', content: 'Help Ann on Asia/Tokyo.' }, { role: 'user' }],
      },
    })
    expect(log.lines.at(-1)?.fields).toMatchObject({ model: 'helper', baseModel: 'x.base', person: 'ann' })

    await drain((await ways(pipeline, caller).complete('helper')).parts)
    expect(calls[1]?.request).toMatchObject({ sampling: { temperature: 0.1 } })
    const embedded = await ways(pipeline, caller).embed('helper')
    expect(embedded.route).toMatchObject({ modelId: 'helper', baseModelId: 'x.base' })
    expect(calls[2]).toMatchObject({ upstreamModel: 'base', request: { runtime: { contextSize: 512 } } })
    // The prompt counts, too.
    expect(await ways(pipeline, caller).countTokens('helper')).toMatchObject({ tokens: 2, exact: true })
    close()
  })

  it('says nothing of a base where the base model itself was asked for', async () => {
    const { adapter, calls } = recording('base')
    const { pipeline, close } = await pipelineOver([shared('near', adapter)], [testPreset('base', { name: 'Ours' })])
    const request = chatFor('base:latest')
    const run = await pipeline.chat(request, as(OWNER), never())
    await drain(run.parts)
    expect(run.route).toMatchObject({ modelId: 'base', modelName: 'Ours' })
    expect(run.route.baseModelId).toBeUndefined()
    // Nothing to change, nothing copied.
    expect(calls[0]?.request).toBe(request)
    close()
  })

  it('takes the fast path if the preset changes nothing, and the reading path if it does', async () => {
    const { adapter, passed } = recording('base')
    const records = [
      testPreset('plain', { baseModelId: 'base', grants: [everyone] }),
      testPreset('changed', { baseModelId: 'base', grants: [everyone], params: { top_k: 1 } }),
    ]
    const { pipeline, close } = await pipelineOver([shared('near', adapter)], records)
    const { got, sink } = openSink()
    const input = passing('plain')
    await pipeline.passThrough(input, as(ann), sink)?.retry
    expect(got).toMatchObject({ text: '{}', routed: 'plain', base: 'base' })
    expect(passed).toEqual([{ model: 'base', raw: input.raw }])
    expect(pipeline.passThrough(passing('changed'), as(ann), sink)).toBeNull()
    // Without bytes it was only asked whether it speaks the dialect.
    expect(passed.filter(({ raw }) => raw !== undefined)).toHaveLength(1)
    close()
  })

  it('names what is wrong with its base to those who may use it, once its servers were asked again', async () => {
    const { adapter, models } = recording('base')
    const records = [testPreset('lost', { baseModelId: 'pulled-later', ownerId: 'ann' })]
    const { pipeline, later, close } = await pipelineOver([shared('near', adapter)], records)
    await expect(ways(pipeline, as(ann)).chat('lost')).rejects.toThrow("The base model 'pulled-later' of 'lost'")
    await expect(ways(pipeline, as(testPerson('bob'))).chat('lost')).rejects.toThrow("model 'lost' not found")
    models.push(upstreamModel({ upstreamModel: 'pulled-later' }))
    later(60_000)
    expect((await ways(pipeline, as(ann)).chat('lost')).route.upstreamModel).toBe('pulled-later')
    close()
  })
})

describe('a request by somebody who may not', () => {
  const told = async (promise: Promise<unknown>): Promise<unknown> => {
    const error = await promise.then(
      () => null,
      (thrown: unknown) => thrown as Record<string, unknown>,
    )
    return error === null
      ? null
      : JSON.stringify({ ...error, message: error.message }).replaceAll(/secret|nobody/g, '?')
  }

  it('is answered as for an unknown model, in the very same words, at every way in', async () => {
    const { adapter, calls, passed } = recording('secret')
    const { pipeline, close } = await pipelineOver([testConnection('a', adapter, {}, { place: 'near' })], [])
    for (const options of [undefined, { connectionId: 'a' }, { connectionId: 'gone' }]) {
      for (const [name, way] of Object.entries(ways(pipeline, as(ann), options))) {
        const answer = await told(way('secret'))
        expect(answer, name).toContain("model '?' not found")
        expect(await told(way('nobody')), name).toBe(answer)
      }
      const { sink } = openSink()
      expect(pipeline.passThrough(passing('secret'), as(ann), sink, options)).toBeNull()
      expect(pipeline.passThrough(passing('nobody'), as(ann), sink, options)).toBeNull()
    }
    expect([calls, passed]).toEqual([[], []])
    await drain((await ways(pipeline, as(admin)).chat('secret')).parts)
    expect(calls).toHaveLength(1)
    close()
  })

  it('never reaches a paid place: another holder is taken, and a model only there is unknown', async () => {
    const cloud = recording('both', 'cloud')
    const box = recording('both')
    const connections = [
      testConnection('cloud', cloud.adapter, { visibility: 'everyone', priority: 9 }, { place: 'away' }),
      testConnection('box', box.adapter, { visibility: 'everyone' }, { place: 'near' }),
    ]
    const { pipeline, close } = await pipelineOver(connections, [], false)
    const guest = ways(pipeline, as(ann))
    await drain((await guest.chat('both')).parts)
    expect([cloud.calls.length, box.calls.length]).toEqual([0, 1])
    await expect(guest.chat('cloud')).rejects.toThrow("model 'cloud' not found")
    const { sink } = openSink()
    expect(pipeline.passThrough(passing('cloud'), as(ann), sink)).toBeNull()
    await expect(ways(pipeline, as(ann), { connectionId: 'cloud' }).chat('both')).rejects.toThrow(
      "model 'both' not found",
    )
    await drain((await ways(pipeline, as(admin)).chat('cloud')).parts)
    expect(cloud.calls).toHaveLength(1)
    close()
  })

  it('may name a server only for what that server is known to have', async () => {
    const a = recording('both')
    const b = recording('other')
    const connections = [
      testConnection('a', a.adapter, { visibility: 'everyone' }, { place: 'near' }),
      testConnection('b', b.adapter, { visibility: 'everyone' }, { place: 'near' }),
    ]
    const { pipeline, close } = await pipelineOver(connections, [])
    expect((await ways(pipeline, as(ann), { connectionId: 'a' }).chat('both')).route.connectionId).toBe('a')
    await expect(ways(pipeline, as(ann), { connectionId: 'b' }).chat('both')).rejects.toThrow("model 'both' not found")
    await expect(ways(pipeline, as(ann), { connectionId: 'b' }).chat('hidden')).rejects.toThrow("model 'hidden'")
    // Administrators are believed.
    const run = await ways(pipeline, as(admin), { connectionId: 'b' }).chat('hidden')
    expect(run.route).toMatchObject({ connectionId: 'b', upstreamModel: 'hidden', modelId: 'hidden' })
    close()
  })
})
