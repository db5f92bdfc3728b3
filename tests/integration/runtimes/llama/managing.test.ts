import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, collect, never, type OpenedRuntime, openRuntime } from './open-runtime.ts'

let opened: OpenedRuntime

beforeAll(async () => {
  opened = await openRuntime({ machine: { memoryBytes: 8e9, threads: 2 } })
})
afterAll(() => opened.close())

describe('a model of this machine', () => {
  test('has no figures before it was used, then real ones', async () => {
    const { runtime } = opened
    expect(runtime.metrics('demo')).toBeNull()
    expect(() => runtime.metrics('nothing')).toThrow(expect.objectContaining({ code: 'model_not_found' }))
    const { usage } = await collect(runtime.chat('demo', ask('Hello', { sampling: { maxTokens: 24 } }), never()))
    const metrics = runtime.metrics('demo')
    expect(metrics).toMatchObject({
      requests: 1,
      failed: 0,
      promptTokens: usage?.usage.promptTokens,
      completionTokens: usage?.usage.completionTokens,
      gpuShare: 0,
      activeRequests: 0,
      queuedRequests: 0,
      memory: opened.file('demo').loaded?.memory,
      loadedAt: opened.file('demo').loaded?.loadedAt,
    })
    expect(metrics?.tokensPerSecond).toBeGreaterThan(0)
    expect(metrics?.ttftMs).toBeGreaterThan(0)
    await expect(collect(runtime.chat('nothing', ask('x'), never()))).rejects.toMatchObject({ code: 'model_not_found' })
    expect(() => runtime.metrics('nothing')).toThrow()
  })

  test('takes how long it stays at once; the rest is saved for its next load', async () => {
    const { runtime, registry, file } = opened
    await runtime.load('demo', { keepAliveSeconds: -1 })
    expect(file('demo').loaded?.expiresAt).toBeNull()
    registry.saveOptions('demo', { batchSize: 64 })
    const before = Date.now()
    expect(await runtime.updateLoaded('demo', { keepAliveSeconds: 600, contextSize: 512, threads: 1 })).toEqual({
      applied: ['keepAliveSeconds', 'threads'],
      fromNextLoad: ['contextSize'],
    })
    expect(file('demo').loaded?.expiresAt).toBeGreaterThanOrEqual(before + 600_000)
    expect(registry.options('demo')).toEqual({ batchSize: 64, keepAliveSeconds: 600, contextSize: 512, threads: 1 })
    await runtime.unload('demo')
    expect(await runtime.updateLoaded('demo', { keepAliveSeconds: 30 })).toEqual({
      applied: [],
      fromNextLoad: ['keepAliveSeconds'],
    })
    await runtime.load('demo')
    expect(file('demo').loaded?.contextSize).toBe(512)
    expect(runtime.metrics('demo')).toMatchObject({ requests: 1 })
  })

  test('leaves memory when it is told to stay no longer', async () => {
    const { runtime, file } = opened
    await runtime.load('demo')
    await runtime.updateLoaded('demo', { keepAliveSeconds: 0 })
    await runtime.unload('demo')
    expect(file('demo').loaded).toBeNull()
    expect(runtime.metrics('demo')).toMatchObject({ memory: { ram: 0, vram: 0 }, loadedAt: null })
  })

  test('is checked against its own file and this machine', async () => {
    const { runtime, file } = opened
    expect(await runtime.validate('demo', { contextSize: 128, threads: 2 })).toEqual([])
    const length = file('demo').facts?.contextLength ?? 0
    const problems = await runtime.validate('demo', { contextSize: length + 1, threads: 3, gpuLayers: 'max' })
    expect(problems).toHaveLength(3)
    expect(problems.join(' ')).toMatch(/reads .* at most.*SWITCHYARD_GPU.*runs 2 at once/)
  })
})
