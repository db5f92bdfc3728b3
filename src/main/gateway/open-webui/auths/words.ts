import type { ErrorCode } from '#shared/error-codes.ts'
import { EngineError, isEngineError } from '../../../engine/spec/engine-error.ts'

/** Open WebUI's words for refusals; its clients show them and match on them. */
export const NOT_FOUND = "We could not find what you're looking for :/"
export const UNAUTHORIZED = '401 Unauthorized'
export const ACTION_PROHIBITED = 'The requested action has been restricted as a security measure.'
export const RATE_LIMITED = 'API rate limit exceeded'
export const WRONG_CREDENTIALS =
  'The email or password provided is incorrect. Please check for typos and try logging in again.'
export const WRONG_PASSWORD = 'The password provided is incorrect. Please check for typos and try again.'
export const PASSWORD_TOO_LONG =
  'Uh-oh! The password you entered is too long. Please make sure your password is less than 72 bytes long.'
export const EMAIL_TAKEN =
  'Uh-oh! This email is already registered. Sign in with your existing account or choose another email to start anew.'
export const EMAIL_INVALID =
  "The email format you entered is invalid. Please double-check and make sure you're using a valid email address (e.g., yourname@example.com)."
export const KEY_NOT_FOUND =
  "Oops! It looks like there's a hiccup. The API key is missing. Please make sure to provide a valid API key to access this feature."

/** What a refusal of the engine is told as; without a text, its own message stands. */
export interface Saying {
  status: number
  text?: string
}

/** A refusal of the engine by its code, or by its code and the field (`invalid_request:email`). */
export type Sayings = Partial<Record<ErrorCode | `${ErrorCode}:${string}`, Saying>>

/** Runs something of the engine; what it refuses is told with these statuses and words, anything else as it is. */
export async function inWords<Result>(sayings: Sayings, action: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    throw said(error, sayings)
  }
}

function said(error: unknown, sayings: Sayings): unknown {
  if (!isEngineError(error)) return error
  const saying = sayings[`${error.code}:${error.param ?? ''}`] ?? sayings[error.code]
  if (saying === undefined) return error
  return new EngineError(error.code, saying.text ?? error.message, {
    status: saying.status,
    retryable: error.retryable,
    cause: error,
    ...(error.param === undefined ? {} : { param: error.param }),
    ...(error.upstream === undefined ? {} : { upstream: error.upstream }),
  })
}
