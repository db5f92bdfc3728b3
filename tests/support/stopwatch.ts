import { processorTimes } from './processor-times.ts'

const TICK_MS = 10

/**
 * Starts a stopwatch; what it returns tells the ms since then, less what the host of this machine kept meanwhile from the
 * processor that lost most. A limit on the product's time is about time in which it could run: on a quiet host nothing is
 * taken off.
 */
export function stopwatch(): () => number {
  const stolen = watchStolen()
  const startedAt = performance.now()
  return () => performance.now() - startedAt - stolen()
}

/** What the host keeps from now on, ms. One processor's, not the sum: work that waits for itself runs on one at a time. */
export function watchStolen(): () => number {
  const before = processorTimes()
  return () => {
    const lost = processorTimes().map(({ stolen }, index) => stolen - (before[index]?.stolen ?? stolen))
    return Math.max(0, ...lost) * TICK_MS
  }
}
