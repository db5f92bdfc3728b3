import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { EngineError } from '../spec/engine-error.ts'
import { toStorageError } from './storage-error.ts'

/** The hold on a data folder. */
export interface InstanceLock {
  /** Safe to call twice. */
  release(): void
}

/** Locks of this process. A handle that nobody refers to would be collected, and its lock with it. */
const held = new Set<Database.Database>()

/**
 * Takes the data folder for this process. The lock is one that the operating system holds (an exclusive SQLite
 * transaction), so it ends with the process however that ends, and is never stale.
 * Throws `conflict` with the other process's id if the folder is taken.
 */
export function acquireInstanceLock(folder: string): InstanceLock {
  // Nothing else may open this file: POSIX drops a process's locks when it closes any handle of the file.
  const file = join(folder, 'instance.lock')
  const note = join(folder, 'instance.json')
  const db = openLockFile(file)
  try {
    db.pragma('busy_timeout = 0')
    db.pragma('journal_mode = MEMORY')
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) throw taken(folder, note, error)
    throw toStorageError(error, file)
  }
  writeFileSync(note, `${JSON.stringify({ pid: process.pid, startedAt: new Date().toISOString() })}\n`)
  held.add(db)
  return {
    release() {
      if (!held.delete(db)) return
      rmSync(note, { force: true })
      db.close()
    },
  }
}

function openLockFile(file: string): Database.Database {
  try {
    return new Database(file)
  } catch (error) {
    throw toStorageError(error, file)
  }
}

function taken(folder: string, note: string, cause: Error): EngineError {
  return new EngineError(
    'conflict',
    `Another Switchyard${holder(note)} already uses ${folder}. Close it, or give this one another data folder.`,
    {
      cause,
    },
  )
}

function holder(note: string): string {
  try {
    const text = readFileSync(note, 'utf8')
    const pid = /"pid":\s*(\d+)/.exec(text)?.[1]
    return pid === undefined ? '' : ` (pid ${pid})`
  } catch {
    // The other one may be starting or ending right now; that it holds the lock is what counts.
    return ''
  }
}
