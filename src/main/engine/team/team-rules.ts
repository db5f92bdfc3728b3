import { EngineError } from '../spec/engine-error.ts'
import { hasScope, isAdmin, type Principal } from '../spec/principal.ts'

/** Throws `forbidden` unless it is an administrator or the owner. */
export function requireAdmin(by: Principal): void {
  if (!isAdmin(by)) {
    throw new EngineError('forbidden', 'Only an administrator can do this. Ask one of them.', { param: 'role' })
  }
}

/** Throws `forbidden` unless it acts on its own account or is an administrator. An API key needs the scope `admin` for either. */
export function requireSelfOrAdmin(personId: string, by: Principal): void {
  if (isAdmin(by)) return
  if (by.id !== personId || by.kind === 'anonymous') requireAdmin(by)
  if (!hasScope(by, 'admin')) {
    throw new EngineError('forbidden', 'An API key cannot change the account it belongs to. Sign in for this.', {
      param: 'key',
    })
  }
}

export function notFound(what: string, param: string): EngineError {
  return new EngineError('not_found', `There is no such ${what}; it may have been removed.`, { param })
}

/** The clock in whole seconds, as accounts keep their times. */
export function inSeconds(ms: number): number {
  return Math.floor(ms / 1000)
}
