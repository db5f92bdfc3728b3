import type { WritableDatabase } from './sqlite.ts'
import type { Writer } from './writer.ts'

/** Small configurations by key, each read and written whole; what they mean is their area's affair. */
export interface DocumentsStore {
  /** The parsed JSON; undefined if there is none or it is no JSON any more. */
  get(key: string): unknown
  /** Throws `disk_full` or `storage_failed`. */
  save(key: string, value: unknown, at: number): void
  remove(key: string): void
}

/** The statements about documents. */
export function createDocumentsStore(db: WritableDatabase, writer: Writer): DocumentsStore {
  const get = db.prepare<[string], { value: string }>('SELECT value FROM documents WHERE key = ?')
  const save = db.prepare(
    `INSERT INTO documents (key, value, updated_at) VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
  )
  const remove = db.prepare('DELETE FROM documents WHERE key = ?')
  return {
    get(key) {
      const row = get.get(key)
      if (row === undefined) return undefined
      try {
        return JSON.parse(row.value) as unknown
      } catch {
        // Written by nobody but us; whoever asks falls back to its defaults.
        return undefined
      }
    },
    save(key, value, at) {
      const text = JSON.stringify(value)
      writer.write(() => void save.run(key, text, Math.round(at)))
    },
    remove(key) {
      writer.write(() => void remove.run(key))
    },
  }
}
