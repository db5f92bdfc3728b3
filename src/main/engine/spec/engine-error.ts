import { ERROR_TABLE, type ErrorCode } from '#shared/error-codes.ts'
import type { PublicError } from '#shared/errors.ts'

/** Where an upstream's own reason is kept, redacted and bounded. */
export interface UpstreamReason {
  provider: string
  status?: number
  requestId?: string
  bodyExcerpt?: string
  /** The server's Retry-After, as it came: seconds or a date. */
  retryAfter?: string
  /** Headers in which it told its limits, by their names in lower case. */
  limits?: Readonly<Record<string, string>>
}

interface EngineErrorOptions {
  cause?: unknown
  /** Overrides the code's default. */
  retryable?: boolean
  /** Overrides the code's default HTTP status (an upstream's own, say). */
  status?: number
  /** For the details fold: native log line, byte offset, path. Never a secret or a prompt. */
  detail?: string
  upstream?: UpstreamReason
  /** The request field that is wrong, for dialects that name it. */
  param?: string
}

const marker = Symbol.for('switchyard.engine-error')

/** The one error type that leaves an engine area. Match on `code`, never on the message. */
export class EngineError extends Error {
  readonly [marker] = true
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly status: number
  readonly detail: string | undefined
  readonly upstream: UpstreamReason | undefined
  readonly param: string | undefined

  constructor(code: ErrorCode, message: string, options: EngineErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'EngineError'
    this.code = code
    this.retryable = options.retryable ?? ERROR_TABLE[code].retryable
    this.status = options.status ?? ERROR_TABLE[code].status
    this.detail = options.detail
    this.upstream = options.upstream
    this.param = options.param
  }
}

/** True for an EngineError, also one made by another copy of this module. */
export function isEngineError(value: unknown): value is EngineError {
  return value instanceof Error && (value as { [marker]?: true })[marker] === true
}

/** Any thrown value as an EngineError; an abort keeps its meaning, the rest becomes `internal` with its cause. */
export function toEngineError(value: unknown): EngineError {
  if (isEngineError(value)) return value
  if (value instanceof Error && value.name === 'AbortError') {
    return new EngineError('aborted', 'The request was cancelled.', { cause: value })
  }
  const reason = value instanceof Error ? value.message : String(value)
  return new EngineError('internal', 'Something in Switchyard failed unexpectedly.', { cause: value, detail: reason })
}

/** The error with every text passed through `blot`, so that what an upstream echoed shows none of our secrets. */
export function blotError(thrown: unknown, blot: ((text: string) => string) | undefined): EngineError {
  const error = toEngineError(thrown)
  if (blot === undefined) return error
  const { upstream, detail, param } = error
  const excerpt = upstream?.bodyExcerpt
  const clean = {
    message: blot(error.message),
    detail: detail === undefined ? undefined : blot(detail),
    excerpt: excerpt === undefined ? undefined : blot(excerpt),
  }
  if (clean.message === error.message && clean.detail === detail && clean.excerpt === excerpt) return error
  return new EngineError(error.code, clean.message, {
    retryable: error.retryable,
    status: error.status,
    ...(clean.detail === undefined ? {} : { detail: clean.detail }),
    ...(param === undefined ? {} : { param }),
    ...(upstream === undefined
      ? {}
      : { upstream: { ...upstream, ...(clean.excerpt === undefined ? {} : { bodyExcerpt: clean.excerpt }) } }),
  })
}

/** The error as a window or a stored message may see it. */
export function toPublicError(error: EngineError, requestId?: string): PublicError {
  const detail = error.detail ?? error.upstream?.bodyExcerpt
  return {
    code: error.code,
    message: error.message,
    retryable: error.retryable,
    ...(requestId === undefined ? {} : { requestId }),
    ...(detail === undefined ? {} : { detail }),
    ...(error.param === undefined ? {} : { param: error.param }),
  }
}
