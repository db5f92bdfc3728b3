import type { WritableDatabase } from '../sqlite.ts'

/**
 * Full-text search over finished messages. Trigrams, so that parts of words and Chinese are found as well.
 * A message enters the index when it ends, not at each flush while it streams, and leaves it when it is purged; what is
 * only marked as deleted is left out by the query. Of each message the first 200,000 characters are searchable.
 */
export function up(db: WritableDatabase): void {
  db.exec(`
    CREATE VIEW searchable_messages AS
      SELECT seq, substr(content, 1, 200000) AS content FROM messages WHERE status <> 'streaming';

    CREATE VIRTUAL TABLE message_search USING fts5 (
      content, content = 'searchable_messages', content_rowid = 'seq', tokenize = 'trigram'
    );

    CREATE TRIGGER message_search_insert AFTER INSERT ON messages WHEN new.status <> 'streaming' BEGIN
      INSERT INTO message_search (rowid, content) VALUES (new.seq, substr(new.content, 1, 200000));
    END;
    CREATE TRIGGER message_search_end AFTER UPDATE OF status ON messages
      WHEN old.status = 'streaming' AND new.status <> 'streaming' BEGIN
      INSERT INTO message_search (rowid, content) VALUES (new.seq, substr(new.content, 1, 200000));
    END;
    CREATE TRIGGER message_search_change AFTER UPDATE OF content ON messages
      WHEN old.status <> 'streaming' AND new.status <> 'streaming' AND old.content IS NOT new.content BEGIN
      INSERT INTO message_search (message_search, rowid, content)
        VALUES ('delete', old.seq, substr(old.content, 1, 200000));
      INSERT INTO message_search (rowid, content) VALUES (new.seq, substr(new.content, 1, 200000));
    END;
    CREATE TRIGGER message_search_delete AFTER DELETE ON messages WHEN old.status <> 'streaming' BEGIN
      INSERT INTO message_search (message_search, rowid, content)
        VALUES ('delete', old.seq, substr(old.content, 1, 200000));
    END;

    INSERT INTO message_search (message_search) VALUES ('rebuild');
  `)
}
