import type { Clock } from './clock.ts'

/** The real clock. Timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (action, ms) => {
    const timer = setTimeout(action, ms)
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
}
