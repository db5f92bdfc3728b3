import type { Clock } from '../../src/main/engine/spec/clock.ts'

/** A clock that only moves when told. */
export interface ManualClock extends Clock {
  /** Moves on and runs the timers that fall due, in order. */
  advance(ms: number): void
  /** Timers that wait. */
  pending(): number
}

/** Starts at the given epoch ms. */
export function createManualClock(start = Date.UTC(2026, 10, 21)): ManualClock {
  let elapsed = 0
  const timers = new Set<{ at: number; action: () => void }>()
  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    setTimeout(action, ms) {
      const timer = { at: elapsed + ms, action }
      timers.add(timer)
      return { cancel: () => timers.delete(timer) }
    },
    advance(ms) {
      const target = elapsed + ms
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= target).sort((left, right) => left.at - right.at)
        if (next === undefined) break
        timers.delete(next)
        elapsed = next.at
        next.action()
      }
      elapsed = target
    },
    pending: () => timers.size,
  }
}
