import { EngineError } from '../spec/engine-error.ts'

const UNIT_SECONDS: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, μs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 }
const MAX_SECONDS = 31_536_000

/**
 * Ollama's keep_alive as whole seconds: a number of seconds, or a Go duration (`5m`, `1h30m`, `-1s`); a bare numeric
 * string counts as seconds. Negative keeps the model loaded (-1), 0 unloads it after the request.
 */
export function keepAliveSeconds(value: string | number): number {
  const seconds = typeof value === 'number' ? value : durationSeconds(value.trim())
  if (seconds === null || !Number.isFinite(seconds)) {
    throw new EngineError(
      'invalid_request',
      `Invalid 'keep_alive': "${value}" is not a duration such as "5m", -1 or 0.`,
      {
        param: 'keep_alive',
      },
    )
  }
  if (seconds < 0) return -1
  // A positive fraction must not become 0, which would mean "unload".
  return Math.min(MAX_SECONDS, Math.ceil(seconds))
}

/** Go takes a fraction without digits on one side of its point, and both letters that look like a micro. */
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/
const PARTS = new RegExp(PART, 'g')
const DURATION = new RegExp(`^([+-]?)((?:${PART.source})+)$`)

function durationSeconds(text: string): number | null {
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return Number(text)
  const [, sign, rest] = DURATION.exec(text) ?? []
  if (rest === undefined) return null
  let seconds = 0
  for (const [, amount, unit] of rest.matchAll(PARTS)) {
    seconds += Number(amount) * (UNIT_SECONDS[unit ?? ''] ?? 0)
  }
  return sign === '-' ? -seconds : seconds
}
