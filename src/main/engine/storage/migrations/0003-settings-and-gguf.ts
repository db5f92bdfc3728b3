import type { WritableDatabase } from '../sqlite.ts'

/** Stored settings (one row per key), and what the llama runtime keeps about GGUF files between starts. */
export function up(db: WritableDatabase): void {
  db.exec(`
    CREATE TABLE settings (
      key TEXT PRIMARY KEY NOT NULL,
      -- JSON
      value TEXT NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Stored values that no longer make sense: out of the way, and not lost.
    CREATE TABLE settings_quarantine (
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      reason TEXT NOT NULL,
      quarantined_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE gguf_verdicts (
      path TEXT PRIMARY KEY NOT NULL,
      size_bytes INTEGER NOT NULL,
      -- ms with fractions, as the file system gives them
      modified_at REAL NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('trusted', 'quarantined')),
      reason TEXT,
      checked_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE gguf_models (
      id TEXT PRIMARY KEY NOT NULL,
      options TEXT NOT NULL DEFAULT '{}',
      last_used_at INTEGER
    ) STRICT, WITHOUT ROWID;
  `)
}
