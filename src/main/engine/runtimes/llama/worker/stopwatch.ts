/** Times one generation: reading the prompt, then writing. */
export interface Stopwatch {
  /** Something was generated. */
  token(): void
  /** Milliseconds. */
  read(): { promptMs: number; generateMs: number }
}

export function createStopwatch(): Stopwatch {
  const started = performance.now()
  let first: number | null = null
  let last = started
  return {
    token() {
      last = performance.now()
      first ??= last
    },
    read() {
      const now = performance.now()
      return { promptMs: (first ?? now) - started, generateMs: first === null ? 0 : last - first }
    },
  }
}
