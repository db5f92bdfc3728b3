import { randomUUID } from 'node:crypto'
import type { NewPerson, Person, SessionInfo } from '#shared/team.ts'
import type { Clock } from '../spec/clock.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { SignedIn, SignInOrigin } from '../spec/team.ts'
import type { Storage } from '../storage/index.ts'
import type { Admission } from './admit.ts'
import type { LastSeen } from './last-seen.ts'
import { checkPassword, type Passwords } from './passwords.ts'
import { readNewPerson } from './person-input.ts'
import { hashOf, newSessionToken } from './secrets-of-ours.ts'
import type { SignInLimits } from './sign-in-limits.ts'
import type { TeamChanges } from './team-changes.ts'
import { inSeconds, notFound } from './team-rules.ts'

const MAX_USER_AGENT = 300

interface SignInOptions {
  storage: Storage
  admission: Admission
  passwords: Passwords
  limits: SignInLimits
  changes: TeamChanges
  lastSeen: LastSeen
  clock: Clock
  /** Seconds. */
  lifetime: number
  person: (id: string) => Person | null
}

/** Accounts by sign-up, and sessions by password. */
export interface SignIn {
  signUp(input: NewPerson, origin: SignInOrigin, invite?: string): Promise<SignedIn>
  signIn(email: string, password: string, origin: SignInOrigin): Promise<SignedIn>
  /** A session for somebody who has proven who they are. Throws `not_found`. */
  openSession(personId: string, origin: SignInOrigin): SignedIn
  signOut(sessionId: string): void
  signOutEverywhere(personId: string): number
  sessions(personId: string, current: string | null): SessionInfo[]
  changePassword(personId: string, current: string, next: string, keepSession: string | null): Promise<void>
}

export function createSignIn(options: SignInOptions): SignIn {
  const { storage, admission, passwords, limits, changes, lastSeen, clock, lifetime, person } = options

  function openSession(personId: string, origin: SignInOrigin): SignedIn {
    const found = person(personId)
    if (found === null) throw notFound('account', 'id')
    const token = newSessionToken()
    const now = inSeconds(clock.now())
    const session = {
      id: randomUUID(),
      tokenHash: hashOf(token),
      personId,
      userAgent: origin.userAgent.slice(0, MAX_USER_AGENT),
      createdAt: now,
      lastUsedAt: now,
      expiresAt: now + lifetime,
    }
    storage.write(() => {
      storage.sessions.removeExpired(now)
      storage.sessions.insert(session)
    })
    return { person: found, token, expiresAt: session.expiresAt }
  }

  return {
    openSession,

    async signUp(input, origin, invite) {
      const { name, email, password, profileImageUrl } = readNewPerson(input)
      checkPassword(password)
      const secret = invite ?? null
      // Failures count as failed sign-ins do: they would tell which addresses and invitations there are.
      const personId = await limits.attempt(null, origin.address, async () => {
        admission.check(email, secret, origin.address)
        await limits.newAccount(origin.address)
        const passwordHash = await passwords.hash(password)
        return admission.admit(
          { name, email, profileImageUrl, passwordHash, emailProven: false },
          secret,
          origin.address,
        )
      })
      changes.changed()
      return openSession(personId, origin)
    },

    async signIn(email, password, origin) {
      const address = email.trim().toLowerCase()
      return limits.attempt(address, origin.address, async () => {
        const found = storage.people.findByEmail(address)
        const passwordHash = found === null ? null : storage.people.passwordHash(found.id)
        const matches = await passwords.verify(passwordHash, password)
        // Looked at again: meanwhile the password may have been changed or the account removed.
        if (!matches || found === null || storage.people.passwordHash(found.id) !== passwordHash) throw wrong()
        return openSession(found.id, origin)
      })
    },

    signOut(sessionId) {
      storage.sessions.remove(sessionId)
      // Also whoever follows events with this session.
      changes.changed()
    },

    signOutEverywhere(personId) {
      const ended = storage.sessions.removeOfPerson(personId, null)
      changes.changed()
      return ended
    },

    sessions: (personId, current) =>
      storage.sessions
        .ofPerson(personId, inSeconds(clock.now()))
        .map(({ id, createdAt, lastUsedAt, expiresAt, userAgent }) => ({
          id,
          createdAt,
          lastUsedAt: lastSeen.session(id) ?? lastUsedAt,
          expiresAt,
          userAgent,
          current: id === current,
        }))
        .sort((left, right) => right.lastUsedAt - left.lastUsedAt),

    async changePassword(personId, current, next, keepSession) {
      if (storage.people.find(personId) === null) throw notFound('account', 'id')
      checkPassword(next, 'next')
      const passwordHash = storage.people.passwordHash(personId)
      if (passwordHash === null) {
        throw new EngineError(
          'forbidden',
          'This account has no password: it signs in elsewhere. An administrator can give it one.',
          { param: 'current' },
        )
      }
      // A window that was left open must not become a place to guess the password at.
      await limits.attempt(personId, `account ${personId}`, async () => {
        if (!(await passwords.verify(passwordHash, current))) {
          throw new EngineError('auth_failed', 'The current password is not right.', { param: 'current' })
        }
      })
      const nextHash = await passwords.hash(next)
      storage.write(() => {
        if (storage.people.passwordHash(personId) !== passwordHash) {
          throw new EngineError('conflict', 'The password was changed elsewhere at this moment. Nothing was done.', {
            param: 'current',
          })
        }
        storage.people.update(personId, { passwordHash: nextHash }, inSeconds(clock.now()))
        storage.sessions.removeOfPerson(personId, keepSession)
      })
      changes.changed()
    },
  }
}

/** The same words whether the address or the password is wrong. */
function wrong(): EngineError {
  return new EngineError('auth_failed', 'The e-mail address or the password is not right.', { param: 'password' })
}
