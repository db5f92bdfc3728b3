import type { KeyScope } from '#shared/team.ts'
import { EngineError } from '../engine/spec/engine-error.ts'
import { hasScope, isAdmin, isMember, type Principal } from '../engine/spec/principal.ts'
import type { Exchange } from './exchange.ts'

/** Open WebUI's words; its clients match on them. */
export const NOT_AUTHENTICATED = 'Not authenticated'
/** A text that cannot be a session of ours, whatever is stored. */
export const INVALID_TOKEN = 'Invalid token'
export const SESSION_EXPIRED = 'Your session has expired or the token is invalid. Please sign in again.'
export const ACCESS_PROHIBITED =
  'You do not have permission to access this resource. Please contact your administrator for assistance.'
export const API_KEYS_OFF = 'Use of API key is not enabled in the environment.'

/**
 * The caller, if it is anybody at all; people who wait for approval may pass. Throws 401 without a valid session or key,
 * and 403 for a key while keys are switched off.
 */
export function requireSignedIn(exchange: Exchange): Principal {
  const { principal, credential } = exchange
  if (credential === 'invalid') throw new EngineError('auth_failed', SESSION_EXPIRED)
  if (credential === 'unreadable') throw new EngineError('auth_failed', INVALID_TOKEN)
  if (credential === 'keys-off') throw new EngineError('forbidden', API_KEYS_OFF)
  if (principal.kind === 'anonymous') throw new EngineError('auth_failed', NOT_AUTHENTICATED)
  return principal
}

/** The caller, if it may use the app. Throws as `requireSignedIn`, and 401 (as Open WebUI does) for pending people. */
export function requireMember(exchange: Exchange): Principal {
  const principal = requireSignedIn(exchange)
  if (!isMember(principal)) throw prohibited()
  return principal
}

/** The caller, if it is an administrator (with a key: one that has the scope `admin`). Throws as `requireMember`. */
export function requireAdmin(exchange: Exchange): Principal {
  const principal = requireMember(exchange)
  if (isAdmin(principal)) return principal
  // An administrator's key that may less than its person is told so.
  if (principal.role === 'admin') requireScope(exchange, 'admin')
  throw prohibited()
}

/** Throws 403 if the caller came with an API key that is not for this kind of work. */
export function requireScope({ principal }: Exchange, scope: KeyScope): void {
  if (hasScope(principal, scope)) return
  throw new EngineError(
    'forbidden',
    `This API key may not be used for this: it does not have the scope "${scope}". Make a key that has it.`,
  )
}

function prohibited(): EngineError {
  return new EngineError('forbidden', ACCESS_PROHIBITED, { status: 401 })
}
