import type { ErrorCode } from '#shared/error-codes.ts'
import { EngineError } from '../../spec/engine-error.ts'

const CODES: Readonly<Record<string, ErrorCode>> = {
  invalid_request_error: 'invalid_request',
  authentication_error: 'auth_failed',
  billing_error: 'quota_exceeded',
  permission_error: 'forbidden',
  not_found_error: 'model_not_found',
  request_too_large: 'request_too_large',
  rate_limit_error: 'rate_limited',
  timeout_error: 'first_byte_timeout',
  overloaded_error: 'upstream_unavailable',
}

const MAX_MESSAGE = 2_000

/** The error of an `error` event, which comes inside an answer that began with status 200. */
export function eventError(event: Readonly<Record<string, unknown>>, title: string): EngineError {
  const error = typeof event.error === 'object' && event.error !== null ? (event.error as Record<string, unknown>) : {}
  const type = typeof error.type === 'string' ? error.type : 'api_error'
  const said = typeof error.message === 'string' && error.message !== '' ? error.message : type
  const tooLong = type === 'invalid_request_error' && /prompt is too long|context/i.test(said)
  const code = tooLong ? 'context_length_exceeded' : (CODES[type] ?? 'upstream_error')
  const requestId = typeof event.request_id === 'string' ? event.request_id : undefined
  return new EngineError(code, `${title}: ${said.slice(0, MAX_MESSAGE).toWellFormed()}`, {
    ...(type === 'api_error' ? { retryable: true } : {}),
    // The status that it has where the answer had not begun.
    ...(type === 'overloaded_error' ? { status: 529 } : {}),
    upstream: {
      provider: 'anthropic',
      bodyExcerpt: JSON.stringify({ type: 'error', error: { type, message: said, details: error.details } }).slice(
        0,
        MAX_MESSAGE,
      ),
      ...(requestId === undefined ? {} : { requestId }),
    },
  })
}
