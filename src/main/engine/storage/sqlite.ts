import Database from 'better-sqlite3'

/** A connection that may write. */
export type WritableDatabase = Database.Database

/** Opens the app's read-write connection with the settings that every part relies on. Throws SqliteError. */
export function openWritable(file: string): WritableDatabase {
  const db = new Database(file)
  try {
    // First a read: on a file that is no database the pragmas below would fail with less to say.
    db.pragma('schema_version')
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
    db.pragma('foreign_keys = ON')
    db.pragma('busy_timeout = 5000')
    db.pragma('temp_store = MEMORY')
    db.pragma('journal_size_limit = 67108864')
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Opens a second connection that cannot write (search, snapshots). Throws SqliteError. */
export function openReadOnly(file: string): Database.Database {
  const db = new Database(file, { readonly: true, fileMustExist: true })
  db.pragma('busy_timeout = 5000')
  db.pragma('query_only = ON')
  return db
}
