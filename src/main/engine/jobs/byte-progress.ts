import type { JobCheckpoint } from './job-input.ts'
import { createSpeedWindow } from './speed-window.ts'

interface Layer {
  completed: number
  total: number
  /** Figure of this attempt, null before its first. */
  current: number | null
  /** False while the figure is from before this run. */
  sure: boolean
}

/** What one figure meant. */
export interface ByteChange {
  /** Bytes came since the last figure. */
  moved: boolean
  /** Further than ever in this run. */
  furthest: boolean
}

/** Bytes of a job, added up over its layers. They never go back within a run. Times are monotonic ms. */
export interface ByteProgress {
  record(key: string, completed: number, total: number, now: number): ByteChange
  /** Sums over all layers; null before the first figure. */
  completed(): number | null
  total(): number | null
  speed(now: number): number | null
  secondsLeft(now: number): number | null
  /** A new attempt: each layer's next figure says where it stands, and is no speed. */
  beginAttempt(now: number): void
  /** A new task whose bytes count from zero (sending what was read). What was the furthest is remembered. */
  startOver(now: number): void
  /** For the checkpoint. */
  layers(): JobCheckpoint['layers']
}

/** More layers than any model has: what a confused server can make us remember is bounded. */
export const MAX_LAYERS = 4_096

/** Goes on from a checkpoint: its figures are shown until the server says better. */
export function createByteProgress(checkpoint: JobCheckpoint['layers'], now: number): ByteProgress {
  const layers = new Map<string, Layer>()
  for (const [key, [completed, total]] of Object.entries(checkpoint)) {
    layers.set(key, { completed, total, current: null, sure: false })
  }
  const furthest = new Map<string, number>()
  const window = createSpeedWindow(now)

  const sums = { completed: 0, total: 0 }
  for (const layer of layers.values()) add(layer, 1)

  function add(layer: Layer, sign: 1 | -1): void {
    sums.completed += sign * layer.completed
    sums.total += sign * layer.total
  }
  function sum(field: 'completed' | 'total'): number | null {
    return layers.size === 0 ? null : sums[field]
  }

  return {
    record(key, completed, total, at) {
      const known = layers.get(key)
      if (known === undefined && layers.size >= MAX_LAYERS) return { moved: false, furthest: false }
      const layer: Layer = known ?? { completed: 0, total: 0, current: null, sure: true }
      if (known === undefined) layers.set(key, layer)
      // The first figure of an attempt includes what was there before.
      const came = layer.current === null ? 0 : Math.max(0, completed - layer.current)
      const first = layer.current === null
      layer.current = completed
      add(layer, -1)
      layer.total = layer.sure ? Math.max(layer.total, total) : total
      layer.completed = layer.sure ? Math.max(layer.completed, completed) : completed
      layer.sure = true
      add(layer, 1)
      if (came > 0) window.add(came, at)
      const further = completed > (furthest.get(key) ?? 0)
      if (further) furthest.set(key, completed)
      return { moved: came > 0 || (first && further), furthest: further }
    },
    completed: () => sum('completed'),
    total: () => sum('total'),
    speed: (at) => window.speed(at),
    secondsLeft(at) {
      const speed = window.speed(at)
      const total = sum('total')
      if (speed === null || total === null) return null
      return Math.max(0, total - (sum('completed') ?? 0)) / speed
    },
    beginAttempt(at) {
      for (const layer of layers.values()) layer.current = null
      window.reset(at)
    },
    startOver(at) {
      layers.clear()
      sums.completed = 0
      sums.total = 0
      window.reset(at)
    },
    layers: () => Object.fromEntries([...layers].map(([key, { completed, total }]) => [key, [completed, total]])),
  }
}
