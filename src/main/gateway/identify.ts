import type { IncomingMessage } from 'node:http'
import { ANONYMOUS, OWNER } from '../engine/spec/principal.ts'
import type { Team } from '../engine/spec/team.ts'
import type { KnownToken } from './client-connection.ts'
import { isAt } from './dialect.ts'
import type { Exchange } from './exchange.ts'
import { sessionCookie } from './session-cookie.ts'

/**
 * Finds out who asks and notes it in the exchange. A token is an `Authorization: Bearer`, the cookie `token` or a
 * key header (`x-api-key`); the first that has the shape of ours counts, the others are placeholders that local tools
 * were given. Without one, the caller is the owner at this computer's own door (unless the team settings ask for a
 * sign-in there), and nobody at the network's. `believesCookies` is false for pages of other origins: what a browser
 * adds by itself proves nothing about them.
 */
export function identify(exchange: Exchange, believesCookies: boolean): void {
  const { team } = exchange.gateway.engine
  const answer = knownBefore(exchange) ?? authenticate(exchange, team, believesCookies)
  if (answer === null) {
    const isOwner = exchange.listener === 'local' && !team.settings().requireSignIn
    exchange.principal = isOwner ? OWNER : ANONYMOUS
    if (!isOwner) exchange.credential = foreignCredential(exchange.req, team)
    return
  }
  if (!answer.ok) {
    exchange.credential = answer.credential
    return
  }
  const { principal } = answer
  if (
    principal.key !== null &&
    !(
      mayUseKeys(team, principal.role === 'admin', principal.permissions.features.api_keys) &&
      isOpenToKeys(team, exchange.path)
    )
  ) {
    exchange.credential = 'keys-off'
    return
  }
  exchange.credential = 'valid'
  exchange.principal = principal
}

type Known = KnownToken['answer']

/** Who the token of the request before stands for, if it is what this one brings too: nothing of it has to be read. */
function knownBefore({ req, res }: Exchange): Known | null {
  const last = res.client?.lastKnown ?? null
  if (last === null || last.authorization === null || last.authorization !== req.headers.authorization) return null
  return last.answer.isStillTrue?.() === true ? last.answer : null
}

/** Who the request's token stands for; null if it has none of ours. */
function authenticate(
  { req, res }: Exchange,
  team: Team,
  believesCookies: boolean,
): Known | { ok: false; credential: Exchange['credential'] } | null {
  const token = ownToken(req, team, believesCookies)
  if (token === null) return null
  // A token is hashed and looked up once per connection and change of the team.
  const last = res.client?.lastKnown ?? null
  if (last !== null && last.token === token && last.answer.isStillTrue?.() === true) return last.answer
  const answer = team.authenticate(token)
  if (!answer.ok) {
    return { ok: false, credential: token.startsWith('sk-') && !team.settings().apiKeys ? 'keys-off' : 'invalid' }
  }
  if (res.client !== null) {
    const { authorization } = req.headers
    const isInIt = authorization !== undefined && bearerToken(authorization) === token
    res.client.lastKnown = { token, authorization: isInIt ? authorization : null, answer }
  }
  return answer
}

/**
 * What a text that is none of ours was meant as, where one of ours is needed: an API key, or a session. Cookies say
 * nothing here: those of other programs come along.
 */
function foreignCredential(req: IncomingMessage, team: Team): 'none' | 'invalid' | 'keys-off' | 'unreadable' {
  const bearer = bearerToken(req.headers.authorization)
  const given = bearer ? [bearer] : team.keyHeaders.map((name) => req.headers[name])
  if (given.some((text) => typeof text === 'string' && text.startsWith('sk-'))) {
    return team.settings().apiKeys ? 'invalid' : 'keys-off'
  }
  return bearer ? 'unreadable' : 'none'
}

/** Keys may be switched off for all, and are a permission of people who are not administrators. */
function mayUseKeys(team: Team, isAdministrator: boolean, isPermitted: boolean): boolean {
  return team.settings().apiKeys && (isAdministrator || isPermitted)
}

/** Whether keys may be used for a path; they may be kept to some. */
function isOpenToKeys({ keyEndpoints }: Team, path: string): boolean {
  return keyEndpoints === null || keyEndpoints.some((open) => isAt(open, path))
}

function ownToken(req: IncomingMessage, team: Team, believesCookies: boolean): string | null {
  const bearer = bearerToken(req.headers.authorization)
  if (bearer !== null && team.isOurs(bearer)) return bearer
  const cookie = believesCookies ? sessionCookie(req) : null
  if (cookie !== null && team.isOurs(cookie)) return cookie
  for (const name of team.keyHeaders) {
    const key = req.headers[name]
    if (typeof key === 'string' && team.isOurs(key)) return key
  }
  return null
}

function bearerToken(authorization: string | undefined): string | null {
  if (authorization === undefined || !/^bearer /i.test(authorization)) return null
  return authorization.slice('bearer '.length).trim()
}
