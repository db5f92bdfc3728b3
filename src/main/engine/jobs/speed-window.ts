const WINDOW_MS = 5_000
/** A speed needs at least this much time to be one. */
const SHORTEST_MS = 500
/** Samples closer together than this become one. */
const GRAIN_MS = 100

/** Bytes per second over the last 5 s. Times are monotonic ms. */
export interface SpeedWindow {
  add(bytes: number, now: number): void
  /** Null while nothing moves, and before there is enough to tell. */
  speed(now: number): number | null
  /** Forgets what was; time counts from `now`. */
  reset(now: number): void
}

/** A window that begins empty at `start`. */
export function createSpeedWindow(start: number): SpeedWindow {
  let begunAt = start
  let samples: { at: number; bytes: number }[] = []
  return {
    add(bytes, now) {
      const newest = samples.at(-1)
      if (newest !== undefined && now - newest.at < GRAIN_MS) newest.bytes += bytes
      else samples.push({ at: now, bytes })
      while ((samples[0]?.at ?? now) <= now - WINDOW_MS) samples.shift()
    },
    speed(now) {
      let bytes = 0
      for (const sample of samples) if (sample.at > now - WINDOW_MS) bytes += sample.bytes
      const elapsed = Math.min(WINDOW_MS, now - begunAt)
      if (bytes === 0 || elapsed < SHORTEST_MS) return null
      return (bytes * 1_000) / elapsed
    },
    reset(now) {
      begunAt = now
      samples = []
    },
  }
}
