import { z } from 'zod'
import type { Invite } from '#shared/team.ts'
import type { WritableDatabase } from './sqlite.ts'
import type { Writer } from './writer.ts'

/** An invitation as it is kept: of the link's secret only the SHA-256. */
export interface StoredInvite extends Invite {
  secretHash: Buffer
  createdBy: string
}

/** Invitations. Writing throws `disk_full` or `storage_failed`. */
export interface InvitesStore {
  /** Newest first. */
  all(): Invite[]
  find(id: string): Invite | null
  byHash(secretHash: Buffer): StoredInvite | null
  insert(invite: StoredInvite): void
  /** Marks it as used by somebody. False, and nothing happens, if it was used before or has expired. */
  use(id: string, personId: string, now: number): boolean
  remove(id: string): void
}

interface Row extends Omit<StoredInvite, 'groupIds'> {
  groupIds: string
}

const COLUMNS = `id, secret_hash AS secretHash, note, role, group_ids AS groupIds, created_by AS createdBy,
  created_at AS createdAt, expires_at AS expiresAt, used_at AS usedAt, person_id AS personId`

const idsSchema = z.array(z.string())

/** The statements about invitations. */
export function createInvitesStore(db: WritableDatabase, writer: Writer): InvitesStore {
  const all = db.prepare<[], Row>(`SELECT ${COLUMNS} FROM invites ORDER BY seq DESC`)
  const find = db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM invites WHERE id = ?`)
  const byHash = db.prepare<[Buffer], Row>(`SELECT ${COLUMNS} FROM invites WHERE secret_hash = ?`)
  const insert = db.prepare(
    `INSERT INTO invites (id, secret_hash, note, role, group_ids, created_by, created_at, expires_at, used_at, person_id)
     VALUES (@id, @secretHash, @note, @role, @groupIds, @createdBy, @createdAt, @expiresAt, @usedAt, @personId)`,
  )
  const use = db.prepare(
    'UPDATE invites SET used_at = @now, person_id = @personId WHERE id = @id AND used_at IS NULL AND expires_at > @now',
  )
  const remove = db.prepare('DELETE FROM invites WHERE id = ?')
  return {
    all: () => all.all().map(toInvite),
    find(id) {
      const row = find.get(id)
      return row === undefined ? null : toInvite(row)
    },
    byHash(secretHash) {
      const row = byHash.get(secretHash)
      return row === undefined ? null : { ...toInvite(row), secretHash: row.secretHash, createdBy: row.createdBy }
    },
    insert(invite) {
      writer.write(() => void insert.run({ ...invite, groupIds: JSON.stringify(invite.groupIds) }))
    },
    use: (id, personId, now) => writer.write(() => use.run({ id, personId, now }).changes === 1),
    remove(id) {
      writer.write(() => void remove.run(id))
    },
  }
}

function toInvite({ groupIds, secretHash: _, createdBy: __, ...row }: Row): Invite {
  return { ...row, groupIds: idsSchema.parse(JSON.parse(groupIds)) }
}
