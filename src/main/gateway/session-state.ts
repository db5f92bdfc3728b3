import { sessionState } from '../engine/wire/session-state.ts'
import type { Exchange } from './exchange.ts'
import { sendJson } from './respond.ts'
import { clearSessionCookie, sessionCookie } from './session-cookie.ts'

/** GET /ui/session: who the browser is and what it may do next. Answered before anybody signed in. */
export function session(exchange: Exchange): void {
  const { engine } = exchange.gateway
  // A session that ended would keep its browser out of everything, with no way to drop it: scripts cannot.
  if (exchange.credential === 'invalid' && sessionCookie(exchange.req) !== null) clearSessionCookie(exchange)
  const { principal, encrypted, listener } = exchange
  const state = sessionState(engine.team, { principal, encrypted, atThisComputer: listener === 'local' })
  sendJson(exchange, 200, state, { 'Cache-Control': 'no-store' })
}
