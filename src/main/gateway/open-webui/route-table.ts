import { EngineError } from '../../engine/spec/engine-error.ts'
import type { Exchange } from '../exchange.ts'
import type { Handler, Routes } from '../router.ts'
import { withProcessTime } from './process-time.ts'

/** Who may call a route: anybody, a signed-in person, an administrator. The owner of a loopback gateway is all three. */
export type Level = 'pub' | 'ver' | 'adm'

/** `index` is the path's `url_idx`; null where none is named. */
export type WebUiHandler = (exchange: Exchange, index: number | null) => Promise<void> | void

export interface WebUiRoute {
  level: Level
  handler: WebUiHandler
}

/** Routes as the reference writes them: one that ends in `[/{i}]` takes a list position behind its path. */
export type WebUiTable = Record<`${'GET' | 'POST' | 'DELETE' | 'HEAD'} /${string}`, WebUiRoute>

const INDEXED = '[/{i}]'

export function pub(handler: WebUiHandler): WebUiRoute {
  return { level: 'pub', handler }
}
export function ver(handler: WebUiHandler): WebUiRoute {
  return { level: 'ver', handler }
}
export function adm(handler: WebUiHandler): WebUiRoute {
  return { level: 'adm', handler }
}

/** The table as the router takes it. */
export function toRoutes(table: WebUiTable): Routes {
  const routes: Routes = {}
  for (const [route, { handler }] of Object.entries(table)) {
    const path = (route.endsWith(INDEXED) ? route.slice(0, -INDEXED.length) : route) as keyof Routes
    routes[path] = timed((exchange) => handler(exchange, null))
    if (path === route) continue
    routes[`${path}/*` as keyof Routes] = timed((exchange) => handler(exchange, indexOf(exchange)))
  }
  return routes
}

function timed(handler: Handler): Handler {
  return (exchange) => {
    withProcessTime(exchange)
    return handler(exchange)
  }
}

function indexOf(exchange: Exchange): number {
  if (!/^\d{1,6}$/.test(exchange.rest)) throw new EngineError('not_found', 'Not Found')
  return Number(exchange.rest)
}
