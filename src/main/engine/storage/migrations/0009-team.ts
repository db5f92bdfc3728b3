import type { WritableDatabase } from '../sqlite.ts'

/**
 * Accounts and how they sign in. Tokens, keys and invitations are kept as SHA-256 alone, passwords as argon2id; what an
 * OAuth provider gave is sealed. Times are epoch seconds.
 */
export function up(db: WritableDatabase): void {
  db.exec(`
    CREATE TABLE people (
      -- In order of creation: the first administrator is the one with the lowest
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      -- In lower case
      email TEXT NOT NULL UNIQUE COLLATE NOCASE,
      -- Whether somebody vouched for the address: an administrator, an invitation, a provider that verified it
      email_proven INTEGER NOT NULL CHECK (email_proven IN (0, 1)),
      role TEXT NOT NULL CHECK (role IN ('pending', 'user', 'admin')),
      profile_image_url TEXT NOT NULL DEFAULT '',
      -- Null for who signs in at a provider only
      password_hash TEXT,
      last_active_at INTEGER,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX people_by_name ON people (name COLLATE NOCASE, seq);
    CREATE INDEX people_by_role ON people (role, seq);
    CREATE INDEX people_by_creation ON people (created_at, seq);
    CREATE INDEX people_by_activity ON people (last_active_at, seq);

    CREATE VIRTUAL TABLE people_search USING fts5 (
      name, email, content = 'people', content_rowid = 'seq', tokenize = 'trigram'
    );
    CREATE TRIGGER people_search_insert AFTER INSERT ON people BEGIN
      INSERT INTO people_search (rowid, name, email) VALUES (new.seq, new.name, new.email);
    END;
    CREATE TRIGGER people_search_change AFTER UPDATE OF name, email ON people
      WHEN old.name IS NOT new.name OR old.email IS NOT new.email BEGIN
      INSERT INTO people_search (people_search, rowid, name, email) VALUES ('delete', old.seq, old.name, old.email);
      INSERT INTO people_search (rowid, name, email) VALUES (new.seq, new.name, new.email);
    END;
    CREATE TRIGGER people_search_delete AFTER DELETE ON people BEGIN
      INSERT INTO people_search (people_search, rowid, name, email) VALUES ('delete', old.seq, old.name, old.email);
    END;

    CREATE TABLE sessions (
      id TEXT PRIMARY KEY NOT NULL,
      token_hash BLOB NOT NULL UNIQUE,
      person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
      user_agent TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      last_used_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sessions_of_person ON sessions (person_id, last_used_at);
    CREATE INDEX sessions_by_expiry ON sessions (expires_at);

    CREATE TABLE api_keys (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      key_hash BLOB NOT NULL UNIQUE,
      -- No reference: the owner has keys and no account
      person_id TEXT NOT NULL,
      name TEXT NOT NULL,
      -- The first characters, for lists
      start TEXT NOT NULL,
      -- JSON
      scopes TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER,
      last_used_at INTEGER
    ) STRICT;
    CREATE INDEX api_keys_of_person ON api_keys (person_id, seq);

    CREATE TABLE people_groups (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      description TEXT NOT NULL,
      -- JSON; null where the group gives none of its own
      permissions TEXT,
      -- JSON: free data of Open WebUI's clients
      data TEXT NOT NULL,
      owner_id TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX people_groups_by_name ON people_groups (name COLLATE NOCASE, seq);

    CREATE TABLE memberships (
      group_id TEXT NOT NULL REFERENCES people_groups (id) ON DELETE CASCADE,
      person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
      PRIMARY KEY (group_id, person_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX memberships_of_person ON memberships (person_id, group_id);

    CREATE TABLE invites (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      secret_hash BLOB NOT NULL UNIQUE,
      note TEXT NOT NULL,
      role TEXT NOT NULL CHECK (role IN ('pending', 'user', 'admin')),
      -- JSON
      group_ids TEXT NOT NULL,
      created_by TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      used_at INTEGER,
      person_id TEXT
    ) STRICT;

    CREATE TABLE oauth_providers (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      issuer TEXT NOT NULL,
      client_id TEXT NOT NULL,
      -- Name of the client secret in the vault, and what may be shown of it; null for a public client
      secret_name TEXT,
      secret_last4 TEXT NOT NULL,
      scopes TEXT NOT NULL,
      enabled INTEGER NOT NULL CHECK (enabled IN (0, 1))
    ) STRICT;

    -- Which account a provider's subject is. The issuer belongs to it: another issuer's subjects are other people.
    CREATE TABLE oauth_links (
      provider_id TEXT NOT NULL,
      issuer TEXT NOT NULL,
      subject TEXT NOT NULL,
      person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
      -- Access and refresh token, sealed; null where there are none (any more)
      tokens TEXT,
      signed_in_at INTEGER NOT NULL,
      PRIMARY KEY (provider_id, issuer, subject)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX oauth_links_of_person ON oauth_links (person_id, signed_in_at);
  `)
}
