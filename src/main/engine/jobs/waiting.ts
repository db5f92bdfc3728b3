import type { Clock } from '../spec/clock.ts'

const FIRST_MS = 1_000
const LONGEST_MS = 60_000

/** Wait before the next try: 1 s, doubled with each fruitless one up to 60 s, a quarter more or less at random. */
export function backoffMs(fruitless: number, random: () => number): number {
  const middle = FIRST_MS * 2 ** Math.max(0, fruitless - 1)
  const spread = middle * (0.75 + 0.5 * random())
  return Math.round(Math.min(LONGEST_MS, Math.max(FIRST_MS, spread)))
}

/** A wait that ends after `ms`, when hurried, or by rejecting with the signal's reason. */
export function wait(clock: Clock, ms: number, signal: AbortSignal): { over: Promise<void>; hurry(): void } {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onAbort = (): void => reject(signal.reason)
  const timer = clock.setTimeout(resolve, ms)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  const over = promise.finally(() => {
    timer.cancel()
    signal.removeEventListener('abort', onAbort)
  })
  return { over, hurry: resolve }
}
