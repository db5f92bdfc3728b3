import { EngineError } from '../spec/engine-error.ts'
import { migrations as allMigrations, type Migration } from './migrations/index.ts'
import type { WritableDatabase } from './sqlite.ts'
import { toStorageError } from './storage-error.ts'

interface MigrateOptions {
  /** Called once before an existing database is changed; throws to leave it as it is. */
  beforeUpgrade?: (from: number, to: number) => void
  /** Tests stop early to build an older database. */
  migrations?: readonly Migration[]
}

/**
 * Brings the schema to the newest version, one transaction per migration. Returns the versions before and after.
 * Throws `storage_failed` for a database that a newer Switchyard made, and when a migration fails (which then left no trace).
 */
export function migrate(db: WritableDatabase, options: MigrateOptions = {}): { from: number; to: number } {
  const migrations = options.migrations ?? allMigrations
  const from = Number(db.pragma('user_version', { simple: true }))
  const to = migrations.at(-1)?.version ?? 0
  if (from > to) {
    throw new EngineError(
      'storage_failed',
      `The data was made by a newer Switchyard (its database has version ${from}, this one knows up to ${to}). Start that newer version, or use another data folder.`,
    )
  }
  if (from === to) return { from, to }
  if (from > 0) options.beforeUpgrade?.(from, to)
  for (const migration of migrations) {
    if (migration.version > from) apply(db, migration)
  }
  return { from, to }
}

function apply(db: WritableDatabase, migration: Migration): void {
  try {
    db.transaction(() => {
      migration.up(db)
      db.pragma(`user_version = ${migration.version}`)
    }).immediate()
  } catch (error) {
    const known = toStorageError(error, db.name)
    if (known.code === 'disk_full') throw known
    throw new EngineError(
      'storage_failed',
      `The database could not be upgraded to version ${migration.version} (${migration.name}). It was left as it was.`,
      { cause: error, detail: error instanceof Error ? error.message : String(error) },
    )
  }
}
