import { GCProfiler, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { Slots } from '../../../src/main/gateway/slots.ts'

describe('slots', () => {
  it('holds what was added until it is deleted, and gives its slot to another', () => {
    const slots = new Slots<string>()
    const first = slots.add('first')
    const second = slots.add('second')
    expect([...slots]).toEqual(['first', 'second'])
    expect(slots.size).toBe(2)
    slots.delete(first)
    expect([...slots]).toEqual(['second'])
    expect(slots.add('third')).toBe(first)
    expect([...slots]).toEqual(['third', 'second'])
    slots.delete(second)
    slots.delete(first)
    expect([...slots]).toEqual([])
    expect(slots.size).toBe(0)
  })

  it('may lose members while they are gone through', () => {
    const slots = new Slots<{ slot: number }>()
    for (let index = 0; index < 5; index++) {
      const member = { slot: 0 }
      member.slot = slots.add(member)
    }
    let seen = 0
    for (const member of slots) {
      seen += 1
      slots.delete(member.slot)
    }
    expect(seen).toBe(5)
    expect(slots.size).toBe(0)
  })

  it('lets members that have left be collected young', () => {
    setFlagsFromString('--expose-gc')
    const collectAll = runInNewContext('gc') as () => void
    const slots = new Slots<unknown>()
    const { allocated, grewOld } = collected(() => {
      const underWay: number[] = []
      for (let index = 0; index < 400_000; index++) {
        underWay.push(slots.add({ index, body: new Array(30).fill(index) }))
        if (underWay.length > 64) slots.delete(underWay.shift() as number)
        // From here on a Set's table of this moment is old, and holds all that come after it.
        if (index === 1_000) collectAll()
      }
    })
    expect(allocated).toBeGreaterThan(50_000_000)
    expect(grewOld / allocated).toBeLessThan(0.1)
  })
})

/** What scavenges took from the young generation while `work` ran, and what of it they moved to the old one; bytes. */
function collected(work: () => void): { allocated: number; grewOld: number } {
  const profiler = new GCProfiler()
  profiler.start()
  work()
  const { statistics } = profiler.stop()
  let allocated = 0
  let grewOld = 0
  for (const { gcType, beforeGC, afterGC } of statistics) {
    if (gcType !== 'Scavenge') continue
    allocated += used(beforeGC, 'new_space') - used(afterGC, 'new_space')
    grewOld += used(afterGC, 'old_space') - used(beforeGC, 'old_space')
  }
  return { allocated, grewOld }
}

function used(heap: { heapSpaceStatistics: { spaceName: string; spaceUsedSize: number }[] }, space: string): number {
  return heap.heapSpaceStatistics.find(({ spaceName }) => spaceName === space)?.spaceUsedSize ?? 0
}
