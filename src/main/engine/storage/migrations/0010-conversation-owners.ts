import type { WritableDatabase } from '../sqlite.ts'

/** Whose a conversation is: all that were there before belong to the person at this computer. Lists are read per person. */
export function up(db: WritableDatabase): void {
  db.exec(`
    ALTER TABLE conversations ADD COLUMN owner_id TEXT NOT NULL DEFAULT 'owner';

    DROP INDEX conversations_by_update;
    DROP INDEX conversations_pinned;
    CREATE INDEX conversations_of_owner ON conversations (owner_id, updated_at DESC) WHERE deleted_at IS NULL;
    CREATE INDEX conversations_pinned_of_owner ON conversations (owner_id, updated_at DESC)
      WHERE deleted_at IS NULL AND pinned = 1;
    -- The search asks of every hit whose it is: covering, so that no row is read for another person's.
    CREATE INDEX conversations_search ON conversations (id, owner_id, deleted_at, title) WHERE deleted_at IS NULL;
  `)
}
