import type { WritableDatabase } from '../sqlite.ts'

/** Small configurations that are read and written whole, one JSON text each (team rules, sharing, model defaults). */
export function up(db: WritableDatabase): void {
  db.exec(`
    CREATE TABLE documents (
      key TEXT PRIMARY KEY NOT NULL,
      -- JSON
      value TEXT NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `)
}
