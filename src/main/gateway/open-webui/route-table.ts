import type { KeyScope } from '#shared/team.ts'
import { EngineError } from '../../engine/spec/engine-error.ts'
import type { Exchange } from '../exchange.ts'
import type { RouteAccess } from '../route-access.ts'
import type { Routes } from '../router.ts'

/** `index` is the path's `url_idx`; null where none is named. */
export type WebUiHandler = (exchange: Exchange, index: number | null) => Promise<void> | void

/** A route, who may call it, and what an API key needs to. */
export interface WebUiRoute extends RouteAccess {
  handler: WebUiHandler
}

/**
 * Routes as the reference writes them: one that ends in `[/{i}]` takes a list position behind its path; other `{names}`
 * stand for one segment each (`exchange.params`).
 */
export type WebUiTable = Record<`${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD'} /${string}`, WebUiRoute>

const INDEXED = '[/{i}]'

/** For anybody, also before signing in. */
export function pub(handler: WebUiHandler): WebUiRoute {
  return { level: 'public', scope: null, handler }
}
/** For whoever is signed in, also people who wait for approval. */
export function sgn(handler: WebUiHandler, scope: KeyScope | null = null): WebUiRoute {
  return { level: 'signed-in', scope, handler }
}
/** For people with the role user or admin. `scope` is what an API key must have; null: any key will do. */
export function ver(handler: WebUiHandler, scope: KeyScope | null): WebUiRoute {
  return { level: 'member', scope, handler }
}
/** For administrators; an API key needs the scope `admin`. */
export function adm(handler: WebUiHandler): WebUiRoute {
  return { level: 'admin', scope: 'admin', handler }
}

/** Who may call each route of a table, by the names that the router knows them under. */
export function accessOf(table: WebUiTable): Record<string, RouteAccess> {
  const access: Record<string, RouteAccess> = {}
  for (const [route, { level, scope }] of Object.entries(table)) {
    const path = withoutIndex(route)
    access[path] = { level, scope, isTimed: true }
    if (path !== route) access[`${path}/*`] = { level, scope, isTimed: true }
  }
  return access
}

/** The table as the router takes it. */
export function toRoutes(table: WebUiTable): Routes {
  const routes: Routes = {}
  for (const [route, { handler }] of Object.entries(table)) {
    const path = withoutIndex(route) as keyof Routes
    routes[path] = (exchange) => handler(exchange, null)
    if (path === route) continue
    routes[`${path}/*` as keyof Routes] = (exchange) => handler(exchange, indexOf(exchange))
  }
  return routes
}

function withoutIndex(route: string): string {
  return route.endsWith(INDEXED) ? route.slice(0, -INDEXED.length) : route
}

function indexOf(exchange: Exchange): number {
  if (!/^\d{1,6}$/.test(exchange.rest)) throw new EngineError('not_found', 'Not Found')
  return Number(exchange.rest)
}
