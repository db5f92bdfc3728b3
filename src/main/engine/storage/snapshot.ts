import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../spec/engine-error.ts'
import { checkIntegrity } from './check-integrity.ts'
import { openReadOnly, type WritableDatabase } from './sqlite.ts'

const KEEP = 3
const NAME = /^switchyard-v\d+-.*\.db$/

/**
 * Writes a copy of the database into `folder`, opens it, checks its integrity and compares every table's row count.
 * Keeps the newest three. Returns the copy's path. Throws `storage_failed` if the copy is not as good as the original.
 */
export function takeSnapshot(db: WritableDatabase, folder: string, at: number): string {
  mkdirSync(folder, { recursive: true })
  const version = Number(db.pragma('user_version', { simple: true }))
  const stamp = new Date(at).toISOString().replaceAll(/[:.]/g, '-')
  const file = join(folder, `switchyard-v${version}-${stamp}.db`)
  const partial = `${file}.partial`
  rmSync(partial, { force: true })
  try {
    db.prepare('VACUUM INTO ?').run(partial)
    verifySnapshot(db, partial)
    flushToDisk(partial)
    renameSync(partial, file)
  } finally {
    rmSync(partial, { force: true })
  }
  removeOld(folder)
  return file
}

/** The snapshots in a folder, oldest first; empty if there is no such folder. */
export function listSnapshots(folder: string): string[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  return names
    .filter((name) => NAME.test(name))
    .sort((left, right) => timePart(left).localeCompare(timePart(right)))
    .map((name) => join(folder, name))
}

function verifySnapshot(original: WritableDatabase, file: string): void {
  const copy = openReadOnly(file)
  try {
    const damage = checkIntegrity(copy, 'full')
    if (damage.length > 0) throw unusable(file, damage.join('; '))
    const expected = rowCounts(original)
    const actual = rowCounts(copy)
    for (const [table, rows] of expected) {
      if (actual.get(table) !== rows)
        throw unusable(file, `${table}: ${rows} rows became ${actual.get(table) ?? 'none'}`)
    }
  } finally {
    copy.close()
  }
}

function rowCounts(db: WritableDatabase): Map<string, number> {
  const names = db
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'`)
    .pluck()
    .all()
  return new Map(
    names.map((name) => {
      const quoted = `"${name.replaceAll('"', '""')}"`
      return [name, db.prepare<[], number>(`SELECT count(*) FROM ${quoted}`).pluck().get() ?? 0]
    }),
  )
}

function unusable(file: string, reason: string): EngineError {
  return new EngineError('storage_failed', `The snapshot ${file} did not pass its check, so nothing was upgraded.`, {
    detail: reason,
  })
}

function flushToDisk(file: string): void {
  const handle = openSync(file, 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function removeOld(folder: string): void {
  for (const file of listSnapshots(folder).slice(0, -KEEP)) rmSync(file, { force: true })
}

function timePart(name: string): string {
  return name.replace(/^switchyard-v\d+-/, '')
}
