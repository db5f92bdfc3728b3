import type { EngineError } from '../../spec/engine-error.ts'
import { jsonLine } from '../json-text.ts'
import { objectOf } from '../openai/upstream-fields.ts'
import { upstreamErrorJson } from '../upstream-error-json.ts'

/** An error as Anthropic shapes it, one line of JSON. Its `type` follows from the status, as in their API. */
export function anthropicErrorBody(error: EngineError, requestId: string): string {
  const details = errorDetails(error)
  return jsonLine({
    type: 'error',
    error: { type: errorType(error), message: error.message, ...(details === null ? {} : { details }) },
    request_id: requestId,
  })
}

/** What clients decide by beside the type: Anthropic's own, or that a conversation is not kept here, so that it is sent whole. */
function errorDetails(error: EngineError): object | null {
  if (error.code === 'unsupported' && error.param === 'thread') return { error_code: 'thread_unsupported_request' }
  const told = upstreamErrorJson(error)
  return told?.type === 'error' ? objectOf(objectOf(told.error)?.details) : null
}

/** The same as the event that ends a stream. */
export function anthropicErrorEvent(error: EngineError, requestId: string): string {
  return `event: error\ndata: ${anthropicErrorBody(error, requestId)}\n\n`
}

function errorType({ code, status }: EngineError): string {
  if (code === 'quota_exceeded') return 'billing_error'
  switch (status) {
    case 401:
      return 'authentication_error'
    case 402:
      return 'billing_error'
    case 403:
      return 'permission_error'
    case 404:
      return 'not_found_error'
    case 409:
      return 'conflict_error'
    case 413:
      return 'request_too_large'
    case 429:
      return 'rate_limit_error'
    case 503:
    case 529:
      return 'overloaded_error'
    case 408:
    case 504:
      return 'timeout_error'
    default:
      return status >= 499 ? 'api_error' : 'invalid_request_error'
  }
}
