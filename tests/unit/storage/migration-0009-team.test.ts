import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { migrate } from '../../../src/main/engine/storage/migrate.ts'
import { migrations } from '../../../src/main/engine/storage/migrations/index.ts'
import { openWritable, type WritableDatabase } from '../../../src/main/engine/storage/sqlite.ts'
import { tempFolder } from '../../support/temp-folder.ts'

function openBefore(): WritableDatabase {
  const db = openWritable(join(tempFolder(), 'test.db'))
  onTestFinished(() => void db.close())
  migrate(db, { migrations: migrations.filter(({ version }) => version < 9) })
  return db
}

const PERSON = `INSERT INTO people (id, name, email, email_proven, role, created_at, updated_at)`

test('8 to 9: what was there stays, and nobody has an account', () => {
  const db = openBefore()
  db.exec(`INSERT INTO conversations (id, title, created_at, updated_at) VALUES ('c', 'Kept', 1, 2)`)
  migrate(db)
  expect(db.prepare('SELECT title FROM conversations').pluck().all()).toEqual(['Kept'])
  for (const table of ['people', 'sessions', 'api_keys', 'people_groups', 'memberships', 'invites', 'oauth_links']) {
    expect(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(0)
  }
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
})

test('an address belongs to one account in any letter case', () => {
  const db = openBefore()
  migrate(db)
  db.exec(`${PERSON} VALUES ('a', 'A', 'a@example.com', 1, 'user', 1, 1)`)
  expect(() => db.exec(`${PERSON} VALUES ('b', 'B', 'A@Example.COM', 1, 'user', 1, 1)`)).toThrow(/UNIQUE/)
  expect(() => db.exec(`${PERSON} VALUES ('b', 'B', 'b@example.com', 1, 'king', 1, 1)`)).toThrow(/CHECK/)
})

test('sessions, memberships and links go with the account, memberships with the group', () => {
  const db = openBefore()
  migrate(db)
  db.exec(`
    ${PERSON} VALUES ('a', 'A', 'a@example.com', 1, 'user', 1, 1), ('b', 'B', 'b@example.com', 1, 'user', 1, 1);
    INSERT INTO sessions VALUES ('s', x'00', 'a', '', 1, 1, 9);
    INSERT INTO people_groups (id, name, description, data, owner_id, created_at, updated_at)
      VALUES ('g', 'G', '', '{}', 'owner', 1, 1);
    INSERT INTO memberships VALUES ('g', 'a'), ('g', 'b');
    INSERT INTO oauth_links VALUES ('p', 'i', 's', 'a', NULL, 1);
    DELETE FROM people WHERE id = 'a';
  `)
  expect(db.prepare('SELECT person_id FROM memberships').pluck().all()).toEqual(['b'])
  db.exec(`DELETE FROM people_groups`)
  for (const table of ['sessions', 'memberships', 'oauth_links']) {
    expect(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(0)
  }
})

test('the search follows new, changed and removed people', () => {
  const db = openBefore()
  migrate(db)
  const found = (text: string) =>
    db.prepare('SELECT rowid FROM people_search WHERE people_search MATCH ?').pluck().all(`"${text}"`).length
  db.exec(`${PERSON} VALUES ('a', 'Ada', 'ada@example.com', 1, 'user', 1, 1)`)
  expect([found('ADA'), found('example')]).toEqual([1, 1])
  db.exec(`UPDATE people SET name = 'Bob', email = 'bob@other.net'`)
  expect([found('ada'), found('example'), found('bob'), found('other')]).toEqual([0, 0, 1, 1])
  db.exec('DELETE FROM people')
  expect([found('bob'), found('other')]).toEqual([0, 0])
  db.exec(`INSERT INTO people_search (people_search) VALUES ('integrity-check')`)
})
