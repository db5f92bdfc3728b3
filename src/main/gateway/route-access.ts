import type { KeyScope } from '#shared/team.ts'
import type { Exchange } from './exchange.ts'
import { requireAdmin, requireMember, requireScope, requireSignedIn } from './require.ts'

/**
 * Who may call a route:
 * - `public`: anybody, also on the network before signing in
 * - `signed-in`: whoever is signed in, also people who wait for approval
 * - `member`: people with the role user or admin
 * - `admin`: administrators
 * The owner at this computer is all of them.
 */
export type Level = 'public' | 'signed-in' | 'member' | 'admin'

/** `scope` is what an API key must have beyond its person's rights; null: any key will do. */
export interface RouteAccess {
  level: Level
  scope: KeyScope | null
  /** Answers, refusals too, say how long they took. */
  isTimed?: boolean
}

/** Throws unless the caller may call a route; see `require.ts` for how. */
export function checkAccess(exchange: Exchange, { level, scope }: RouteAccess): void {
  switch (level) {
    case 'public':
      return
    case 'signed-in':
      requireSignedIn(exchange)
      break
    case 'member':
      requireMember(exchange)
      break
    case 'admin':
      requireAdmin(exchange)
  }
  if (scope !== null) requireScope(exchange, scope)
}
