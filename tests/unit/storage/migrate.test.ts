import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrate } from '../../../src/main/engine/storage/migrate.ts'
import { migrations } from '../../../src/main/engine/storage/migrations/index.ts'
import { openWritable, type WritableDatabase } from '../../../src/main/engine/storage/sqlite.ts'
import { indexedSearchSql } from '../../../src/main/engine/storage/worker/search-messages.ts'
import { tempFolder } from '../../support/temp-folder.ts'

function newDatabase(): WritableDatabase {
  return openWritable(join(tempFolder(), 'test.db'))
}

function addMessage(db: WritableDatabase, id: string, content: string, status = 'complete'): void {
  db.prepare(
    `INSERT INTO messages (id, conversation_id, depth, role, status, created_at, content) VALUES (?, 'c', 0, 'user', ?, 1, ?)`,
  ).run(id, status, content)
}

test('the list of migrations has no gaps, and ends where an empty database ends', () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1))
  const db = newDatabase()
  expect(migrate(db)).toEqual({ from: 0, to: migrations.length })
  expect(db.pragma('user_version', { simple: true })).toBe(migrations.length)
  expect(migrate(db)).toEqual({ from: migrations.length, to: migrations.length })
})

test('a disk without room is said to be full', () => {
  const db = newDatabase()
  db.pragma('max_page_count = 3')
  expect(() => migrate(db)).toThrow(expect.objectContaining({ code: 'disk_full' }))
  expect(db.pragma('user_version', { simple: true })).toBe(0)
})

test('every table is STRICT', () => {
  const db = newDatabase()
  migrate(db)
  const loose = db
    .prepare(`SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'`)
    .all()
  expect(loose).toEqual([])
})

test('1 to 2: messages that were there before are found, streaming ones are not', () => {
  const db = newDatabase()
  migrate(db, { migrations: migrations.slice(0, 1) })
  db.exec(`INSERT INTO conversations (id, created_at, updated_at) VALUES ('c', 1, 1)`)
  addMessage(db, 'a', 'an older railway question')
  addMessage(db, 'b', 'a railway answer in the making', 'streaming')
  expect(migrate(db)).toEqual({ from: 1, to: migrations.length })
  const found = db.prepare<unknown[], { id: string }>(indexedSearchSql(0)).all('owner', '"railway"', 10)
  expect(found.map(({ id }) => id)).toEqual(['a'])
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
})

test('N-1 to N keeps every row', () => {
  const db = newDatabase()
  migrate(db, { migrations: migrations.slice(0, -1) })
  db.exec(`INSERT INTO conversations (id, title, created_at, updated_at) VALUES ('c', 'Kept', 1, 2)`)
  addMessage(db, 'a', 'kept text')
  migrate(db)
  expect(db.prepare('SELECT title, updated_at FROM conversations').all()).toEqual([{ title: 'Kept', updated_at: 2 }])
  expect(db.prepare('SELECT id, content FROM messages').all()).toEqual([{ id: 'a', content: 'kept text' }])
})

test('a migration that fails leaves the version before it, and nothing of itself', () => {
  const db = newDatabase()
  const failing = {
    version: migrations.length + 1,
    name: 'failing',
    up(target: WritableDatabase) {
      target.exec('CREATE TABLE half (id TEXT) STRICT; INSERT INTO nowhere VALUES (1)')
    },
  }
  migrate(db)
  expect(() => migrate(db, { migrations: [...migrations, failing] })).toThrow(
    new RegExp(`version ${migrations.length + 1} \\(failing\\)`),
  )
  expect(db.pragma('user_version', { simple: true })).toBe(migrations.length)
  expect(db.prepare(`SELECT name FROM sqlite_schema WHERE name = 'half'`).all()).toEqual([])
})

test('the upgrade is announced once before it, not for a new database', () => {
  const announced: number[][] = []
  const beforeUpgrade = (from: number, to: number): void => void announced.push([from, to])
  const db = newDatabase()
  migrate(db, { migrations: migrations.slice(0, 1), beforeUpgrade })
  expect(announced).toEqual([])
  migrate(db, { beforeUpgrade })
  expect(announced).toEqual([[1, migrations.length]])
})

test('3 to 4: settings stay, and no connection is there yet', () => {
  const db = newDatabase()
  migrate(db, { migrations: migrations.slice(0, 3) })
  db.exec(`INSERT INTO settings (key, value, updated_at) VALUES ('theme', '"dark"', 1)`)
  migrate(db, { migrations: migrations.slice(0, 4) })
  expect(db.prepare('SELECT value FROM settings').pluck().all()).toEqual(['"dark"'])
  for (const table of ['connections', 'connection_families', 'connection_seed']) {
    expect(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(0)
  }
  expect(() => db.exec(`INSERT INTO connection_families (family, enabled) VALUES ('azure', 1)`)).toThrow(/CHECK/)
})
