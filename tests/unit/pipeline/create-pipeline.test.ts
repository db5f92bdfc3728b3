import { describe, expect, it } from 'vitest'
import { createModelCatalog } from '../../../src/main/engine/catalog/model-catalog.ts'
import { llamaConnection } from '../../../src/main/engine/connections/connection.ts'
import { createPipeline } from '../../../src/main/engine/pipeline/create-pipeline.ts'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import type { StreamPart } from '../../../src/main/engine/spec/stream-part.ts'
import { systemClock } from '../../../src/main/engine/spec/system-clock.ts'
import { type Step, scriptedAdapter, upstreamModel } from '../../support/scripted-adapter.ts'
import { createTestLog } from '../../support/test-log.ts'

const caller = { kind: 'owner', via: 'ui' } as const
const request = { model: 'demo', messages: [], sampling: {} }

async function pipelineOver(steps: Step[], isClosing = false) {
  const log = createTestLog()
  const connections = [llamaConnection(scriptedAdapter([upstreamModel({ upstreamModel: 'demo' })], steps))]
  const catalog = createModelCatalog(connections, log)
  await catalog.refreshAll()
  return {
    log,
    pipeline: createPipeline({ catalog, connections, clock: systemClock, log, isClosing: () => isClosing }),
  }
}

async function collect(parts: AsyncIterable<StreamPart>): Promise<StreamPart[]> {
  const all: StreamPart[] = []
  for await (const part of parts) all.push(part)
  return all
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
