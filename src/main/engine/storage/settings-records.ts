import type { WritableDatabase } from './sqlite.ts'
import type { Writer } from './writer.ts'

/** Stored settings as JSON texts by key; what they mean is not storage's affair. */
export interface SettingsRecords {
  all(): Map<string, string>
  /** Saves several at once. */
  save(values: ReadonlyMap<string, string>, at: number): void
  /** Takes one value out of use and keeps it aside with the reason. */
  quarantine(key: string, reason: string, at: number): void
}

/** The statements about stored settings. */
export function createSettingsRecords(db: WritableDatabase, writer: Writer): SettingsRecords {
  const all = db.prepare<[], { key: string; value: string }>('SELECT key, value FROM settings')
  const save = db.prepare(
    `INSERT INTO settings (key, value, updated_at) VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
  )
  const keepAside = db.prepare(
    `INSERT INTO settings_quarantine (key, value, reason, quarantined_at)
     SELECT key, value, ?, ? FROM settings WHERE key = ?`,
  )
  const remove = db.prepare('DELETE FROM settings WHERE key = ?')
  return {
    all: () => new Map(all.all().map(({ key, value }) => [key, value])),
    save(values, at) {
      writer.write(() => {
        for (const [key, value] of values) save.run(key, value, at)
      })
    },
    quarantine(key, reason, at) {
      writer.write(() => {
        keepAside.run(reason, at, key)
        remove.run(key)
      })
    },
  }
}
