import type { IncomingMessage } from 'node:http'
import type { Exchange } from './exchange.ts'

/** As Open WebUI names it. */
const NAME = 'token'
/** `token=…` with the separator that belongs to it. */
const OWN_PAIR = /(?:^|;)\s*token=[^;]*/g

/** Gives the browser its session: out of reach for scripts, not sent along by other sites' forms, over TLS only there. */
export function setSessionCookie(exchange: Exchange, token: string, expiresAt: number): void {
  const seconds = Math.max(0, Math.floor(expiresAt - Date.now() / 1000))
  const expires = new Date(expiresAt * 1000).toUTCString()
  exchange.res.appendHeader(
    'Set-Cookie',
    `${NAME}=${token}; Path=/; Max-Age=${seconds}; Expires=${expires}; ${flags(exchange)}`,
  )
}

/** Takes the session from the browser. */
export function clearSessionCookie(exchange: Exchange): void {
  exchange.res.appendHeader(
    'Set-Cookie',
    `${NAME}=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; ${flags(exchange)}`,
  )
}

/** The session that a browser brings; null without one. */
export function sessionCookie({ headers }: IncomingMessage): string | null {
  const { cookie } = headers
  if (cookie === undefined || !cookie.includes(`${NAME}=`)) return null
  for (const pair of cookie.split(';')) {
    const [name, value = ''] = pair.trim().split('=', 2)
    if (name === NAME && value !== '') return value
  }
  return null
}

/** A Cookie header without our session, for servers that get a caller's cookies; undefined if nothing is left. */
export function withoutSession(cookie: string): string | undefined {
  const others = cookie.replace(OWN_PAIR, '').replace(/^[;\s]+/, '')
  return others === '' ? undefined : others
}

/** Where the request comes from as the network says: no header is believed. */
export function clientAddress({ req }: Exchange): string {
  const address = req.socket.remoteAddress ?? ''
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}

function flags({ encrypted }: Exchange): string {
  return `HttpOnly; SameSite=Lax${encrypted ? '; Secure' : ''}`
}
