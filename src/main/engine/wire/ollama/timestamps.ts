/** What Ollama shows for a model that stays loaded: about the farthest time that its clock can add. */
export const NEVER_EXPIRES = '2318-01-01T00:00:00.000000000Z'

/** RFC 3339 in UTC with nine digits of a second, as Go writes it; the clock itself tells microseconds. */
export function ollamaTimestamp(epochMs: number = performance.timeOrigin + performance.now()): string {
  const whole = Math.floor(epochMs)
  const micros = Math.floor((epochMs - whole) * 1000)
  return `${new Date(whole).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}000Z`
}

/** Ollama counts durations in whole nanoseconds. */
export function nanoseconds(ms: number): number {
  return Math.max(0, Math.round(ms * 1e6))
}
