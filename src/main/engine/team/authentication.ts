import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '../spec/clock.ts'
import type { Principal } from '../spec/principal.ts'
import type { Authenticated } from '../spec/team.ts'
import type { Storage } from '../storage/index.ts'
import type { LastSeen } from './last-seen.ts'
import type { Principals } from './principals.ts'
import { hashOf, kindOf } from './secrets-of-ours.ts'
import type { TeamChanges } from './team-changes.ts'
import type { TeamSettingsRecord } from './team-settings.ts'

/** Tokens that are remembered; beyond, all are forgotten and looked up again. */
const MOST_REMEMBERED = 10_000

interface Known {
  hash: Buffer
  answer: Authenticated & { ok: true; isStillTrue: () => boolean }
}

interface AuthenticationOptions {
  storage: Storage
  settings: TeamSettingsRecord
  principals: Principals
  changes: TeamChanges
  lastSeen: LastSeen
  clock: Clock
}

/**
 * Tells who a token belongs to. Answers are remembered until anything about the team changes; whether a token has
 * expired is looked at each time. Unknown tokens are not remembered, so nobody can fill the memory with them.
 */
export function createAuthentication(options: AuthenticationOptions): (token: string) => Authenticated {
  const { storage, settings, principals, changes, lastSeen, clock } = options
  const known = new Map<string, Known>()
  let version = changes.version()

  function lookUp(kind: 'session' | 'key', hash: Buffer): Known | null {
    if (kind === 'session') {
      const session = storage.sessions.byHash(hash)
      if (session === null) return null
      const principal = principals.ofPerson(session.personId, { key: null, sessionId: session.id })
      return principal && remembered(session.tokenHash, session.expiresAt, principal)
    }
    const key = settings.get().apiKeys ? storage.apiKeys.byHash(hash) : null
    if (key === null) return null
    const { id, name, scopes } = key
    const principal = principals.ofPerson(key.personId, { key: { id, name, scopes }, sessionId: null })
    if (principal === null || !mayHaveKeys(principal)) return null
    return remembered(key.keyHash, key.expiresAt, principal)
  }

  /** `expiresAt`: epoch s; null never. */
  function remembered(hash: Buffer, expiresAt: number | null, principal: Principal): Known {
    const since = version
    const isStillTrue = (): boolean => {
      if (since !== changes.version() || (expiresAt !== null && expiresAt <= clock.now() / 1000)) return false
      lastSeen.saw(principal)
      return true
    }
    return { hash, answer: { ok: true, principal, isStillTrue } }
  }

  return (token) => {
    const kind = kindOf(token)
    if (kind === null) return { ok: false, why: 'foreign' }
    if (version !== changes.version() || known.size > MOST_REMEMBERED) {
      known.clear()
      version = changes.version()
    }
    const hash = hashOf(token)
    const name = hash.toString('latin1')
    let found = known.get(name) ?? null
    if (found === null) {
      found = lookUp(kind, hash)
      if (found !== null) known.set(name, found)
    }
    // Found by its hash, so this only makes sure that how the index compares tells nothing.
    if (found === null || !timingSafeEqual(found.hash, hash)) return { ok: false, why: 'invalid' }
    return found.answer.isStillTrue() ? found.answer : { ok: false, why: 'invalid' }
  }
}

/** Keys of people who wait for approval, or who lost the permission, do nothing. */
export function mayHaveKeys({ permissions }: Pick<Principal, 'permissions'>): boolean {
  return permissions.features.api_keys
}
