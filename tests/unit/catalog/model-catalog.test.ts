import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createModelCatalog } from '../../../src/main/engine/catalog/model-catalog.ts'
import { createHealthBoard } from '../../../src/main/engine/health/create-health-board.ts'
import type { Connection } from '../../../src/main/engine/spec/connections.ts'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { scriptedAdapter, upstreamModel } from '../../support/scripted-adapter.ts'
import { connectionSetOf, testConnection } from '../../support/test-connections.ts'
import { createTestLog } from '../../support/test-log.ts'

function setUp(...connections: Connection[]) {
  const clock = createManualClock()
  const set = connectionSetOf(...connections)
  const health = createHealthBoard({ now: () => clock.now() })
  const log = createTestLog()
  const catalog = createModelCatalog({ connections: set, health, clock, log })
  const refreshAll = () => Promise.all(set.all().map(({ id }) => catalog.refresh(id)))
  /** Lets time go by, and what follows from it happen. */
  async function pass(ms: number): Promise<void> {
    clock.advance(ms)
    await turn()
  }
  return { clock, pass, set, health, log, catalog, refreshAll }
}

const named = (upstreamModelName: string, fields = {}) => upstreamModel({ upstreamModel: upstreamModelName, ...fields })

describe('the catalog', () => {
  it('finds a model with and without :latest', async () => {
    const { catalog, refreshAll } = setUp(testConnection('a', scriptedAdapter([named('demo'), named('qwen:latest')])))
    await refreshAll()
    expect(catalog.find('demo')?.id).toBe('demo')
    expect(catalog.find('demo:latest')?.id).toBe('demo')
    expect(catalog.find('qwen')?.id).toBe('qwen:latest')
    expect(catalog.find('demo:7b')).toBeNull()
  })

  it('merges one model over its holders and prefers the facts of a ready one', async () => {
    const { catalog, refreshAll } = setUp(
      testConnection('a', scriptedAdapter([named('m', { state: 'unavailable', reason: 'offline' })])),
      testConnection('b', scriptedAdapter([named('m', { loaded: true, expiresAt: 9_000, contextLength: 99 })])),
      testConnection('c', scriptedAdapter([named('m', { loaded: true, expiresAt: 5_000 })])),
    )
    await refreshAll()
    expect(catalog.list()).toHaveLength(1)
    expect(catalog.list()[0]).toMatchObject({
      id: 'm',
      state: 'ready',
      reason: null,
      loaded: true,
      contextLength: 99,
      expiresAt: 5_000,
    })
    expect(catalog.list()[0]?.holders.map((holder) => holder.connectionId)).toEqual(['a', 'b', 'c'])
  })

  it('counts the models of a connection without those that cannot be used', async () => {
    const { health, refreshAll } = setUp(
      testConnection(
        'a',
        scriptedAdapter([named('m'), named('new', { state: 'checking' }), named('broken', { state: 'unavailable' })]),
      ),
    )
    await refreshAll()
    expect(health.get('a')).toMatchObject({ state: 'ready', modelCount: 2 })
  })

  it('prefixes ids, replaces tags and keeps to the allow-list, with and without :latest', async () => {
    const { catalog, refreshAll } = setUp(
      testConnection('a', scriptedAdapter([named('llama3:latest'), named('secret')]), {
        prefixId: 'gpu',
        tags: ['big'],
        modelIds: ['llama3'],
      }),
      testConnection('b', scriptedAdapter([named('llama3:latest')])),
    )
    await refreshAll()
    expect(catalog.list().map(({ id, tags }) => ({ id, tags }))).toEqual([
      { id: 'gpu.llama3:latest', tags: ['big'] },
      { id: 'llama3:latest', tags: [] },
    ])
    expect(catalog.find('gpu.llama3')?.holders[0]).toMatchObject({ upstreamModel: 'llama3:latest', connectionId: 'a' })
  })

  it('keeps what a dead connection had, as unreachable with its age, and its return shows by itself', async () => {
    const adapter = scriptedAdapter([named('m')])
    const list = adapter.listModels
    const { catalog, clock, pass, health, log } = setUp(testConnection('a', adapter, { probeSeconds: 7 }))
    let changes = 0
    catalog.onChange(() => changes++)
    await catalog.refresh('a')
    expect(changes).toBe(1)
    const knownAt = clock.now()

    adapter.listModels = () => Promise.reject(new EngineError('upstream_unavailable', 'refused'))
    await pass(7_000)
    expect(health.get('a')).toMatchObject({ state: 'down', lastError: { error: { message: 'refused' } } })
    expect(catalog.find('m')).toMatchObject({
      state: 'unreachable',
      reason: 'a does not answer.',
      holders: [{ reachable: false, loaded: false, knownAt }],
    })
    await pass(7_000)
    expect(catalog.find('m')).toMatchObject({ reason: 'a does not answer.', holders: [{ knownAt }] })
    expect(log.lines.filter((line) => line.level === 'warn')).toHaveLength(1)

    adapter.listModels = list
    await pass(7_000)
    expect(catalog.find('m')).toMatchObject({ state: 'ready', reason: null })
    expect(health.get('a')).toMatchObject({ state: 'ready', lastError: { error: { message: 'refused' } } })
    expect(changes).toBe(3)
  })

  it('tells when only the reason of a model has changed', async () => {
    const adapter = scriptedAdapter([named('m', { state: 'checking', reason: 'It still grows.' })])
    const { catalog } = setUp(testConnection('a', adapter))
    await catalog.refresh('a')
    let changes = 0
    catalog.onChange(() => changes++)
    await catalog.refresh('a')
    expect(changes).toBe(0)
    adapter.models = [named('m', { state: 'checking', reason: 'It waits for its turn.' })]
    await catalog.refresh('a')
    expect(changes).toBe(1)
  })

  it('asks again when a refresh was wanted while one was running', async () => {
    const adapter = scriptedAdapter([])
    let calls = 0
    const list = adapter.listModels
    adapter.listModels = async () => {
      calls++
      return list()
    }
    const { catalog } = setUp(testConnection('a', adapter))
    const first = catalog.refresh('a')
    adapter.models = [named('late')]
    await Promise.all([first, catalog.refresh('a'), catalog.refresh('a')])
    expect(calls).toBe(2)
    expect(catalog.find('late')).not.toBeNull()
  })

  it('never waits for a slow connection to list, and starts without it', async () => {
    const slow = scriptedAdapter([])
    slow.listModels = () => new Promise(() => {})
    const { catalog, pass } = setUp(testConnection('slow', slow), testConnection('b', scriptedAdapter([named('m')])))
    const started = catalog.start(400)
    await pass(400)
    await started
    expect(catalog.list().map(({ id }) => id)).toEqual(['m'])
  })

  it('gives up a look that takes too long', async () => {
    const slow = scriptedAdapter([])
    let seen: AbortSignal | undefined
    slow.listModels = (signal) =>
      new Promise((_resolve, reject) => {
        seen = signal
        signal?.addEventListener('abort', () => reject(new EngineError('aborted', 'cancelled')))
      })
    const { catalog, pass, health } = setUp(testConnection('slow', slow))
    const look = catalog.refresh('slow')
    await pass(15_000)
    await look
    expect(seen?.aborted).toBe(true)
    expect(health.get('slow')).toMatchObject({ state: 'down', lastError: { error: { code: 'first_byte_timeout' } } })
  })

  it('looks once more for a model that nobody is known to have', async () => {
    const adapter = scriptedAdapter([named('old')])
    const { catalog, pass } = setUp(testConnection('a', adapter, { probeSeconds: 600 }))
    await catalog.refresh('a')
    adapter.models = [named('old'), named('pulled')]
    expect(await catalog.findAfterLook('pulled')).toBeNull()
    await pass(3_000)
    expect((await catalog.findAfterLook('pulled'))?.id).toBe('pulled')
  })

  it('follows the set: removed connections leave, changed ones are asked at once', async () => {
    const a = testConnection('a', scriptedAdapter([named('m')]))
    const { catalog, set, refreshAll } = setUp(a)
    await refreshAll()
    set.replace([])
    expect(catalog.list()).toEqual([])
    const changed = testConnection('a', scriptedAdapter([named('n')]))
    set.replace([changed])
    await catalog.refresh('a')
    expect(catalog.list().map(({ id }) => id)).toEqual(['n'])
  })

  it('forgets what a connection listed when its server may be another one, and asks that at once', async () => {
    const old = scriptedAdapter([named('m')])
    const a = testConnection('a', old)
    const { catalog, set, health, refreshAll } = setUp(a)
    await refreshAll()
    let hanging: AbortSignal | undefined
    old.listModels = (signal) => {
      hanging = signal
      return new Promise(() => {})
    }
    void catalog.refresh('a')
    const moved = scriptedAdapter([named('n')])
    set.replace([testConnection('a', moved, {}, { listKey: 'elsewhere' })])
    expect(catalog.list()).toEqual([])
    expect(catalog.snapshot('a')).toBeNull()
    expect(health.state('a')).toBe('unknown')
    expect(hanging?.aborted).toBe(true)
    await catalog.firstLooks(2_000)
    expect(catalog.list().map(({ id }) => id)).toEqual(['n'])
    expect(health.state('a')).toBe('ready')
  })

  it('has requests wait for the look after such a change, also where an old one just ended well', async () => {
    const a = testConnection('a', scriptedAdapter([named('m')]))
    const { catalog, set, health, refreshAll } = setUp(a)
    await refreshAll()
    set.replace([testConnection('a', scriptedAdapter([named('m')]), {}, { listKey: 'another key' })])
    health.answered('a')
    expect(catalog.find('m')).toBeNull()
    expect((await catalog.findAfterLook('m'))?.id).toBe('m')
  })

  it('keeps it when only the way it is shown is another one', async () => {
    const { catalog, set, refreshAll } = setUp(testConnection('a', scriptedAdapter([named('m')])))
    await refreshAll()
    const silent = scriptedAdapter([])
    silent.listModels = () => new Promise(() => {})
    set.replace([testConnection('a', silent, { prefixId: 'p' })])
    expect(catalog.list().map(({ id }) => id)).toEqual(['p.m'])
    // It is known already, so nobody waits for it.
    await catalog.firstLooks(2_000)
  })

  it('ends the look at a connection that is removed', async () => {
    const adapter = scriptedAdapter([])
    let seen: AbortSignal | undefined
    adapter.listModels = (signal) => {
      seen = signal
      return new Promise(() => {})
    }
    const { catalog, set } = setUp(testConnection('a', adapter))
    const look = catalog.refresh('a')
    set.replace([])
    expect(seen?.aborted).toBe(true)
    await look
  })

  it('waits for first looks, for no others and not too long', async () => {
    const silent = scriptedAdapter([])
    silent.listModels = () => new Promise(() => {})
    const { catalog, set, pass } = setUp()
    set.replace([testConnection('a', silent), testConnection('b', scriptedAdapter([named('m')]))])
    let waited = false
    const waiting = catalog.firstLooks(2_000).then(() => {
      waited = true
    })
    await pass(1_999)
    expect([waited, catalog.list().map(({ id }) => id)]).toEqual([false, ['m']])
    await pass(1)
    await waiting
    await pass(15_000)
    // It is down now, and was looked at before.
    await catalog.firstLooks(2_000)
  })

  it('asks as its caller where only callers have what a connection wants', async () => {
    const adapter = scriptedAdapter([])
    adapter.listModels = async (_signal, context) => {
      if (context?.cookie !== 'sid=1') throw new EngineError('auth_failed', 'no cookie')
      return [named('m')]
    }
    const { catalog, pass, health } = setUp(
      testConnection('a', adapter, { auth: { type: 'session', headerName: null }, probeSeconds: 10 }),
    )
    await catalog.refresh('a')
    expect(health.get('a')).toMatchObject({
      state: 'unknown',
      checkedAt: expect.any(Number),
      lastError: { error: { message: expect.stringContaining('whoever is signed in') } },
    })
    expect(await catalog.findAfterLook('m')).toBeNull()
    expect(await catalog.findAfterLook('m', { cookie: 'sid=2' })).toBeNull()
    expect((await catalog.findAfterLook('m', { cookie: 'sid=1' }))?.state).toBe('ready')
    // Its own looks go on without a caller, and say nothing against what one of them saw.
    await pass(10_000)
    expect(catalog.find('m')?.state).toBe('ready')
    expect(health.state('a')).toBe('ready')
  })

  it('merges a name with :latest and without it, each holder with its own way to write it', async () => {
    const ollama = testConnection(
      'a',
      scriptedAdapter([named('m:latest', { loaded: true })]),
      {},
      { provider: 'ollama' },
    )
    const openAi = testConnection('b', scriptedAdapter([named('m'), named('m:7b')]))
    const { catalog, health, set, refreshAll } = setUp(ollama, openAi)
    await refreshAll()
    expect(catalog.list().map(({ id }) => id)).toEqual(['m:latest', 'm:7b'])
    for (const id of ['m', 'm:latest']) {
      expect(catalog.find(id)?.holders.map(({ connectionId, upstreamModel }) => [connectionId, upstreamModel])).toEqual(
        [
          ['a', 'm:latest'],
          ['b', 'm'],
        ],
      )
    }
    // Whoever answers, the id is the one that the first in the list writes.
    health.failed('a', new EngineError('upstream_unavailable', 'refused'), 'look')
    expect(catalog.list()[0]).toMatchObject({ id: 'm:latest', state: 'ready', loaded: false })
    set.replace([openAi, ollama])
    expect(catalog.list().map(({ id }) => id)).toEqual(['m', 'm:7b'])
  })

  it('joins what runs Away only under the very same name', async () => {
    const near = testConnection('a', scriptedAdapter([named('m:latest'), named('n')]))
    const away = testConnection(
      'b',
      scriptedAdapter([named('m'), named('n'), named('o:latest')]),
      {},
      { place: 'away' },
    )
    const other = testConnection('c', scriptedAdapter([named('o')]), {}, { place: 'away' })
    const { catalog, set, refreshAll } = setUp(near, away, other)
    await refreshAll()
    const holders = (id: string) => catalog.find(id)?.holders.map(({ connectionId }) => connectionId)
    for (const order of [
      [near, away, other],
      [other, away, near],
    ]) {
      set.replace(order)
      expect([holders('m:latest'), holders('m')]).toEqual([['a'], ['b']])
      expect(holders('n')?.toSorted()).toEqual(['a', 'b'])
      expect(holders('o')?.toSorted()).toEqual(['b', 'c'])
    }
  })

  it('keeps both apart where one server lists both', async () => {
    const { catalog, refreshAll } = setUp(
      testConnection('a', scriptedAdapter([named('m:latest')])),
      testConnection('b', scriptedAdapter([named('m'), named('m:latest'), named('m')])),
    )
    await refreshAll()
    const holders = (id: string) => catalog.find(id)?.holders.map(({ connectionId }) => connectionId)
    expect(catalog.list().map(({ id }) => id)).toEqual(['m:latest', 'm'])
    expect([holders('m:latest'), holders('m')]).toEqual([['a', 'b'], ['b']])
  })
})
