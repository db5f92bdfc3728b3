import type { ErrorCode } from '#shared/error-codes.ts'
import type { EngineError } from '../spec/engine-error.ts'

/**
 * Failures that say something about the place, not about the request: another holder may do better. What the caller did
 * wrong (`invalid_request`, `context_length_exceeded`, `request_too_large` …) would fail there as well.
 */
const MOVES_ON: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'upstream_unavailable',
  'upstream_error',
  'connect_timeout',
  'first_byte_timeout',
  'idle_timeout',
  'rate_limited',
  'quota_exceeded',
  'auth_failed',
  'forbidden',
  'model_not_found',
  'not_found',
  'unsupported',
  'queue_full',
  'model_load_failed',
  'model_quarantined',
  'model_offline',
  'runtime_crashed',
  'out_of_memory',
])

/** Whether the next holder is worth trying. */
export function movesOn({ code }: EngineError): boolean {
  return MOVES_ON.has(code)
}

/** Whether another key of the same connection is worth trying first. */
export function triesNextKey({ code }: EngineError): boolean {
  return code === 'auth_failed' || code === 'rate_limited' || code === 'quota_exceeded'
}
