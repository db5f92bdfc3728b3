import { STATUS_CODES } from 'node:http'
import type { ErrorCode } from '#shared/error-codes.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { UpstreamHead } from '../spec/upstream.ts'
import type { Blot } from './blot-secrets.ts'
import { type ErrorBody, readErrorBody } from './error-body.ts'
import { named, type ServerIdentity } from './server-identity.ts'

const EXCERPT_CHARACTERS = 8_192
const LIMIT_HEADER = /^(?:(?:x|anthropic)-ratelimit-[a-z0-9-]{1,60}|retry-after-ms)$/
const MAX_LIMIT_HEADERS = 24

const TOO_LONG =
  /context[ _-]?(length|window|size)|maximum context|prompt is too long|too many (input |prompt )?tokens|input (is|length).{0,40}(too long|exceed)|reduce the length/i
const NO_CREDIT =
  /insufficient[ _-](quota|balance|credit|funds)|exceeded your current quota|credit balance is too low|billing[ _-]hard[ _-]limit/i
const BAD_KEY = /(api|access)[ _-]?key (is )?(not valid|invalid)|(invalid|incorrect) (api|access)[ _-]?key/i
const TLS_WANTED =
  /plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server|speaking plain HTTP to an SSL/i

/** The error of an answer with a bad status. `text` is what came of its body. */
export function statusError(
  server: ServerIdentity,
  { status, headers }: UpstreamHead,
  text: string,
  blot: Blot,
): EngineError {
  const body = readErrorBody(text, headers['content-type'] ?? '')
  const requestId =
    headers['x-request-id'] ??
    headers['request-id'] ??
    headers['apim-request-id'] ??
    headers['x-ms-request-id'] ??
    body.requestId
  const limits = limitsOf(headers, blot)
  const upstream = {
    provider: server.provider,
    status,
    ...(requestId == null ? {} : { requestId: blot(requestId) }),
    ...(text === '' ? {} : { bodyExcerpt: excerpt(text, blot) }),
    ...(headers['retry-after'] === undefined ? {} : { retryAfter: blot(headers['retry-after'].slice(0, 100)) }),
    ...(limits === null ? {} : { limits }),
  }
  if (status === 400 && server.origin.startsWith('http:') && TLS_WANTED.test(text)) {
    const address = server.origin.replace('http:', 'https:')
    return new EngineError('upstream_unavailable', `${named(server)} speaks TLS at this port. Type ${address}.`, {
      upstream,
    })
  }
  const code = codeOf(status, body)
  const retryAfter = headers['retry-after']
  return new EngineError(code, blot(messageOf(server, status, code, body)), {
    // A status below 400 is none for an error, and one that HTTP does not know is none to pass on.
    status: status >= 400 && status <= 599 ? status : 502,
    retryable: isRetryable(status, code),
    upstream,
    ...(retryAfter === undefined ? {} : { detail: blot(`Retry-After: ${retryAfter.slice(0, 100)}`) }),
    ...(body.param === null ? {} : { param: blot(body.param) }),
  })
}

function limitsOf(headers: UpstreamHead['headers'], blot: Blot): Record<string, string> | null {
  const names = Object.keys(headers).filter((name) => LIMIT_HEADER.test(name))
  if (names.length === 0) return null
  return Object.fromEntries(
    names.slice(0, MAX_LIMIT_HEADERS).map((name) => [name, blot((headers[name] ?? '').slice(0, 100))]),
  )
}

function codeOf(status: number, body: ErrorBody): ErrorCode {
  const said = `${body.code ?? ''} ${body.type ?? ''} ${body.message ?? ''}`
  if (status >= 400 && status < 500 && NO_CREDIT.test(said)) return 'quota_exceeded'
  switch (status) {
    case 400:
    case 422:
      if (TOO_LONG.test(said)) return 'context_length_exceeded'
      return BAD_KEY.test(said) ? 'auth_failed' : 'invalid_request'
    case 401:
    case 407:
      return 'auth_failed'
    case 402:
      return 'quota_exceeded'
    case 403:
      return 'forbidden'
    case 404:
    case 410:
      return /model|deployment/i.test(said) ? 'model_not_found' : 'not_found'
    case 408:
    case 504:
      return 'first_byte_timeout'
    case 409:
      return 'conflict'
    case 413:
      return TOO_LONG.test(said) ? 'context_length_exceeded' : 'request_too_large'
    case 429:
      return 'rate_limited'
    case 503:
    case 529:
      return 'upstream_unavailable'
    default:
      return status >= 400 && status < 500 ? 'invalid_request' : 'upstream_error'
  }
}

function isRetryable(status: number, code: ErrorCode): boolean {
  return status >= 500 || code === 'rate_limited' || code === 'first_byte_timeout'
}

/** The server's own words where it has any; else its status. */
function messageOf(server: ServerIdentity, status: number, code: ErrorCode, body: ErrorBody): string {
  const who = server.title === '' ? named(server) : server.title
  const phrase = STATUS_CODES[status]
  const answer = phrase === undefined ? `status ${status}` : `${status} ${phrase}`
  const said = body.message ?? `it answered ${answer}.`
  if (code === 'auth_failed') return `${who} refused the credentials: ${said}`
  return `${who}: ${said}`
}

function excerpt(text: string, blot: Blot): string {
  // Cut last, so that no half of a secret escapes at the edge.
  const clean = blot(text)
  return clean.length > EXCERPT_CHARACTERS ? `${clean.slice(0, EXCERPT_CHARACTERS).toWellFormed()}…` : clean
}
