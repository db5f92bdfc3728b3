import { describe, expect, test } from 'vitest'
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

/** A pool over a worker that holds at most so many models and notes what it is told. */
function openPool(room: number) {
  const clock = createManualClock()
  const inMemory = new Set<string>()
  const told: string[] = []
  const run = async (kind: string, input: LoadInput): Promise<unknown> => {
    told.push(`${kind} ${input.key}`)
    if (kind === 'unload') inMemory.delete(input.key)
    if (kind === 'reshape') return { ...facts, options: input.options }
    if (kind !== 'load') return null
    if (inMemory.size >= room) throw new EngineError('out_of_memory', 'full')
    inMemory.add(input.key)
    return facts
  }
  const pool = new ModelPool({
    clock,
    link: () => ({ run }) as unknown as WorkerLink,
    queueLimit: () => 10,
    onDiedLoading: () => undefined,
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
