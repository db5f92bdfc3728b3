import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrate } from '../../../src/main/engine/storage/migrate.ts'
import { migrations } from '../../../src/main/engine/storage/migrations/index.ts'
import { openDatabase } from '../../../src/main/engine/storage/open-database.ts'
import { listSnapshots, takeSnapshot } from '../../../src/main/engine/storage/snapshot.ts'
import { openReadOnly, openWritable } from '../../../src/main/engine/storage/sqlite.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { createTestLog } from '../../support/test-log.ts'

const NAME = 'switchyard.db'

function open(folder: string, extra: { allowReplacingLost?: boolean } = {}) {
  const log = createTestLog()
  return { ...openDatabase({ folder, log, now: () => Date.UTC(2026, 0, 1), ...extra }), log }
}

function withChat(folder: string): void {
  const { db, close } = open(folder)
  db.exec(`INSERT INTO conversations (id, title, created_at, updated_at) VALUES ('c', 'Kept', 1, 1)`)
  close()
}

test('a first start makes a WAL database that enforces foreign keys', () => {
  const { db, close, files } = open(tempFolder())
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1)
  expect(db.pragma('synchronous', { simple: true })).toBe(1)
  expect(existsSync(files.openMarker)).toBe(true)
  close()
  close()
  expect(existsSync(files.openMarker)).toBe(false)
  expect(existsSync(files.createdMarker)).toBe(true)
})

test('a second start finds what the first one wrote', () => {
  const folder = tempFolder()
  withChat(folder)
  const { db, close } = open(folder)
  expect(db.prepare('SELECT title FROM conversations').pluck().all()).toEqual(['Kept'])
  close()
})

test('a missing database that was there before is an error, not a new start', () => {
  const folder = tempFolder()
  withChat(folder)
  rmSync(join(folder, NAME))
  expect(() => open(folder)).toThrow(
    expect.objectContaining({ code: 'storage_failed', message: expect.stringMatching(/missing or empty/) }),
  )
  expect(existsSync(join(folder, NAME))).toBe(false)
  open(folder, { allowReplacingLost: true }).close()
  expect(existsSync(join(folder, NAME))).toBe(true)
})

test('a database cut to nothing is an error as well', () => {
  const folder = tempFolder()
  withChat(folder)
  truncateSync(join(folder, NAME), 0)
  expect(() => open(folder)).toThrow(
    expect.objectContaining({ code: 'storage_failed', message: expect.stringMatching(/missing or empty/) }),
  )
})

test('a file that is no database is left as it is, and the message says where the snapshots are', () => {
  const folder = tempFolder()
  const text = 'This is not a database at all. '.repeat(200)
  writeFileSync(join(folder, NAME), text)
  expect(() => open(folder)).toThrow(
    expect.objectContaining({ code: 'storage_failed', message: expect.stringContaining(join(folder, 'snapshots')) }),
  )
  expect(readFileSync(join(folder, NAME), 'utf8')).toBe(text)
})

test('a damaged database is refused', () => {
  const folder = tempFolder()
  const { db, close } = open(folder)
  const insert = db.prepare(`INSERT INTO conversations (id, title, created_at, updated_at) VALUES (?, ?, 1, 1)`)
  db.transaction(() => {
    for (let index = 0; index < 2000; index++) insert.run(`conversation-${index}`, 'A title of some length '.repeat(4))
  })()
  close()
  const file = join(folder, NAME)
  const bytes = readFileSync(file)
  // From the second half on, so that the schema still reads.
  bytes.fill(0x5a, Math.floor(bytes.length / 2))
  writeFileSync(file, bytes)
  expect(() => open(folder)).toThrow(
    expect.objectContaining({ code: 'storage_failed', message: expect.stringMatching(/damaged/) }),
  )
  expect(readFileSync(file).equals(bytes)).toBe(true)
})

test('a database of a newer Switchyard is refused and not touched', () => {
  const folder = tempFolder()
  withChat(folder)
  const db = openWritable(join(folder, NAME))
  db.pragma('user_version = 999')
  db.close()
  expect(() => open(folder)).toThrow(
    expect.objectContaining({ code: 'storage_failed', message: expect.stringMatching(/newer Switchyard/) }),
  )
  const after = openReadOnly(join(folder, NAME))
  expect(after.pragma('user_version', { simple: true })).toBe(999)
  after.close()
})

test('a database of another program is refused', () => {
  const folder = tempFolder()
  const db = openWritable(join(folder, NAME))
  db.exec('CREATE TABLE recipes (id INTEGER PRIMARY KEY)')
  db.close()
  expect(() => open(folder)).toThrow(
    expect.objectContaining({ code: 'storage_failed', message: expect.stringMatching(/another program/) }),
  )
})

test('after an unclean stop the full check runs, which sees what the quick one does not', () => {
  const folder = tempFolder()
  const { db, close, files } = open(folder)
  db.exec(`INSERT INTO conversations (id, created_at, updated_at) VALUES ('c', 1, 1)`)
  db.exec(
    `INSERT INTO messages (id, conversation_id, depth, role, status, created_at, content) VALUES ('a', 'c', 0, 'user', 'complete', 1, 'indexed')`,
  )
  // The search index loses its data behind SQLite's back.
  db.unsafeMode(true)
  db.exec(`UPDATE message_search_data SET block = zeroblob(20) WHERE id > 10`)
  close()
  open(folder).close()
  writeFileSync(files.openMarker, '1\n')
  expect(() => open(folder)).toThrow(
    expect.objectContaining({ code: 'storage_failed', message: expect.stringMatching(/damaged/) }),
  )
})

test('an upgrade is preceded by a snapshot with every row', () => {
  const folder = tempFolder()
  const old = openWritable(join(folder, NAME))
  migrate(old, { migrations: migrations.slice(0, 1) })
  old.exec(`INSERT INTO conversations (id, title, created_at, updated_at) VALUES ('c', 'Kept', 1, 1)`)
  old.close()
  const { close, files, log } = open(folder)
  close()
  const snapshots = listSnapshots(files.snapshots)
  expect(snapshots).toHaveLength(1)
  expect(log.lines.map(({ message }) => message)).toContain('took a snapshot before upgrading the database')
  const copy = openReadOnly(snapshots[0] ?? '')
  expect(copy.pragma('user_version', { simple: true })).toBe(1)
  expect(copy.prepare('SELECT title FROM conversations').pluck().all()).toEqual(['Kept'])
  copy.close()
})

test('an upgrade whose snapshot cannot be written does not happen', () => {
  const folder = tempFolder()
  const old = openWritable(join(folder, NAME))
  migrate(old, { migrations: migrations.slice(0, 1) })
  old.close()
  writeFileSync(join(folder, 'snapshots'), 'a file is in the way')
  expect(() => open(folder)).toThrow(expect.objectContaining({ code: 'storage_failed' }))
  const after = openReadOnly(join(folder, NAME))
  expect(after.pragma('user_version', { simple: true })).toBe(1)
  after.close()
})

test('the newest three snapshots are kept, and no partial one', () => {
  const folder = tempFolder()
  const { db, close, files } = open(folder)
  for (let day = 1; day <= 5; day++) takeSnapshot(db, files.snapshots, Date.UTC(2026, 5, day))
  close()
  expect(readdirSync(files.snapshots).sort()).toEqual([
    `switchyard-v${migrations.length}-2026-06-03T00-00-00-000Z.db`,
    `switchyard-v${migrations.length}-2026-06-04T00-00-00-000Z.db`,
    `switchyard-v${migrations.length}-2026-06-05T00-00-00-000Z.db`,
  ])
})
