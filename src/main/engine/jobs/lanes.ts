/** At most so many tasks at once per lane; the rest wait in the order in which they came. */
export interface Lanes {
  add(lane: string, id: string, task: () => Promise<void>): void
  /** Takes a waiting task out; false if it is not waiting. */
  remove(id: string): boolean
  /** Drops what waits and resolves once everything that runs has settled. */
  close(): Promise<void>
}

interface Lane {
  waiting: { id: string; task: () => Promise<void> }[]
  running: number
}

/** Empty lanes. A task must not reject: what it throws is a bug, and reaches `onBug`. */
export function createLanes(atOnce: number, onBug: (error: unknown) => void): Lanes {
  const lanes = new Map<string, Lane>()
  const running = new Set<Promise<void>>()

  function advance(name: string, lane: Lane): void {
    while (lane.running < atOnce) {
      const next = lane.waiting.shift()
      if (next === undefined) break
      lane.running += 1
      const settled = next.task().catch(onBug)
      running.add(settled)
      void settled.then(() => {
        running.delete(settled)
        lane.running -= 1
        advance(name, lane)
      })
    }
    if (lane.running === 0 && lane.waiting.length === 0) lanes.delete(name)
  }

  return {
    add(name, id, task) {
      const lane = lanes.get(name) ?? { waiting: [], running: 0 }
      lanes.set(name, lane)
      lane.waiting.push({ id, task })
      advance(name, lane)
    },
    remove(id) {
      for (const [name, lane] of lanes) {
        const index = lane.waiting.findIndex((task) => task.id === id)
        if (index === -1) continue
        lane.waiting.splice(index, 1)
        advance(name, lane)
        return true
      }
      return false
    },
    async close() {
      for (const lane of lanes.values()) lane.waiting = []
      await Promise.all(running)
    },
  }
}
