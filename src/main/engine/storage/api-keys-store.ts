import { z } from 'zod'
import { type ApiKey, keyScopeSchema } from '#shared/team.ts'
import type { WritableDatabase } from './sqlite.ts'
import type { Writer } from './writer.ts'

/** An API key as it is kept: of the key itself only the SHA-256. */
export interface StoredApiKey extends ApiKey {
  keyHash: Buffer
}

/** API keys. Writing throws `disk_full` or `storage_failed`. */
export interface ApiKeysStore {
  byHash(keyHash: Buffer): StoredApiKey | null
  find(id: string): ApiKey | null
  all(): ApiKey[]
  ofPerson(personId: string): ApiKey[]
  insert(key: StoredApiKey): void
  remove(id: string): void
  removeOfPerson(personId: string): number
  /** Writes when keys were last used, epoch s by id. */
  saveUse(times: ReadonlyMap<string, number>): void
}

interface Row {
  id: string
  keyHash: Buffer
  personId: string
  name: string
  start: string
  scopes: string
  createdAt: number
  expiresAt: number | null
  lastUsedAt: number | null
}

const COLUMNS = `id, key_hash AS keyHash, person_id AS personId, name, start, scopes, created_at AS createdAt,
  expires_at AS expiresAt, last_used_at AS lastUsedAt`

const textsSchema = z.array(z.string())

/** The statements about API keys. */
export function createApiKeysStore(db: WritableDatabase, writer: Writer): ApiKeysStore {
  const byHash = db.prepare<[Buffer], Row>(`SELECT ${COLUMNS} FROM api_keys WHERE key_hash = ?`)
  const find = db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM api_keys WHERE id = ?`)
  const all = db.prepare<[], Row>(`SELECT ${COLUMNS} FROM api_keys ORDER BY seq`)
  const ofPerson = db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM api_keys WHERE person_id = ? ORDER BY seq`)
  const insert = db.prepare(
    `INSERT INTO api_keys (id, key_hash, person_id, name, start, scopes, created_at, expires_at, last_used_at)
     VALUES (@id, @keyHash, @personId, @name, @start, @scopes, @createdAt, @expiresAt, @lastUsedAt)`,
  )
  const remove = db.prepare('DELETE FROM api_keys WHERE id = ?')
  const removeOfPerson = db.prepare('DELETE FROM api_keys WHERE person_id = ?')
  const saveUse = db.prepare('UPDATE api_keys SET last_used_at = ? WHERE id = ?')
  return {
    byHash(keyHash) {
      const row = byHash.get(keyHash)
      return row === undefined ? null : { ...toKey(row), keyHash: row.keyHash }
    },
    find(id) {
      const row = find.get(id)
      return row === undefined ? null : toKey(row)
    },
    all: () => all.all().map(toKey),
    ofPerson: (personId) => ofPerson.all(personId).map(toKey),
    insert(key) {
      writer.write(() => void insert.run({ ...key, scopes: JSON.stringify(key.scopes) }))
    },
    remove(id) {
      writer.write(() => void remove.run(id))
    },
    removeOfPerson: (personId) => writer.write(() => removeOfPerson.run(personId).changes),
    saveUse(times) {
      writer.write(() => {
        for (const [id, at] of times) saveUse.run(at, id)
      })
    },
  }
}

/** A scope that only a newer Switchyard knows is left out: a key never does more than it says. */
function toKey({ keyHash: _, scopes, ...row }: Row): ApiKey {
  const known = textsSchema.parse(JSON.parse(scopes)).flatMap((scope) => keyScopeSchema.safeParse(scope).data ?? [])
  return { ...row, scopes: known }
}
