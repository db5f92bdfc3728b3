import type { WritableDatabase } from '../sqlite.ts'

/** Conversations, and their messages as a tree: one row per message, so that no row ever grows with the chat. */
export function up(db: WritableDatabase): void {
  db.exec(`
    CREATE TABLE conversations (
      id TEXT PRIMARY KEY NOT NULL,
      title TEXT NOT NULL DEFAULT '',
      model_id TEXT,
      pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
      draft TEXT NOT NULL DEFAULT '',
      active_leaf_id TEXT,
      message_count INTEGER NOT NULL DEFAULT 0,
      -- JSON array of places, oldest first
      trace TEXT NOT NULL DEFAULT '[]',
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      deleted_at INTEGER
    ) STRICT;

    CREATE INDEX conversations_by_update ON conversations (updated_at DESC) WHERE deleted_at IS NULL;
    CREATE INDEX conversations_pinned ON conversations (updated_at DESC) WHERE deleted_at IS NULL AND pinned = 1;
    CREATE INDEX conversations_deleted ON conversations (deleted_at) WHERE deleted_at IS NOT NULL;

    CREATE TABLE messages (
      -- Order of creation over all conversations; also the row id of the search index.
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      conversation_id TEXT NOT NULL REFERENCES conversations (id),
      -- No cascade: a chain of cascades ends at SQLite's trigger depth of 1,000.
      parent_id TEXT REFERENCES messages (id),
      depth INTEGER NOT NULL,
      role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
      status TEXT NOT NULL CHECK (status IN ('streaming', 'complete', 'stopped', 'failed', 'interrupted')),
      created_at INTEGER NOT NULL,
      deleted_at INTEGER,
      -- The message whose removal took this one along, so that an undo brings back exactly that set.
      deleted_with TEXT,
      tool_calls TEXT NOT NULL DEFAULT '[]',
      facts TEXT,
      error TEXT,
      content TEXT NOT NULL,
      reasoning TEXT NOT NULL DEFAULT ''
    ) STRICT;

    -- Walking up a branch: covering, because message rows are large.
    CREATE INDEX messages_walk ON messages (id, parent_id, depth, seq);
    -- Siblings and children, in order of creation; covering.
    CREATE INDEX messages_children ON messages (parent_id, conversation_id, deleted_at, role, seq, id);
    -- Purging from the leaves up, and the foreign key.
    CREATE INDEX messages_by_depth ON messages (conversation_id, depth);
    CREATE INDEX messages_streaming ON messages (seq) WHERE status = 'streaming';
    CREATE INDEX messages_deleted ON messages (deleted_at) WHERE deleted_at IS NOT NULL;
    CREATE INDEX messages_deleted_with ON messages (deleted_with) WHERE deleted_with IS NOT NULL;
  `)
}
