import type { WritableDatabase } from '../sqlite.ts'

/**
 * Person-made models with who may do what, what they are found by, and their earlier states; templates of parameters.
 * A record itself is one JSON text: what lists select and sort by stands beside it, so that they never read it.
 */
export function up(db: WritableDatabase): void {
  db.exec(`
    CREATE TABLE presets (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      -- 1: changes the base model of the same id; 0: a model over another
      is_override INTEGER NOT NULL CHECK (is_override IN (0, 1)),
      owner_id TEXT NOT NULL,
      -- Lower case, to sort by
      sort_name TEXT NOT NULL,
      -- Lower case: name, id, description and tags, a line each
      search_text TEXT NOT NULL,
      -- Epoch s
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      -- Counts saves; earlier ones are in preset_versions
      version INTEGER NOT NULL,
      saved_by TEXT NOT NULL,
      -- JSON without grants
      record TEXT NOT NULL
    ) STRICT;

    CREATE INDEX presets_by_update ON presets (is_override, updated_at, seq);
    CREATE INDEX presets_by_creation ON presets (is_override, created_at, seq);
    CREATE INDEX presets_by_name ON presets (is_override, sort_name, seq);
    CREATE INDEX presets_by_owner ON presets (owner_id, is_override);

    CREATE TABLE preset_grants (
      seq INTEGER PRIMARY KEY,
      preset_seq INTEGER NOT NULL REFERENCES presets (seq) ON DELETE CASCADE,
      principal_type TEXT NOT NULL CHECK (principal_type IN ('user', 'group', 'anyone')),
      principal_id TEXT NOT NULL,
      permission TEXT NOT NULL CHECK (permission IN ('read', 'write')),
      UNIQUE (preset_seq, principal_type, principal_id, permission)
    ) STRICT;

    CREATE INDEX preset_grants_by_principal ON preset_grants (principal_type, principal_id, preset_seq);

    CREATE TABLE preset_tags (
      preset_seq INTEGER NOT NULL REFERENCES presets (seq) ON DELETE CASCADE,
      is_override INTEGER NOT NULL,
      tag TEXT NOT NULL,
      PRIMARY KEY (preset_seq, tag)
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX preset_tags_by_tag ON preset_tags (is_override, tag, preset_seq);

    CREATE TABLE preset_versions (
      preset_seq INTEGER NOT NULL REFERENCES presets (seq) ON DELETE CASCADE,
      version INTEGER NOT NULL,
      -- Epoch s
      saved_at INTEGER NOT NULL,
      saved_by TEXT NOT NULL,
      -- JSON with grants
      preset TEXT NOT NULL,
      PRIMARY KEY (preset_seq, version)
    ) STRICT, WITHOUT ROWID;

    -- Trigrams, so that parts of words and Chinese are found as well.
    CREATE VIRTUAL TABLE preset_search USING fts5 (
      search_text, content = 'presets', content_rowid = 'seq', tokenize = 'trigram'
    );
    CREATE TRIGGER preset_search_insert AFTER INSERT ON presets BEGIN
      INSERT INTO preset_search (rowid, search_text) VALUES (new.seq, new.search_text);
    END;
    CREATE TRIGGER preset_search_change AFTER UPDATE OF search_text ON presets
      WHEN old.search_text IS NOT new.search_text BEGIN
      INSERT INTO preset_search (preset_search, rowid, search_text) VALUES ('delete', old.seq, old.search_text);
      INSERT INTO preset_search (rowid, search_text) VALUES (new.seq, new.search_text);
    END;
    CREATE TRIGGER preset_search_delete AFTER DELETE ON presets BEGIN
      INSERT INTO preset_search (preset_search, rowid, search_text) VALUES ('delete', old.seq, old.search_text);
    END;

    CREATE TABLE templates (
      id TEXT PRIMARY KEY NOT NULL,
      owner_id TEXT NOT NULL,
      -- 1: everyone who signed in may use it
      shared INTEGER NOT NULL CHECK (shared IN (0, 1)),
      name TEXT NOT NULL,
      description TEXT NOT NULL,
      -- JSON
      params TEXT NOT NULL,
      -- Epoch s
      updated_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `)
}
