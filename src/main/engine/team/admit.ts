import { randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import type { Role } from '#shared/access.ts'
import type { Clock } from '../spec/clock.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { Storage } from '../storage/index.ts'
import { hashOf } from './secrets-of-ours.ts'
import { inSeconds } from './team-rules.ts'
import type { TeamSettingsRecord } from './team-settings.ts'

const LOOPBACK = /^(::ffff:)?127\.|^::1$/

/** Somebody who comes in by themselves. */
export interface Candidate {
  name: string
  email: string
  /** A provider verified the address. */
  emailProven: boolean
  profileImageUrl: string
  passwordHash: string | null
}

/** Whether and as what somebody may come in. */
export interface Admission {
  /**
   * Throws what `admit` would throw, before a password is hashed for nothing. Another may be faster in between, so
   * `admit` looks again.
   */
  check(email: string, invite: string | null, address: string): void
  /**
   * Makes the account, all of it or nothing, and returns its id: whoever is invited becomes what the invitation says, the
   * first at this computer administrator, others what the settings say. `address` is where the request came from.
   * Throws `forbidden` (`signUp`, `invite`, `firstAccount`), `conflict` (`email`).
   */
  admit(candidate: Candidate, invite: string | null, address: string): string
}

export function createAdmission(storage: Storage, settings: TeamSettingsRecord, clock: Clock): Admission {
  const { people, groups, invites } = storage

  /** What the account gets; throws where nobody is let in. */
  function terms(
    email: string,
    secret: string | null,
    address: string,
  ): { role: Role; groupIds: string[]; inviteId: string | null } {
    const isFirst = people.count() === 0
    const invite = secret === null ? null : invites.byHash(hashOf(secret))
    const isUsable = invite !== null && invite.usedAt === null && invite.expiresAt > inSeconds(clock.now())
    if (secret !== null && !isUsable) {
      throw new EngineError('forbidden', 'This invitation was used already or has expired. Ask for a new one.', {
        param: 'invite',
      })
    }
    // Keys alone may open this to a network; whoever finds it first there must not become its administrator.
    if (isFirst && !isUsable && isIP(address) !== 0 && !LOOPBACK.test(address)) {
      throw new EngineError('forbidden', 'The first account is made at the computer that runs this.', {
        param: 'firstAccount',
      })
    }
    const { signUp, defaultRole, defaultGroupId } = settings.get()
    if (signUp === 'closed' && !isUsable && !isFirst) {
      throw new EngineError('forbidden', 'New accounts are by invitation only. Ask an administrator for one.', {
        param: 'signUp',
      })
    }
    if (people.findByEmail(email) !== null) throw emailTaken()
    const role = isUsable ? invite.role : isFirst ? 'admin' : signUp === 'open' ? defaultRole : 'pending'
    return {
      role,
      groupIds: [...(defaultGroupId === null ? [] : [defaultGroupId]), ...(isUsable ? invite.groupIds : [])],
      inviteId: isUsable ? invite.id : null,
    }
  }

  return {
    check(email, invite, address) {
      terms(email, invite, address)
    },
    admit: (candidate, secret, address) =>
      storage.write(() => {
        const { role, groupIds, inviteId } = terms(candidate.email, secret, address)
        const id = randomUUID()
        const now = inSeconds(clock.now())
        if (inviteId !== null && !invites.use(inviteId, id, now)) throw new Error('an invitation was used in between')
        const isVouchedFor = candidate.emailProven || inviteId !== null || role === 'admin'
        people.insert({ ...candidate, id, role, emailProven: isVouchedFor }, now)
        // A group may have been removed since the invitation was made.
        for (const groupId of groupIds) if (groups.find(groupId) !== null) groups.addMember(groupId, id)
        return id
      }),
  }
}

export function emailTaken(): EngineError {
  return new EngineError('conflict', 'There is an account with this e-mail address. Sign in, or use another address.', {
    param: 'email',
  })
}
