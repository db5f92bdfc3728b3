import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { Logger } from '../spec/engine.ts'
import { EngineError } from '../spec/engine-error.ts'
import { checkIntegrity } from './check-integrity.ts'
import { type DatabaseFiles, databaseFiles } from './database-files.ts'
import { migrate } from './migrate.ts'
import { takeSnapshot } from './snapshot.ts'
import { openWritable, type WritableDatabase } from './sqlite.ts'
import { isDamage, toStorageError } from './storage-error.ts'

/** `SWYD` in ASCII: says in the file's header whose database it is. */
const APPLICATION_ID = 0x53575944

export interface OpenDatabaseOptions {
  /** The data folder (absolute, exists). */
  folder: string
  log: Logger
  now: () => number
  /** Start with an empty database although one was here before. Only ever set on the person's own word. */
  allowReplacingLost?: boolean
}

export interface OpenedDatabase {
  db: WritableDatabase
  files: DatabaseFiles
  /** Checkpoints, closes, and notes that the stop was clean. Safe to call twice. */
  close(): void
}

/**
 * Opens the data folder's database: checks it, snapshots it before an upgrade, upgrades it.
 * Creates one only where none ever was. Throws `storage_failed` or `disk_full` and then leaves all files as they were.
 */
export function openDatabase(options: OpenDatabaseOptions): OpenedDatabase {
  const files = databaseFiles(options.folder)
  const isNew = isMissing(files.database)
  if (isNew && existsSync(files.createdMarker) && options.allowReplacingLost !== true) throw lost(files)
  const db = open(files)
  try {
    if (!isNew) {
      refuseForeign(db, files)
      refuseDamaged(db, files, options)
    }
    const { from, to } = migrate(db, {
      beforeUpgrade: (before, after) => {
        const snapshot = takeSnapshot(db, files.snapshots, options.now())
        options.log.info({ snapshot, from: before, to: after }, 'took a snapshot before upgrading the database')
      },
    })
    if (from !== to) options.log.info({ from, to }, isNew ? 'created the database' : 'upgraded the database')
    db.pragma(`application_id = ${APPLICATION_ID}`)
    writeFileSync(files.createdMarker, `${JSON.stringify({ database: files.database, seenAt: options.now() })}\n`)
    writeFileSync(files.openMarker, `${process.pid}\n`)
  } catch (error) {
    db.close()
    throw toStorageError(error, files.database)
  }
  return { db, files, close: () => close(db, files, options.log) }
}

function open(files: DatabaseFiles): WritableDatabase {
  try {
    return openWritable(files.database)
  } catch (error) {
    throw isDamage(error)
      ? damaged(files, error, error instanceof Error ? error.message : '')
      : toStorageError(error, files.database)
  }
}

function refuseForeign(db: WritableDatabase, files: DatabaseFiles): void {
  const version = Number(db.pragma('user_version', { simple: true }))
  if (version > 0) return
  const tables = db.prepare<[], number>(`SELECT count(*) FROM sqlite_schema WHERE type = 'table'`).pluck().get() ?? 0
  if (tables > 0) {
    throw new EngineError(
      'storage_failed',
      `${files.database} is a database of another program. Move it away, or use another data folder.`,
    )
  }
  if (existsSync(files.createdMarker)) throw lost(files)
}

function refuseDamaged(db: WritableDatabase, files: DatabaseFiles, options: OpenDatabaseOptions): void {
  const stoppedCleanly = !existsSync(files.openMarker)
  const started = performance.now()
  let problems: string[]
  try {
    problems = checkIntegrity(db, stoppedCleanly ? 'quick' : 'full')
  } catch (error) {
    if (!isDamage(error)) throw error
    throw damaged(files, error, error instanceof Error ? error.message : String(error))
  }
  if (problems.length > 0) throw damaged(files, undefined, problems.join('; '))
  const ms = Math.round(performance.now() - started)
  if (!stoppedCleanly) options.log.warn({ ms }, 'the last stop was not clean; the database passed its full check')
}

function close(db: WritableDatabase, files: DatabaseFiles, log: Logger): void {
  if (!db.open) return
  try {
    db.pragma('optimize')
    db.pragma('wal_checkpoint(TRUNCATE)')
  } catch (error) {
    // Nothing is lost by it: the write-ahead log is applied at the next start, which then runs the full check.
    log.warn({ err: error }, 'the database could not be checkpointed at the end')
    db.close()
    return
  }
  db.close()
  rmSync(files.openMarker, { force: true })
}

/** A file of no bytes counts as missing: SQLite would take it for a new database without a word. */
function isMissing(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0
}

function lost(files: DatabaseFiles): EngineError {
  return new EngineError(
    'storage_failed',
    `The database ${files.database} is missing or empty, although there was one before. Nothing was created in its place. Put the file back, or copy a snapshot from ${files.snapshots} to that name. To start anew, delete ${files.createdMarker}.`,
  )
}

function damaged(files: DatabaseFiles, cause: unknown, detail: string): EngineError {
  return new EngineError(
    'storage_failed',
    `The database ${files.database} is damaged and was left untouched. Snapshots are in ${files.snapshots}: move the damaged file away and copy one to that name.`,
    { ...(cause === undefined ? {} : { cause }), detail },
  )
}
