import type { ErrorCode } from '#shared/error-codes.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { type JsonObject, objectOf, textOf } from './upstream-fields.ts'

/** What an excerpt of a server's words is cut to, in characters. */
const EXCERPT = 500
/** The same for the error alone, whose fields are told on: they have to be whole for that. */
const REPORT = 8_192

/** Codes and types by which servers name what we have a code for; matched as parts of the word. */
const NAMED: readonly (readonly [RegExp, ErrorCode])[] = [
  [/context_length|context_window|exceed_context|too_many_tokens|string_above_max_length/, 'context_length_exceeded'],
  [/insufficient_quota|insufficient_balance|billing|credit/, 'quota_exceeded'],
  [/rate_limit|too_many_requests|tokens_per|requests_per/, 'rate_limited'],
  [/invalid_api_key|authentication|unauthorized/, 'auth_failed'],
  [/permission/, 'forbidden'],
  [/model_not_found|deploymentnotfound|model_not_exist|unknown_model/, 'model_not_found'],
]

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  401: 'auth_failed',
  402: 'quota_exceeded',
  403: 'forbidden',
  404: 'model_not_found',
  413: 'request_too_large',
  422: 'invalid_request',
  429: 'rate_limited',
}

/** An error that a server reported within an answer that had begun well, with its own reason kept. */
export function reportedFailure(vendor: string, reported: unknown, whole: unknown = reported): EngineError {
  const fields = objectOf(reported)
  const reason = reasonOf(reported, fields)
  const status = statusOf(fields)
  const code = codeOf(fields, reason, status)
  return new EngineError(code, `The upstream ended its answer with an error: ${reason}`, {
    // What is not the request's fault may go better elsewhere.
    retryable: code === 'rate_limited' || (code === 'upstream_error' && (status === null || status >= 500)),
    upstream: { provider: vendor, ...(status === null ? {} : { status }), bodyExcerpt: reportOf(reported, whole) },
  })
}

/** An answer of which the server says with its finish_reason that it failed: what came of it is no whole answer. */
export function failedFinish(vendor: string, finish: string): EngineError {
  const reason = finish.slice(0, EXCERPT)
  return new EngineError('upstream_error', `The upstream gave its answer up: its finish_reason is "${reason}".`, {
    retryable: true,
    upstream: { provider: vendor, bodyExcerpt: JSON.stringify({ finish_reason: reason }) },
  })
}

/** An answer that is not what the API promises; `what` goes on after "The upstream". */
export function malformedAnswer(vendor: string, what: string, shown?: string): EngineError {
  return new EngineError('upstream_error', `The upstream ${what}`, {
    upstream: { provider: vendor, ...(shown === undefined ? {} : { bodyExcerpt: shown.slice(0, EXCERPT) }) },
  })
}

function codeOf(fields: JsonObject | null, reason: string, status: number | null): ErrorCode {
  const words = [fields?.code, fields?.type, fields?.error_type]
    .filter((word) => typeof word === 'string')
    .join(' ')
    .toLowerCase()
  const named = NAMED.find(([pattern]) => pattern.test(words))
  if (named !== undefined) return named[1]
  if (/content_?filter/.test(words)) return 'invalid_request'
  if (/context (length|window|size)|maximum context/i.test(reason)) return 'context_length_exceeded'
  return (status === null ? undefined : BY_STATUS[status]) ?? 'upstream_error'
}

function statusOf(fields: JsonObject | null): number | null {
  for (const value of [fields?.status, fields?.status_code, fields?.code]) {
    const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value
    if (typeof status === 'number' && status >= 400 && status <= 599) return status
  }
  return null
}

function reasonOf(reported: unknown, fields: JsonObject | null): string {
  const inner = objectOf(fields?.metadata)
  const message = textOf(reported) ?? textOf(fields?.message) ?? textOf(fields?.error) ?? textOf(fields?.detail)
  const raw = textOf(inner?.raw)
  const text = message === null ? excerpt(reported) : raw === null ? message : `${message} (${raw})`
  return text.slice(0, EXCERPT)
}

/** The error with what stood around it, or alone where that is much (a response repeats its instructions). */
function reportOf(reported: unknown, whole: unknown): string {
  const text = textOrJson(whole)
  return text.length <= EXCERPT ? text : textOrJson({ error: reported }).slice(0, REPORT).toWellFormed()
}

function excerpt(value: unknown): string {
  return textOrJson(value).slice(0, EXCERPT)
}

function textOrJson(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
