import { ANONYMOUS, OWNER } from '../engine/spec/principal.ts'
import type { Authenticated, Team } from '../engine/spec/team.ts'
import type { Exchange } from './exchange.ts'
import { sessionCookie } from './session-cookie.ts'

/**
 * Finds out who asks and notes it in the exchange. A token is an `Authorization: Bearer`, the cookie `token` or an
 * `x-api-key`; the first that has the shape of ours counts, the others are placeholders that local tools were given.
 * Without one, the caller is the owner at this computer's own door (unless the team settings ask for a sign-in there),
 * and nobody at the network's. `believesCookies` is false for pages of other origins: what a browser adds by itself
 * proves nothing about them.
 */
export function identify(exchange: Exchange, believesCookies: boolean): void {
  const { team } = exchange.gateway.engine
  const token = ownToken(exchange, team, believesCookies)
  if (token === null) {
    exchange.principal = exchange.listener === 'local' && !team.settings().requireSignIn ? OWNER : ANONYMOUS
    return
  }
  const answer = authenticate(exchange, token, team)
  if (!answer.ok) {
    exchange.credential = token.startsWith('sk-') && !team.settings().apiKeys ? 'keys-off' : 'invalid'
    return
  }
  const { principal } = answer
  if (
    principal.key !== null &&
    !mayUseKeys(team, principal.role === 'admin', principal.permissions.features.api_keys)
  ) {
    exchange.credential = 'keys-off'
    return
  }
  exchange.credential = 'valid'
  exchange.principal = principal
}

/** The token that came last over a connection, as long as it is open: programs send the same one with each request. */
const lastOver = new WeakMap<object, { token: string; answer: Authenticated & { ok: true } }>()

/** Hashing a token and looking it up is done once per connection and change of the team. */
function authenticate({ req: { socket } }: Exchange, token: string, team: Team): Authenticated {
  const last = lastOver.get(socket)
  if (last !== undefined && last.token === token && last.answer.isStillTrue?.() === true) return last.answer
  const answer = team.authenticate(token)
  if (answer.ok) lastOver.set(socket, { token, answer })
  return answer
}

/** Keys may be switched off for all, and are a permission of people who are not administrators. */
function mayUseKeys(team: Team, isAdministrator: boolean, isPermitted: boolean): boolean {
  return team.settings().apiKeys && (isAdministrator || isPermitted)
}

function ownToken({ req }: Exchange, team: Team, believesCookies: boolean): string | null {
  const { authorization } = req.headers
  if (authorization !== undefined && /^bearer /i.test(authorization)) {
    const token = authorization.slice('bearer '.length).trim()
    if (team.isOurs(token)) return token
  }
  const cookie = believesCookies ? sessionCookie(req) : null
  if (cookie !== null && team.isOurs(cookie)) return cookie
  const key = req.headers['x-api-key']
  return typeof key === 'string' && team.isOurs(key) ? key : null
}
