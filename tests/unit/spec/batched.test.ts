import { describe, expect, it } from 'vitest'
import { Batched, batchesOf } from '../../../src/main/engine/spec/batched.ts'

async function* inBatches(onEnd: () => void = () => {}): AsyncGenerator<readonly number[], void, undefined> {
  try {
    yield [1, 2]
    yield []
    yield [3]
  } finally {
    onEnd()
  }
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

describe('items in batches', () => {
  it('are read one by one, or as they came', async () => {
    expect(await all(new Batched(inBatches()))).toEqual([1, 2, 3])
    expect(await all(batchesOf(new Batched(inBatches())))).toEqual([[1, 2], [], [3]])
  })

  it('what comes one by one is a batch each', async () => {
    async function* single(): AsyncGenerator<number> {
      yield 1
      yield 2
    }
    expect(await all(batchesOf(single()))).toEqual([[1], [2]])
  })

  it('who leaves within a batch ends the source', async () => {
    let isOver = false
    const items = new Batched(
      inBatches(() => {
        isOver = true
      }),
    )
    for await (const item of items) if (item === 1) break
    expect(isOver).toBe(true)
  })
})
