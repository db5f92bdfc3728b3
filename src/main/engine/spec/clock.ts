/** Time as the engine sees it; tests give their own. */
export interface Clock {
  /** Epoch ms. */
  now(): number
  /** Monotonic ms, for durations. */
  monotonic(): number
  setTimeout(action: () => void, ms: number): { cancel(): void }
}
