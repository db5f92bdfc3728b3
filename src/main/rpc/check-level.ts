import { EngineError } from '../engine/spec/engine-error.ts'
import { isAdmin, isMember, type Principal } from '../engine/spec/principal.ts'
import { levelOf } from './procedure-levels.ts'

/** Why this caller may not call this procedure; null if it may, and for procedures that do not exist. */
export function refusalFor(path: readonly string[], principal: Principal): EngineError | null {
  const level = levelOf(path)
  if (level === null || level === 'public') return null
  if (principal.kind === 'anonymous') return new EngineError('auth_failed', 'Sign in first.')
  if (principal.key !== null && !principal.key.scopes.includes('admin')) {
    return new EngineError(
      'forbidden',
      'This API key may not use the window’s own interface: it does not have the scope "admin". Use the API instead.',
    )
  }
  if (level === 'signed-in') return null
  if (!isMember(principal)) {
    return new EngineError('forbidden', 'Your account waits for approval by an administrator.')
  }
  if (level === 'admin' && !isAdmin(principal)) {
    return new EngineError('forbidden', 'Only an administrator may do this.')
  }
  return null
}

interface Call {
  path: readonly string[]
  context: { principal: Principal }
  next(): Promise<unknown>
}

/** An oRPC interceptor around every call, before its input is looked at. */
export async function checkLevel({ path, context, next }: Call): Promise<unknown> {
  const refusal = refusalFor(path, context.principal)
  if (refusal !== null) throw refusal
  return next()
}
