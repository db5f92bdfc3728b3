import { describe, expect, test, vi } from 'vitest'
import { ModelPool } from '../../../../src/main/engine/runtimes/llama/pool/model-pool.ts'
import type { LoadedFacts, LoadInput } from '../../../../src/main/engine/runtimes/llama/protocol.ts'
import type { WorkerLink } from '../../../../src/main/engine/runtimes/llama/worker-link.ts'
import { EngineError } from '../../../../src/main/engine/spec/engine-error.ts'
import { createManualClock } from '../../../support/manual-clock.ts'

const facts: LoadedFacts = {
  contextSize: 1024,
  trainedContextSize: 1024,
  sequences: 1,
  gpuLayers: 0,
  memory: { ram: 1, vram: 0 },
  options: {},
}
const silent = { queued: () => undefined, loading: () => undefined }
const model = (id: string) => ({ id, path: `/${id}.gguf`, sizeBytes: 1, forEmbedding: false, options: {} })

/** A pool over a worker that holds at most so many models and notes what it is told; loads in `held` end as these do. */
function openPool(room: number, held: Readonly<Record<string, Promise<never>>> = {}) {
  const clock = createManualClock()
  const inMemory = new Set<string>()
  const told: string[] = []
  const run = async (kind: string, input: LoadInput): Promise<unknown> => {
    told.push(`${kind} ${input.key}`)
    if (kind === 'unload') inMemory.delete(input.key)
    if (kind === 'reshape') return { ...facts, options: input.options }
    if (kind !== 'load') return null
    if (held[input.key] !== undefined) return held[input.key]
    if (inMemory.size >= room) throw new EngineError('out_of_memory', 'full')
    inMemory.add(input.key)
    return facts
  }
  const pool = new ModelPool({
    clock,
    link: () => ({ run }) as unknown as WorkerLink,
    queueLimit: () => 10,
    onChange: () => undefined,
    touch: () => undefined,
  })
  return { pool, clock, told, inMemory }
}

describe('making room', () => {
  test('the least recently used idle model goes; one in use stays', async () => {
    const { pool, clock, inMemory } = openPool(2)
    await pool.load(model('old'), {})
    clock.advance(1000)
    await pool.load(model('newer'), {})
    clock.advance(1000)
    const { signal } = new AbortController()
    const ticket = await pool.acquire(model('old'), {}, undefined, signal, silent)
    await pool.load(model('third'), {})
    expect([...inMemory]).toEqual(['old', 'third'])
    ticket.release()
  })

  test('when everything is in use the load fails with out_of_memory, and the others stay', async () => {
    const { pool, inMemory } = openPool(1)
    const { signal } = new AbortController()
    const ticket = await pool.acquire(model('busy'), {}, undefined, signal, silent)
    await expect(pool.load(model('other'), {})).rejects.toMatchObject({ code: 'out_of_memory' })
    expect(pool.view('other')).toBeNull()
    expect([...inMemory]).toEqual(['busy'])
    ticket.release()
  })
})

test('requests run first in, first out, and one that waits for another context holds up those behind it', async () => {
  const { pool, told } = openPool(1)
  const { signal } = new AbortController()
  const order: string[] = []
  const run = async (name: string, wishes: object) => {
    const ticket = await pool.acquire(model('m'), wishes, undefined, signal, silent)
    order.push(name)
    return ticket
  }
  const first = await run('first', {})
  const second = run('second', { threads: 7 })
  const third = run('third', {})
  await Promise.resolve()
  expect(order).toEqual(['first'])
  first.release()
  const ticket = await second
  expect(told).toEqual(['load m', 'reshape m'])
  expect(order).toEqual(['first', 'second'])
  ticket.release()
  const last = await third
  last.release()
  expect(order).toEqual(['first', 'second', 'third'])
})

describe('when the worker thread dies', () => {
  const crash = new EngineError('runtime_crashed', 'gone')

  test('a model that waits for its turn to load is loaded into the next thread; the one that was loading fails', async () => {
    const death = Promise.withResolvers<never>()
    const { pool, told } = openPool(2, { bad: death.promise })
    const bad = pool.load(model('bad'), {})
    const waiting = pool.load(model('waiting'), {})
    await vi.waitFor(() => expect(told).toEqual(['load bad']))
    expect(pool.view('waiting')).toMatchObject({ state: 'loading' })
    pool.workerDied(crash, [{ kind: 'load', model: 'bad' }])
    death.reject(crash)
    await expect(bad).rejects.toBe(crash)
    await waiting
    expect(pool.view('bad')).toBeNull()
    expect(pool.view('waiting')).toMatchObject({ state: 'loaded' })
    expect(told).toEqual(['load bad', 'load waiting'])
  })

  test('who comes before the load that died has ended is not failed by it, but loads into the next thread', async () => {
    const death = Promise.withResolvers<never>()
    const held: Record<string, Promise<never>> = { slow: death.promise }
    const { pool, told } = openPool(1, held)
    const first = pool.load(model('slow'), {})
    await vi.waitFor(() => expect(told).toEqual(['load slow']))
    pool.workerDied(crash, [{ kind: 'load', model: 'slow' }])
    await expect(first).rejects.toBe(crash)
    const second = pool.load(model('slow'), {})
    delete held.slow
    death.reject(crash)
    await second
    expect(told).toEqual(['load slow', 'load slow'])
  })

  test('one that was loaded is gone, and one whose context was to change fails', async () => {
    const { pool, told } = openPool(2)
    await pool.load(model('idle'), {})
    const { signal } = new AbortController()
    const ticket = await pool.acquire(model('busy'), {}, undefined, signal, silent)
    const change = pool.load(model('busy'), { threads: 7 })
    pool.workerDied(crash, [{ kind: 'chat', model: 'busy' }])
    ticket.release()
    await expect(change).rejects.toBe(crash)
    expect([pool.view('idle'), pool.view('busy')]).toEqual([null, null])
    expect(told).toEqual(['load idle', 'load busy'])
  })
})
