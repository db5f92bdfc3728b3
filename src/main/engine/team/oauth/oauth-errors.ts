import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { EngineError, isEngineError } from '../../spec/engine-error.ts'

/** A failure at a provider in our words. Its own error codes are told; what it sent, which may hold tokens, is not kept. */
export function toOauthError(error: unknown, providerName: string): EngineError {
  if (isEngineError(error)) return error
  if (error instanceof AuthorizationResponseError) {
    const isRefusal = error.error === 'access_denied'
    return new EngineError(
      'auth_failed',
      isRefusal
        ? `The sign-in at ${providerName} was cancelled or refused there.`
        : `${providerName} did not accept the sign-in (${plain(error.error)}). Try again, or ask an administrator.`,
      { detail: plain(error.error_description ?? error.error), param: 'oauth' },
    )
  }
  const refusal = refusalOf(error)
  if (refusal !== null) {
    const hint = refusal.code === 'invalid_client' ? ' An administrator has to check the client id and secret.' : ''
    return new EngineError('auth_failed', `${providerName} refused (${plain(refusal.code)}).${hint}`, {
      detail: plain(refusal.detail),
      param: 'oauth',
    })
  }
  if (isOutOfReach(error)) {
    return new EngineError('upstream_unavailable', `${providerName} could not be reached. Try again in a while.`, {
      detail: plain(reasonOf(error)),
      param: 'oauth',
    })
  }
  return new EngineError('auth_failed', `What ${providerName} answered could not be accepted. Sign in again.`, {
    detail: plain(reasonOf(error)),
    param: 'oauth',
  })
}

/** True where the provider says that the grant holds no more, as opposed to being out of reach. */
export function isGrantGone(error: unknown): boolean {
  return (
    error instanceof ResponseBodyError && (error.error === 'invalid_grant' || error.error === 'unauthorized_client')
  )
}

/** An answer that says no, in the body or in a header. */
function refusalOf(error: unknown): { code: string; detail: string } | null {
  if (error instanceof ResponseBodyError) {
    return { code: error.error, detail: error.error_description ?? error.error }
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    const { error: code = 'invalid_client', error_description: detail = code } = error.cause[0]?.parameters ?? {}
    return { code, detail }
  }
  return null
}

/** No connection, too slow, or a server that is in trouble itself. */
function isOutOfReach(error: unknown): boolean {
  if (error instanceof TypeError) return true
  if (!(error instanceof ClientError)) return false
  const isTooSlow = error.code === 'OAUTH_TIMEOUT' || error.code === 'OAUTH_ABORT'
  return isTooSlow || (error.cause instanceof Response && error.cause.status >= 500)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

function plain(text: string): string {
  return text.replaceAll(/\p{C}+/gu, ' ').slice(0, 300)
}
