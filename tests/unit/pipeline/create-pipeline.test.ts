import { describe, expect, it } from 'vitest'
import { createModelCatalog } from '../../../src/main/engine/catalog/model-catalog.ts'
import { llamaConnection } from '../../../src/main/engine/connections/connection.ts'
import { createHealthBoard } from '../../../src/main/engine/health/create-health-board.ts'
import { createPipeline } from '../../../src/main/engine/pipeline/create-pipeline.ts'
import type { Connection } from '../../../src/main/engine/spec/connections.ts'
import type { Caller } from '../../../src/main/engine/spec/engine.ts'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import { OWNER } from '../../../src/main/engine/spec/principal.ts'
import type { ProviderAdapter, ProviderCall } from '../../../src/main/engine/spec/provider-adapter.ts'
import type { StreamPart } from '../../../src/main/engine/spec/stream-part.ts'
import { systemClock } from '../../../src/main/engine/spec/system-clock.ts'
import { type Step, scriptedAdapter, upstreamModel } from '../../support/scripted-adapter.ts'
import { openAccess, plainResolver } from '../../support/test-access.ts'
import { connectionSetOf, testConnection } from '../../support/test-connections.ts'
import { createTestLog } from '../../support/test-log.ts'

const caller: Caller = { principal: OWNER, via: 'ui' }
const request = { model: 'demo', messages: [], sampling: {} }

async function pipelineAt(connections: Connection[], isClosing = false) {
  const log = createTestLog()
  const set = connectionSetOf(...connections)
  const health = createHealthBoard({ now: () => Date.now() })
  const catalog = createModelCatalog({ connections: set, health, clock: systemClock, log })
  await Promise.all(connections.map(({ id }) => catalog.refresh(id)))
  catalog.close()
  const pipeline = createPipeline({
    catalog,
    resolver: plainResolver(catalog),
    access: openAccess(),
    connections: set,
    health,
    clock: systemClock,
    log,
    isClosing: () => isClosing,
  })
  return { log, health, pipeline }
}

function pipelineOver(steps: Step[], isClosing = false) {
  return pipelineAt([llamaConnection(scriptedAdapter([upstreamModel({ upstreamModel: 'demo' })], steps))], isClosing)
}

async function collect(parts: AsyncIterable<StreamPart>): Promise<StreamPart[]> {
  const all: StreamPart[] = []
  for await (const part of parts) all.push(part)
  return all
}

const never = () => new AbortController().signal
const done: StreamPart = { type: 'finish', reason: 'stop' }
const text = (value: string): StreamPart => ({ type: 'text-delta', text: value })

/** An adapter that holds `demo`, records its calls and answers with what `answer` says. */
function holder(answer: (call: ProviderCall<unknown>) => Step[]): ProviderAdapter & { calls: ProviderCall<unknown>[] } {
  const calls: ProviderCall<unknown>[] = []
  const base = scriptedAdapter([upstreamModel({ upstreamModel: 'demo' })])
  return {
    ...base,
    calls,
    chat(call) {
      calls.push(call)
      return scriptedAdapter([], answer(call)).chat(call)
    },
  }
}

