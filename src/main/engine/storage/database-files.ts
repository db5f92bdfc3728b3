import { join } from 'node:path'

/** Where the database and what belongs to it lie in a data folder. All paths absolute. */
export interface DatabaseFiles {
  database: string
  /** Says that a database was made here once: without it a missing file would look like a first start. */
  createdMarker: string
  /** Is there while the database is open; found at a start, the last stop was not clean. */
  openMarker: string
  snapshots: string
}

/** The files of the data folder's database. */
export function databaseFiles(folder: string): DatabaseFiles {
  const database = join(folder, 'switchyard.db')
  return {
    database,
    createdMarker: join(folder, 'switchyard.db.created'),
    openMarker: join(folder, 'switchyard.db.open'),
    snapshots: join(folder, 'snapshots'),
  }
}
