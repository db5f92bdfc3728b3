import type { WritableDatabase } from '../sqlite.ts'

/** Pictures of messages: one row each, so that reading a chat never reads their bytes. */
export function up(db: WritableDatabase): void {
  db.exec(`
    CREATE TABLE attachments (
      -- Order within the message.
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
      media_type TEXT NOT NULL,
      width INTEGER NOT NULL,
      height INTEGER NOT NULL,
      size_bytes INTEGER NOT NULL,
      -- Last: the columns before it are read without it.
      data BLOB NOT NULL
    ) STRICT;

    -- What a message shows of its pictures; covering, because the rows are large.
    CREATE INDEX attachments_of_message ON attachments (message_id, seq, id, media_type, width, height, size_bytes);
  `)
}