describe('the pipeline', () => {
  it('passes an answer on and says where it ran', async () => {
    const parts: StreamPart[] = [
      { type: 'text-delta', text: 'hi' },
      { type: 'usage', usage: { promptTokens: 3, completionTokens: 1 } },
      { type: 'finish', reason: 'stop' },
    ]
    const { pipeline, log } = await pipelineOver(parts)
    const run = await pipeline.chat(request, caller, new AbortController().signal)
    expect(run.route).toMatchObject({
      modelId: 'demo',
      place: 'here',
      connectionName: 'in-process',
      upstreamModel: 'demo',
    })
    expect(run.route.reasons).toHaveLength(1)
    expect(await collect(run.parts)).toEqual(parts)
    const record = log.lines.find((line) => line.message === 'request ended')
    expect(record?.fields).toMatchObject({ outcome: 'finished', promptTokens: 3, completionTokens: 1, via: 'ui' })
  })

  it('refuses an unknown model before anything runs', async () => {
    const { pipeline } = await pipelineOver([])
    await expect(
      pipeline.chat({ ...request, model: 'nobody' }, caller, new AbortController().signal),
    ).rejects.toMatchObject({
      code: 'model_not_found',
      message: "model 'nobody' not found",
      param: 'model',
    })
  })

  it('throws an error that comes before the first content', async () => {
    const { pipeline } = await pipelineOver([
      { type: 'progress', phase: 'loading', value: 0.5 },
      new EngineError('out_of_memory', 'no room'),
    ])
    const run = await pipeline.chat(request, caller, new AbortController().signal)
    await expect(collect(run.parts)).rejects.toMatchObject({ code: 'out_of_memory' })
  })

  it('turns an error after the first content into the final part, so that the text is kept', async () => {
    const failure = new EngineError('runtime_crashed', 'gone')
    const { pipeline, log } = await pipelineOver([{ type: 'text-delta', text: 'half' }, failure])
    const run = await pipeline.chat(request, caller, new AbortController().signal)
    expect(await collect(run.parts)).toEqual([
      { type: 'text-delta', text: 'half' },
      { type: 'error', error: failure },
    ])
    expect(log.lines.at(-1)).toMatchObject({ level: 'warn', fields: { outcome: 'failed', code: 'runtime_crashed' } })
  })

  it('does not let an answer end in silence', async () => {
    const { pipeline } = await pipelineOver([{ type: 'text-delta', text: 'half' }])
    const run = await pipeline.chat(request, caller, new AbortController().signal)
    const last = (await collect(run.parts)).at(-1)
    expect(last).toMatchObject({ type: 'error', error: { code: 'upstream_error', retryable: true } })
  })

  it('records a consumer that leaves early as cancelled, once', async () => {
    const { pipeline, log } = await pipelineOver([
      { type: 'text-delta', text: 'a' },
      { type: 'text-delta', text: 'b' },
    ])
    const run = await pipeline.chat(request, caller, new AbortController().signal)
    for await (const _ of run.parts) break
    expect(log.lines.map((line) => line.fields.outcome)).toEqual(['cancelled'])
  })

  it('takes no new requests while closing', async () => {
    const { pipeline } = await pipelineOver([], true)
    await expect(pipeline.chat(request, caller, new AbortController().signal)).rejects.toMatchObject({
      code: 'shutting_down',
    })
  })

  it('keeps the code of a failed embedding', async () => {
    const { pipeline } = await pipelineOver([new EngineError('unsupported', 'no embeddings')])
    await expect(
      pipeline.embed({ model: 'demo', inputs: ['x'] }, caller, new AbortController().signal),
    ).rejects.toMatchObject({ code: 'unsupported' })
  })
})

