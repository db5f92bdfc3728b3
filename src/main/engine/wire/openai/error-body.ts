import type { ErrorCode } from '#shared/error-codes.ts'
import type { EngineError } from '../../spec/engine-error.ts'
import { jsonLine } from '../json-text.ts'
import { upstreamErrorFields } from './upstream-error-fields.ts'
import type { JsonObject } from './upstream-fields.ts'

/** OpenAI's own words for the codes that it has; the others go out as ours. */
const CODES: Partial<Record<ErrorCode, string>> = {
  auth_failed: 'invalid_api_key',
  quota_exceeded: 'insufficient_quota',
  rate_limited: 'rate_limit_exceeded',
}

/** Codes of ours that say no more than the status does. */
const UNSPECIFIC: ReadonlySet<ErrorCode> = new Set(['invalid_request', 'upstream_error'])
/** An upstream's code that names a kind of error, not what is wrong (DeepSeek says `invalid_request_error` of everything). */
const NAMES_KIND = /_error$/

/** What OpenAI's errors hold. */
export interface OpenAiErrorFields {
  message: string
  type: string
  param: string | null
  code: string
  innererror?: JsonObject
}

/** An error as OpenAI shapes it: `{"error":{message,type,param,code}}`, one line of JSON. */
export function openAiErrorBody(error: EngineError): string {
  return jsonLine({ error: openAiErrorFields(error) })
}

/** An error in OpenAI's fields. What an upstream of that family has in them is kept: its clients decide by its codes. */
export function openAiErrorFields(error: EngineError): OpenAiErrorFields {
  const told = upstreamErrorFields(error)
  return {
    message: error.message,
    type: told?.type ?? errorType(error),
    param: fieldName(error.param) ?? told?.param ?? (error.code === 'model_not_found' ? 'model' : null),
    code: errorCode(error, told?.code ?? null),
    ...(told?.innererror == null ? {} : { innererror: told.innererror }),
  }
}

function errorCode({ code }: EngineError, told: string | null): string {
  if (told !== null && (UNSPECIFIC.has(code) || !NAMES_KIND.test(told))) return told
  return CODES[code] ?? code
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
