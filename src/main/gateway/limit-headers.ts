import type { EngineError } from '../engine/spec/engine-error.ts'
import type { Dialect } from './dialect.ts'

/** What each dialect's clients know of limits; in the words of another one they would mean nothing. */
const KNOWN: Partial<Record<Dialect, RegExp>> = {
  openai: /^(?:x-ratelimit-|retry-after-ms$)/,
  anthropic: /^(?:anthropic-ratelimit-|retry-after-ms$)/,
}
/** What a header may hold; a blotted key is none of it. */
const PLAIN = /^[\x20-\x7e]+$/

/** A backend's limits, as it told them with its refusal. */
export function limitHeaders(dialect: Dialect, error: EngineError): Record<string, string> {
  const known = KNOWN[dialect]
  const told = Object.entries(error.upstream?.limits ?? {})
  return known === undefined
    ? {}
    : Object.fromEntries(told.filter(([name, value]) => known.test(name) && PLAIN.test(value)))
}
