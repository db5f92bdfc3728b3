import { expect, onTestFinished, test } from 'vitest'
import { createApiKeysStore } from '../../../src/main/engine/storage/api-keys-store.ts'
import { createGroupsStore } from '../../../src/main/engine/storage/groups-store.ts'
import { createInvitesStore } from '../../../src/main/engine/storage/invites-store.ts'
import { createOauthStore } from '../../../src/main/engine/storage/oauth-store.ts'
import { openDatabase } from '../../../src/main/engine/storage/open-database.ts'
import { createPeopleStore, pageSql } from '../../../src/main/engine/storage/people-store.ts'
import { createSessionsStore } from '../../../src/main/engine/storage/sessions-store.ts'
import type { WritableDatabase } from '../../../src/main/engine/storage/sqlite.ts'
import { createWriter } from '../../../src/main/engine/storage/writer.ts'
import type { PeopleQuery } from '../../../src/shared/team.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { createTestLog } from '../../support/test-log.ts'

function openDb(): WritableDatabase {
  const { db, close } = openDatabase({ folder: tempFolder(), log: createTestLog(), now: () => 1 })
  onTestFinished(close)
  return db
}

function explain(db: WritableDatabase, sql: string): string {
  const named = Object.fromEntries([...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name ?? '', '"x"']))
  const marks = (sql.match(/\?/g) ?? []).map(() => 'x')
  const statement = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
  const rows = Object.keys(named).length > 0 ? statement.all(named) : statement.all(...marks)
  return rows.map(({ detail }) => detail).join('\n')
}

/** Every statement that the stores of accounts prepare. */
function statements(db: WritableDatabase): string[] {
  const seen: string[] = []
  const spy = new Proxy(db, {
    get(target, key) {
      if (key === 'prepare') {
        return (sql: string) => {
          seen.push(sql)
          return target.prepare(sql)
        }
      }
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const writer = createWriter({ db, file: '', log: createTestLog(), now: () => 1 })
  createPeopleStore(spy, writer)
  createSessionsStore(spy, writer)
  createApiKeysStore(spy, writer)
  createGroupsStore(spy, writer)
  createInvitesStore(spy, writer)
  createOauthStore(spy, writer)
  return seen
}

test('no statement reads all people, sessions, keys, memberships or links, but those that are asked for all', () => {
  const db = openDb()
  const all =
    /FROM (people|api_keys|people_groups|invites|oauth_providers)( ORDER BY [\w, ]+( COLLATE NOCASE)?[\w, ]*)?$/
  const scanning = statements(db).flatMap((text) => {
    const sql = text.replaceAll(/\s+/g, ' ').trim()
    const scans = [...explain(db, sql).matchAll(/^SCAN (\w+).*/gm)]
    const asked = all.exec(sql)?.[1]
    return scans.filter(([, table]) => table !== asked).map(([line]) => `${sql}: ${line}`)
  })
  expect(scanning).toEqual([])
})

test('what each request may ask is found by its index', () => {
  const db = openDb()
  const plan = (part: string): string => {
    const [sql, ...more] = statements(db).filter((each) => each.includes(part))
    if (sql === undefined || more.length > 0) throw new Error(`${more.length + 1} statements contain: ${part}`)
    return explain(db, sql)
  }
  expect(plan('WHERE token_hash = ?')).toContain('USING INDEX sqlite_autoindex_sessions')
  expect(plan('WHERE key_hash = ?')).toContain('USING INDEX sqlite_autoindex_api_keys')
  expect(plan('WHERE secret_hash = ?')).toContain('USING INDEX sqlite_autoindex_invites')
  expect(plan('WHERE email = ?')).toContain('USING INDEX sqlite_autoindex_people')
  expect(plan(`WHERE role = 'admin'`)).toContain('USING INDEX people_by_role')
  expect(plan(`WHERE role = 'admin'`) + plan('WHERE person_id = ? AND expires_at > ?')).not.toContain('TEMP B-TREE')
  expect(plan('SELECT group_id FROM memberships WHERE person_id = ?')).toContain(
    'USING COVERING INDEX memberships_of_person',
  )
  expect(plan('DELETE FROM sessions WHERE expires_at')).toContain('USING INDEX sessions_by_expiry')
})

const QUERY: PeopleQuery = { query: '', orderBy: 'created_at', direction: 'desc', groupId: null, page: 1 }

test.each([
  ['name', 'people_by_name'],
  ['email', 'sqlite_autoindex_people_2'],
  ['role', 'people_by_role'],
  ['created_at', 'people_by_creation'],
  ['last_active_at', 'people_by_activity'],
] as const)('a page by %s is read in the order of its index', (orderBy, index) => {
  const db = openDb()
  for (const direction of ['asc', 'desc'] as const) {
    const plan = explain(db, pageSql({ ...QUERY, orderBy, direction }))
    expect(plan).toContain(`SCAN people USING INDEX ${index}`)
    expect(plan).not.toContain('TEMP B-TREE')
  }
})

test('a search starts at its index, and a group at its members', () => {
  const db = openDb()
  const search = explain(db, pageSql({ ...QUERY, query: 'ada' }))
  expect(search).toContain('SCAN people_search VIRTUAL TABLE INDEX')
  expect(search).toContain('SEARCH people USING INTEGER PRIMARY KEY')
  const ofGroup = explain(db, pageSql({ ...QUERY, groupId: 'g' }))
  expect(ofGroup).toContain('SEARCH people USING INDEX sqlite_autoindex_people_1 (id=?)')
  expect(ofGroup).toContain('SEARCH memberships USING PRIMARY KEY (group_id=?)')
})
