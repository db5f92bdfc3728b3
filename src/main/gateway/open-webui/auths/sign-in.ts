import { z } from 'zod'
import type { SignedIn, SignInOrigin } from '../../../engine/spec/team.ts'
import { sessionToJson, signedInToJson } from '../../../engine/wire/open-webui/session-json.ts'
import type { Exchange } from '../../exchange.ts'
import { ACCESS_PROHIBITED } from '../../require.ts'
import { sendJson } from '../../respond.ts'
import { clearSessionCookie, clientAddress, setSessionCookie } from '../../session-cookie.ts'
import { givenPicture } from '../users/profile-picture.ts'
import { ACCOUNT_SAYINGS, checkPasswordLength, readAccountForm } from './account-form.ts'
import { inWords, RATE_LIMITED, WRONG_CREDENTIALS } from './words.ts'

const signInSchema = z.looseObject({ email: z.string(), password: z.string() })
const signUpSchema = z.looseObject({
  name: z.string().trim().min(1).max(200),
  email: z.string(),
  password: z.string(),
  profile_image_url: z.string().nullish(),
  /** Ours: the last part of an invitation's link. */
  invite: z.string().max(500).nullish(),
})

/** GET /api/v1/auths: who is signed in. */
export function session(exchange: Exchange): void {
  const { principal, gateway, req } = exchange
  const shown = /^Bearer\s+(\S+)$/i.exec(req.headers.authorization ?? '')?.[1] ?? ''
  const isOwner = principal.kind === 'owner'
  const { team } = gateway.engine
  const person = isOwner ? null : team.person(principal.id)
  const current = team.sessions(principal.id, principal.sessionId).find((each) => each.current)
  const expiresAt = current?.expiresAt ?? null
  sendJson(exchange, 200, sessionToJson(principal, person, isOwner ? '' : shown, expiresAt), NOT_STORED)
}

/** POST /api/v1/auths/signin */
export async function signIn(exchange: Exchange): Promise<void> {
  const { team } = exchange.gateway.engine
  const { email, password } = await readAccountForm(exchange, signInSchema)
  const wrong = { status: 400, text: WRONG_CREDENTIALS }
  const sayings = { auth_failed: wrong, invalid_request: wrong, rate_limited: { status: 429, text: RATE_LIMITED } }
  const signedIn = await inWords(sayings, () => team.signIn(email, password, originOf(exchange)))
  welcome(exchange, signedIn)
}

/** POST /api/v1/auths/signup, with or without an invitation. */
export async function signUp(exchange: Exchange): Promise<void> {
  const { team } = exchange.gateway.engine
  const form = await readAccountForm(exchange, signUpSchema)
  checkPasswordLength(form.password)
  const profileImageUrl = givenPicture(form.profile_image_url, null) ?? ''
  const sayings = {
    ...ACCOUNT_SAYINGS,
    'forbidden:signUp': { status: 403, text: ACCESS_PROHIBITED },
    // An invitation that is used up or expired has words of its own.
    forbidden: { status: 403 },
    rate_limited: { status: 429, text: RATE_LIMITED },
  }
  const input = { name: form.name, email: form.email, password: form.password, profileImageUrl }
  const signedIn = await inWords(sayings, () => team.signUp(input, originOf(exchange), form.invite ?? undefined))
  welcome(exchange, signedIn)
}

/** GET and POST /api/v1/auths/signout: ends the session that the request came with. API keys are not sessions. */
export function signOut(exchange: Exchange): void {
  const { principal, gateway } = exchange
  if (principal.sessionId !== null) gateway.engine.team.signOut(principal.sessionId)
  clearSessionCookie(exchange)
  sendJson(exchange, 200, { status: true })
}

/**
 * The network's door may stand on a loopback address as well (a proxy, a second local address): nobody there counts as
 * sitting at this computer, which is what the first account needs.
 */
function addressOf(exchange: Exchange): string {
  const address = clientAddress(exchange)
  return exchange.listener === 'network' && /^(?:::ffff:)?127\.|^::1$/.test(address) ? '0.0.0.0' : address
}

/** What attempts are counted under. */
export function originOf(exchange: Exchange): SignInOrigin {
  return { address: addressOf(exchange), userAgent: (exchange.req.headers['user-agent'] ?? '').slice(0, 500) }
}

function welcome(exchange: Exchange, signedIn: SignedIn): void {
  const { team } = exchange.gateway.engine
  setSessionCookie(exchange, signedIn.token, signedIn.expiresAt)
  sendJson(exchange, 200, signedInToJson(signedIn, team.permissionsOf(signedIn.person.id)), NOT_STORED)
}

const NOT_STORED = { 'Cache-Control': 'no-store' }
