import { useSyncExternalStore } from 'react'

interface SharedClock {
  snapshot: () => number
  subscribe: (listener: () => void) => () => void
}

/** By how far apart their ticks are, ms. */
const clocks = new Map<number, SharedClock>()

/** The time, refreshed every `everyMs` while the window is visible; the same for all that ask alike, so that ages agree. */
export function useNow(everyMs: number): number {
  let clock = clocks.get(everyMs)
  if (clock === undefined) {
    clock = createClock(everyMs)
    clocks.set(everyMs, clock)
  }
  return useSyncExternalStore(clock.subscribe, clock.snapshot)
}

function createClock(everyMs: number): SharedClock {
  const listeners = new Set<() => void>()
  let now = Date.now()
  let timer: ReturnType<typeof setInterval> | undefined
  let left = false
  const tick = (): void => {
    if (document.visibilityState !== 'visible') return
    now = Date.now()
    for (const listener of [...listeners]) listener()
  }
  return {
    snapshot() {
      // It stood still while nobody looked. Then it is the same within a second, or views would never be done.
      if (timer === undefined && (left || Math.abs(Date.now() - now) >= 1000)) now = Date.now()
      left = false
      return now
    },
    subscribe(listener) {
      listeners.add(listener)
      if (timer === undefined) {
        timer = setInterval(tick, everyMs)
        document.addEventListener('visibilitychange', tick)
      }
      // Who comes between two ticks is not told an old time, nor the others another one.
      if (Math.abs(Date.now() - now) >= 1000) tick()
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        clearInterval(timer)
        timer = undefined
        left = true
        document.removeEventListener('visibilitychange', tick)
      }
    },
  }
}
