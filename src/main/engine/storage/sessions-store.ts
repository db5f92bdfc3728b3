import type { WritableDatabase } from './sqlite.ts'
import type { Writer } from './writer.ts'

/** A sign-in as it is kept: of its token only the SHA-256. Times are epoch seconds. */
export interface StoredSession {
  id: string
  tokenHash: Buffer
  personId: string
  userAgent: string
  createdAt: number
  lastUsedAt: number
  expiresAt: number
}

/** Sessions. Writing throws `disk_full` or `storage_failed`. */
export interface SessionsStore {
  byHash(tokenHash: Buffer): StoredSession | null
  /** Those that have not expired, last used first. */
  ofPerson(personId: string, now: number): StoredSession[]
  insert(session: StoredSession): void
  remove(id: string): void
  /** Ends all of a person, but one if it is named. Returns how many. */
  removeOfPerson(personId: string, except: string | null): number
  removeExpired(now: number): void
  /** Writes when sessions were last used, epoch s by id. */
  saveUse(times: ReadonlyMap<string, number>): void
}

const COLUMNS = `id, token_hash AS tokenHash, person_id AS personId, user_agent AS userAgent, created_at AS createdAt,
  last_used_at AS lastUsedAt, expires_at AS expiresAt`

/** The statements about sessions. */
export function createSessionsStore(db: WritableDatabase, writer: Writer): SessionsStore {
  const byHash = db.prepare<[Buffer], StoredSession>(`SELECT ${COLUMNS} FROM sessions WHERE token_hash = ?`)
  const ofPerson = db.prepare<[string, number], StoredSession>(
    `SELECT ${COLUMNS} FROM sessions WHERE person_id = ? AND expires_at > ? ORDER BY last_used_at DESC`,
  )
  const insert = db.prepare(
    `INSERT INTO sessions (id, token_hash, person_id, user_agent, created_at, last_used_at, expires_at)
     VALUES (@id, @tokenHash, @personId, @userAgent, @createdAt, @lastUsedAt, @expiresAt)`,
  )
  const remove = db.prepare('DELETE FROM sessions WHERE id = ?')
  const removeOfPerson = db.prepare('DELETE FROM sessions WHERE person_id = ? AND id IS NOT ?')
  const removeExpired = db.prepare('DELETE FROM sessions WHERE expires_at <= ?')
  const saveUse = db.prepare('UPDATE sessions SET last_used_at = ? WHERE id = ?')
  return {
    byHash: (tokenHash) => byHash.get(tokenHash) ?? null,
    ofPerson: (personId, now) => ofPerson.all(personId, now),
    insert(session) {
      writer.write(() => void insert.run(session))
    },
    remove(id) {
      writer.write(() => void remove.run(id))
    },
    removeOfPerson: (personId, except) => writer.write(() => removeOfPerson.run(personId, except).changes),
    removeExpired(now) {
      writer.write(() => void removeExpired.run(now))
    },
    saveUse(times) {
      writer.write(() => {
        for (const [id, at] of times) saveUse.run(at, id)
      })
    },
  }
}
