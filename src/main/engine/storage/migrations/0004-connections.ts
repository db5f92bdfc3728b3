import type { WritableDatabase } from '../sqlite.ts'

/** Configured connections, without their secrets: keys and header values are sealed in the vault, under ids named here. */
export function up(db: WritableDatabase): void {
  db.exec(`
    CREATE TABLE connections (
      id TEXT PRIMARY KEY NOT NULL,
      position INTEGER NOT NULL,
      -- JSON: the configuration without header values
      config TEXT NOT NULL,
      -- JSON: [{"id", "last4"}], in the order in which they are used
      keys TEXT NOT NULL,
      -- JSON: names of the custom headers
      header_names TEXT NOT NULL,
      -- Which sealed set of header values is in force; null without custom headers
      header_seal TEXT,
      origin TEXT NOT NULL CHECK (origin IN ('environment', 'person')),
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE connection_families (
      family TEXT PRIMARY KEY NOT NULL CHECK (family IN ('ollama', 'openai')),
      enabled INTEGER NOT NULL CHECK (enabled IN (0, 1))
    ) STRICT, WITHOUT ROWID;

    -- The variables that the first start read: a salted digest each, to tell later that one was changed.
    CREATE TABLE connection_seed (
      variable TEXT PRIMARY KEY NOT NULL,
      digest TEXT NOT NULL,
      seeded_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `)
}
