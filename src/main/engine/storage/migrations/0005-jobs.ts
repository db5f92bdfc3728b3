import type { WritableDatabase } from '../sqlite.ts'

/** Long work on Ollama servers, so that it goes on after a restart. */
export function up(db: WritableDatabase): void {
  db.exec(`
    CREATE TABLE jobs (
      -- The order in which they were asked for.
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      created_at INTEGER NOT NULL,
      -- JSON: the job as its clients see it.
      job TEXT NOT NULL,
      -- JSON: what was asked for, enough to go on.
      input TEXT NOT NULL,
      -- JSON: how far it came, in its own terms.
      checkpoint TEXT NOT NULL DEFAULT '{}'
    ) STRICT;
  `)
}
