import { hash, randomBytes } from 'node:crypto'

/** `swy_` and 32 random bytes. */
const SESSION_TOKEN = /^swy_[\w-]{43}$/
/** `sk-swy-` and 24 random bytes. */
const API_KEY = /^sk-swy-[0-9a-f]{48}$/

/** What a text looks like; null for what is none of ours. */
export function kindOf(token: string): 'session' | 'key' | null {
  if (SESSION_TOKEN.test(token)) return 'session'
  return API_KEY.test(token) ? 'key' : null
}

export function newSessionToken(): string {
  return `swy_${randomBytes(32).toString('base64url')}`
}

export function newApiKey(): { secret: string; start: string } {
  const secret = `sk-swy-${randomBytes(24).toString('hex')}`
  return { secret, start: `${secret.slice(0, 'sk-swy-'.length + 4)}…` }
}

export function newInviteSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** What is kept of any of them. Enough for random texts of this length; passwords are another matter. */
export function hashOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer')
}
