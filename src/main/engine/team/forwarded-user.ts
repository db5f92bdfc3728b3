import { SignJWT } from 'jose'
import type { Clock } from '../spec/clock.ts'
import type { Principal } from '../spec/principal.ts'
import { type Environment, switchOf, textOf } from './environment-texts.ts'
import { inSeconds } from './team-rules.ts'

const VALID_S = 300
/** Made anew a minute before the upstream would refuse it. */
const REUSED_MS = 240_000
const MOST_REMEMBERED = 2_000

/** What a request belongs to, where it does. */
export interface ForwardedIds {
  chatId?: string | undefined
  messageId?: string | undefined
}

/** Headers that tell an upstream who asks, in lower case; a promise only where a token has to be signed. */
export type UserInfoHeaders = (
  principal: Principal,
  ids?: ForwardedIds,
) => Promise<Record<string, string>> | Record<string, string>

interface UserInfoOptions {
  environment: Environment
  clock: Clock
}

/**
 * With ENABLE_FORWARD_USER_INFO_HEADERS, Open WebUI's headers about the person; with FORWARD_USER_INFO_HEADER_JWT_SECRET
 * as well, a signed token instead of them. Nothing otherwise, and nothing for whoever is not signed in.
 */
export function createUserInfoHeaders({ environment, clock }: UserInfoOptions): UserInfoHeaders {
  if (!forwardsUserInfo(environment)) return () => ({})
  const secret = textOf(environment, 'FORWARD_USER_INFO_HEADER_JWT_SECRET')
  const withIds = openHeaders(environment)
  if (secret === undefined) return (principal, ids) => (principal.kind === 'anonymous' ? {} : withIds(principal, ids))
  const sign = createSigner(new TextEncoder().encode(secret), clock)
  return (principal) => (principal.kind === 'anonymous' ? {} : sign(principal))
}

/** Whether upstreams are told at all. Without it requests keep headers that are made once. */
export function forwardsUserInfo(environment: Environment): boolean {
  return switchOf(environment, 'ENABLE_FORWARD_USER_INFO_HEADERS') === true
}

function openHeaders(environment: Environment): (principal: Principal, ids?: ForwardedIds) => Record<string, string> {
  const named = (variable: string, usual: string): string => (textOf(environment, variable) ?? usual).toLowerCase()
  const names = {
    name: named('FORWARD_USER_INFO_HEADER_USER_NAME', 'X-OpenWebUI-User-Name'),
    id: named('FORWARD_USER_INFO_HEADER_USER_ID', 'X-OpenWebUI-User-Id'),
    email: named('FORWARD_USER_INFO_HEADER_USER_EMAIL', 'X-OpenWebUI-User-Email'),
    role: named('FORWARD_USER_INFO_HEADER_USER_ROLE', 'X-OpenWebUI-User-Role'),
    chatId: named('FORWARD_SESSION_INFO_HEADER_CHAT_ID', 'X-OpenWebUI-Chat-Id'),
    messageId: named('FORWARD_SESSION_INFO_HEADER_MESSAGE_ID', 'X-OpenWebUI-Message-Id'),
  }
  return ({ name, id, email, role }, ids = {}) => ({
    [names.name]: quoted(name),
    [names.id]: id,
    ...(email === '' ? {} : { [names.email]: email }),
    [names.role]: role,
    ...(ids.chatId === undefined ? {} : { [names.chatId]: ids.chatId }),
    ...(ids.messageId === undefined ? {} : { [names.messageId]: ids.messageId }),
  })
}

function createSigner(
  secret: Uint8Array,
  clock: Clock,
): (principal: Principal) => Promise<Record<string, string>> | Record<string, string> {
  const signed = new Map<string, { headers: Record<string, string>; until: number }>()

  async function sign({ id, name, email, role }: Principal, key: string): Promise<Record<string, string>> {
    const now = clock.now()
    const token = await new SignJWT({ email, name, role })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(id)
      .setIssuer('open-webui')
      .setIssuedAt(inSeconds(now))
      .setExpirationTime(inSeconds(now) + VALID_S)
      .sign(secret)
    const headers = { 'x-openwebui-user-jwt': token }
    if (signed.size >= MOST_REMEMBERED) signed.clear()
    signed.set(key, { headers, until: now + REUSED_MS })
    return headers
  }

  return (principal) => {
    // What the token says is part of the key: a changed role is told at once.
    const key = JSON.stringify([principal.id, principal.name, principal.email, principal.role])
    const known = signed.get(key)
    return known !== undefined && known.until > clock.now() ? known.headers : sign(principal, key)
  }
}

/** As Python's `quote` with a space kept, which is what Open WebUI's receivers undo. */
function quoted(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll('%20', ' ')
    .replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
}