describe('routing', () => {
  it('moves on to the next holder before the first content, and says what was tried', async () => {
    const a = holder(() => [new EngineError('upstream_unavailable', 'a refused')])
    const b = holder(() => [new EngineError('rate_limited', 'b is busy')])
    const c = holder(() => [text('from c'), done])
    const { pipeline, health } = await pipelineAt([
      testConnection('a', a, { priority: 3 }),
      testConnection('b', b, { priority: 2 }),
      testConnection('c', c, { priority: 1 }),
    ])
    const run = await pipeline.chat(request, caller, never())
    expect(await collect(run.parts)).toEqual([text('from c'), done])
    expect(run.route).toMatchObject({
      connectionId: 'c',
      attempts: [
        { connectionId: 'a', code: 'upstream_unavailable', message: 'a refused' },
        { connectionId: 'b', code: 'rate_limited' },
      ],
    })
    expect(health.get('a').state).toBe('down')
    expect(health.get('b').state).toBe('limited')
    expect([health.inFlight('a'), health.inFlight('b'), health.inFlight('c')]).toEqual([0, 0, 0])
    // The dead one is asked last from now on.
    await collect((await pipeline.chat(request, caller, never())).parts)
    expect(a.calls).toHaveLength(1)
  })

  it('does not move on after content, or for what the caller did wrong', async () => {
    const b = holder(() => [text('b'), done])
    const half = holder(() => [text('half'), new EngineError('upstream_error', 'gone')])
    const wrong = holder(() => [new EngineError('context_length_exceeded', 'too long')])
    for (const [first, expected] of [
      [half, 'upstream_error'],
      [wrong, 'context_length_exceeded'],
    ] as const) {
      const { pipeline } = await pipelineAt([testConnection('a', first, { priority: 1 }), testConnection('b', b)])
      const run = await pipeline.chat(request, caller, never())
      const outcome = await collect(run.parts).catch((error: unknown) => error)
      expect(JSON.stringify(outcome)).toContain(expected)
    }
    expect(b.calls).toHaveLength(0)
  })

  it('takes the least busy holder, then the higher priority, then turns', async () => {
    let release: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const a = holder(() => [text('a'), held, done])
    const b = holder(() => [text('b'), done])
    const c = holder(() => [text('c'), done])
    const { pipeline } = await pipelineAt([
      testConnection('a', a, { priority: 1 }),
      testConnection('b', b),
      testConnection('c', c),
    ])
    const busy = (await pipeline.chat(request, caller, never())).parts[Symbol.asyncIterator]()
    expect((await busy.next()).value).toEqual(text('a'))
    const served: string[] = []
    for (let index = 0; index < 4; index++) {
      const run = await pipeline.chat(request, caller, never())
      await collect(run.parts)
      served.push(run.route.connectionId)
    }
    expect(served.toSorted()).toEqual(['b', 'b', 'c', 'c'])
    expect(served[0]).not.toBe(served[1])
    release()
    while (!(await busy.next()).done);
    const run = await pipeline.chat(request, caller, never())
    await collect(run.parts)
    expect(run.route.connectionId).toBe('a')
  })

  it('obeys a named connection, also for a model that its list does not show', async () => {
    const a = holder(() => [text('a'), done])
    const b = holder(() => [text('b'), done])
    const { pipeline } = await pipelineAt([
      testConnection('a', a, { priority: 9 }),
      testConnection('b', b, { prefixId: 'x' }),
    ])
    const run = await pipeline.chat({ ...request, model: 'x.hidden' }, caller, never(), { connectionId: 'b' })
    await collect(run.parts)
    expect(b.calls[0]?.upstreamModel).toBe('hidden')
    await expect(pipeline.chat(request, caller, never(), { connectionId: 'gone' })).rejects.toMatchObject({
      code: 'upstream_unavailable',
    })
  })

  it('tries the other keys of a connection when one is refused or limited, and shares the load among them', async () => {
    const a = holder(({ key }) =>
      key === 0 ? [new EngineError('auth_failed', 'bad key')] : [text(`key ${key}`), done],
    )
    const { pipeline, health } = await pipelineAt([testConnection('a', a, {}, { keyCount: 3 })])
    const served: unknown[] = []
    for (let index = 0; index < 3; index++) {
      served.push((await collect((await pipeline.chat(request, caller, never())).parts))[0])
    }
    expect(served).toEqual([text('key 1'), text('key 1'), text('key 2')])
    expect(health.get('a').state).toBe('ready')
  })

  it('makes no further attempt for a caller who has left', async () => {
    const controller = new AbortController()
    const a = holder(() => {
      controller.abort()
      return [new EngineError('upstream_unavailable', 'gone')]
    })
    const b = holder(() => [text('b'), done])
    const { pipeline } = await pipelineAt([testConnection('a', a, { priority: 1 }), testConnection('b', b)])
    const run = await pipeline.chat(request, caller, controller.signal)
    await expect(collect(run.parts)).rejects.toMatchObject({ code: 'upstream_unavailable' })
    expect(b.calls).toHaveLength(0)
  })

  it('says what the upstream could not be told', async () => {
    const a = holder((call) => {
      call.onNotSent?.(['logit_bias', 'seed'])
      return [text('a'), done]
    })
    const { pipeline } = await pipelineAt([testConnection('a', a)])
    const run = await pipeline.chat(request, caller, never())
    await collect(run.parts)
    expect(run.route.notSent).toEqual(['logit_bias', 'seed'])
  })
})
