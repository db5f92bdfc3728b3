import { afterEach, describe, expect, test, vi } from 'vitest'
import { createModelFacts } from '../../../../src/main/engine/providers/ollama/model-facts.ts'
import { createOllamaAdapter } from '../../../../src/main/engine/providers/ollama/ollama-adapter.ts'
import type { Upstream } from '../../../../src/main/engine/spec/upstream.ts'
import { scriptedModel } from '../../../support/upstreams/ollama-answers.ts'
import { type OllamaUpstream, startOllamaUpstream } from '../../../support/upstreams/ollama-upstream.ts'
import { upstreamTo } from '../../../support/upstreams/upstream-to.ts'

const toClose: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
})

async function start(names: string[]): Promise<{ server: OllamaUpstream; upstream: Upstream }> {
  const server = await startOllamaUpstream({ models: names.map((name) => scriptedModel(name)) })
  const upstream = upstreamTo('ollama', server.url)
  toClose.push(server.stop, upstream.close)
  return { server, upstream }
}

describe('listModels', () => {
  test('list, loaded models and facts come together; facts are asked for once', async () => {
    const { server, upstream } = await start(['a:1', 'b:1'])
    server.loaded.set('b:1', { expiresAt: '2318-01-01T00:00:00Z', vramBytes: 9, contextLength: 4096 })
    const adapter = createOllamaAdapter(upstream)
    const models = await adapter.listModels()
    expect(models).toMatchObject([
      {
        upstreamModel: 'a:1',
        loaded: false,
        contextLength: 131_072,
        capabilities: expect.arrayContaining(['tools', 'vision']),
      },
      { upstreamModel: 'b:1', loaded: true, expiresAt: null, vramBytes: 9 },
    ])
    await adapter.listModels()
    expect(server.requestsTo('/api/show')).toHaveLength(2)

    server.library.models.set('a:1', scriptedModel('a:1', { digest: 'f'.repeat(64), contextLength: 2048 }))
    expect((await adapter.listModels())[0]).toMatchObject({ contextLength: 2048 })
    expect(server.requestsTo('/api/show')).toHaveLength(3)
  })

  test('a server that does not tell what is loaded, or about models, still lists', async () => {
    const { server, upstream } = await start(['a:1'])
    server.behaviour.failing.set('/api/ps', 500).set('/api/show', 500)
    const adapter = createOllamaAdapter(upstream)
    expect(await adapter.listModels()).toMatchObject([
      {
        upstreamModel: 'a:1',
        state: 'ready',
        contextLength: null,
        capabilities: ['chat', 'completion', 'json-schema'],
      },
    ])
    await adapter.listModels()
    expect(server.requestsTo('/api/show')).toHaveLength(1)
    server.behaviour.failing.clear()
    for (let list = 0; list < 9; list++) await adapter.listModels()
    expect((await adapter.listModels())[0]).toMatchObject({ contextLength: 131_072 })
  })

  test('a server without its list is an error with its reason', async () => {
    const { server, upstream } = await start([])
    server.behaviour.failing.set('/api/tags', 500)
    await expect(createOllamaAdapter(upstream).listModels()).rejects.toMatchObject({
      message: 'Workstation: scripted failure of /api/tags',
    })
  })

  test('another program at the address is named', async () => {
    const { upstream } = await start([])
    const other: Upstream = { ...upstream, json: async () => ({ object: 'list', data: [] }) }
    await expect(createOllamaAdapter(other).listModels()).rejects.toThrow(/does not answer \/api\/tags as Ollama does/)
  })

  test('aborting it ends it', async () => {
    const { server, upstream } = await start(['a:1'])
    server.behaviour.silent = true
    const abort = new AbortController()
    const listing = createOllamaAdapter(upstream).listModels(abort.signal)
    abort.abort()
    await expect(listing).rejects.toMatchObject({ code: 'aborted' })
  })

  test('version', async () => {
    const { upstream } = await start([])
    expect(await createOllamaAdapter(upstream).version?.(new AbortController().signal)).toBe('0.13.5')
  })
})

describe('facts about many models of a slow server', () => {
  const entries = Array.from({ length: 10 }, (_each, index) => ({ model: `m${index}`, digest: `${index}`.repeat(64) }))

  test('four questions at once, the list waits 2 s at most, and what comes later is known later', async () => {
    vi.useFakeTimers()
    try {
      const open: (() => void)[] = []
      const json = vi.fn(
        () => new Promise<unknown>((resolve) => open.push(() => resolve({ capabilities: ['embedding'] }))),
      )
      const facts = createModelFacts({ json } as unknown as Upstream, undefined)
      let isListed = false
      const first = facts.learn(entries, 2_000).then(() => {
        isListed = true
      })
      expect(json).toHaveBeenCalledTimes(4)
      await vi.advanceTimersByTimeAsync(1_999)
      expect(isListed).toBe(false)
      await vi.advanceTimersByTimeAsync(1)
      await first
      expect(facts.get('0'.repeat(64))).toBeNull()

      // What is being asked is not asked again.
      const second = facts.learn(entries, 2_000)
      expect(json).toHaveBeenCalledTimes(4)
      while (open.length > 0) {
        open.shift()?.()
        await vi.advanceTimersByTimeAsync(0)
        expect(open.length).toBeLessThanOrEqual(4)
      }
      await second
      expect(json).toHaveBeenCalledTimes(10)
      expect(vi.getTimerCount()).toBe(0)
      for (const { digest } of entries) expect(facts.get(digest)?.capabilities).toEqual(['embedding'])

      await facts.learn(entries.slice(0, 1), 2_000)
      expect(facts.get(entries[1]?.digest ?? '')).toBeNull()
    } finally {
      vi.useRealTimers()
    }
  })
})
