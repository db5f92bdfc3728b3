import type { ErrorCode } from '#shared/error-codes.ts'
import type { EngineError } from '../../spec/engine-error.ts'
import { jsonLine } from '../json-text.ts'

/** OpenAI's own words for the codes that it has; the others go out as ours. */
const CODES: Partial<Record<ErrorCode, string>> = {
  auth_failed: 'invalid_api_key',
  quota_exceeded: 'insufficient_quota',
  rate_limited: 'rate_limit_exceeded',
}

/** An error as OpenAI shapes it: `{"error":{message,type,param,code}}`, one line of JSON. */
export function openAiErrorBody(error: EngineError): string {
  return jsonLine({
    error: {
      message: error.message,
      type: errorType(error),
      param: fieldName(error.param) ?? (error.code === 'model_not_found' ? 'model' : null),
      code: CODES[error.code] ?? error.code,
    },
  })
}

/** A field the way OpenAI writes it: `messages[0].content`, not `messages.0.content`. */
function fieldName(param: string | undefined): string | undefined {
  return param?.replace(/\.(\d+)(?=[.[]|$)/g, '[$1]')
}

function errorType(error: EngineError): string {
  switch (error.code) {
    case 'auth_failed':
      return 'authentication_error'
    case 'forbidden':
      return 'permission_error'
    case 'quota_exceeded':
      return 'insufficient_quota'
    case 'rate_limited':
      return 'rate_limit_error'
    default:
      return error.status >= 500 ? 'server_error' : 'invalid_request_error'
  }
}
