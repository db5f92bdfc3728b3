import { randomUUID } from 'node:crypto'
import { type Invite, type NewInvite, newInviteSchema } from '#shared/team.ts'
import type { Clock } from '../spec/clock.ts'
import type { Principal } from '../spec/principal.ts'
import type { Storage } from '../storage/index.ts'
import { read } from './person-input.ts'
import { hashOf, newInviteSecret } from './secrets-of-ours.ts'
import type { TeamChanges } from './team-changes.ts'
import { inSeconds, notFound, requireAdmin } from './team-rules.ts'

/** Single-use ways in. Making and revoking them takes an administrator. */
export interface Invites {
  create(input: NewInvite, by: Principal): { invite: Invite; secret: string }
  revoke(id: string, by: Principal): void
  /** Null if used, expired or unknown. */
  check(secret: string): Invite | null
}

export function createInvites(storage: Storage, changes: TeamChanges, clock: Clock): Invites {
  return {
    create(input, by) {
      requireAdmin(by)
      const { note, role, groupIds, hours } = read(newInviteSchema, input)
      for (const id of groupIds) if (storage.groups.find(id) === null) throw notFound('group', 'groupIds')
      const secret = newInviteSecret()
      const now = inSeconds(clock.now())
      const invite: Invite = {
        id: randomUUID(),
        note,
        role,
        groupIds: [...new Set(groupIds)],
        createdAt: now,
        expiresAt: now + hours * 3_600,
        usedAt: null,
        personId: null,
      }
      storage.invites.insert({ ...invite, secretHash: hashOf(secret), createdBy: by.id })
      changes.changed()
      return { invite, secret }
    },

    revoke(id, by) {
      requireAdmin(by)
      if (storage.invites.find(id) === null) throw notFound('invitation', 'id')
      storage.invites.remove(id)
      changes.changed()
    },

    check(secret) {
      const found = storage.invites.byHash(hashOf(secret))
      if (found === null || found.usedAt !== null || found.expiresAt <= inSeconds(clock.now())) return null
      const { secretHash: _, createdBy: __, ...invite } = found
      return invite
    },
  }
}
