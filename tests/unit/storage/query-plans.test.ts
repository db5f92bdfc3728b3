import { expect, onTestFinished, test } from 'vitest'
import { createAttachmentsStore } from '../../../src/main/engine/storage/attachments-store.ts'
import { createConversationsStore } from '../../../src/main/engine/storage/conversations-store.ts'
import { createMessagesStore } from '../../../src/main/engine/storage/messages-store.ts'
import { openDatabase } from '../../../src/main/engine/storage/open-database.ts'
import type { WritableDatabase } from '../../../src/main/engine/storage/sqlite.ts'
import { indexedSearchSql, scanningSearchSql } from '../../../src/main/engine/storage/worker/search-messages.ts'
import { createWriter } from '../../../src/main/engine/storage/writer.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { createTestLog } from '../../support/test-log.ts'

/** Every statement that the stores prepare, and the plans SQLite has for them. */
function plans(): Map<string, string> {
  const log = createTestLog()
  const { db, close } = openDatabase({ folder: tempFolder(), log, now: () => 1 })
  onTestFinished(close)
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
  const writer = createWriter({ db, file: '', log, now: () => 1 })
  createMessagesStore(spy, writer)
  createConversationsStore(spy, writer)
  createAttachmentsStore(spy, writer)
  seen.push(indexedSearchSql(0), indexedSearchSql(1), scanningSearchSql(1))
  return new Map(seen.map((sql) => [sql.replaceAll(/\s+/g, ' ').trim(), explain(db, sql)]))
}

function explain(db: WritableDatabase, sql: string): string {
  const named = Object.fromEntries([...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name ?? '', 'x']))
  const marks = (sql.match(/\?/g) ?? []).map(() => 1)
  const statement = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
  const rows = Object.keys(named).length > 0 ? statement.all(named) : statement.all(...marks)
  return rows.map(({ detail }) => detail).join('\n')
}

function find(all: Map<string, string>, part: string): string {
  const [match, ...more] = [...all].filter(([sql]) => sql.includes(part))
  if (match === undefined || more.length > 0) throw new Error(`${more.length + 1} statements contain: ${part}`)
  return match[1]
}

test('no statement scans messages, conversations or attachments, but the search for one or two letters', () => {
  const scanning = [...plans()].filter(([sql, plan]) => {
    const scans = plan.split('\n').filter((line) => /^SCAN (messages|conversations|attachments)/.test(line))
    return scans.some((line) => !/USING (COVERING )?INDEX/.test(line)) && !sql.includes("status <> 'streaming'")
  })
  expect(scanning).toEqual([])
})

test('hot queries use the index that was made for them, and sort nothing', () => {
  const all = plans()
  const tail = find(all, 'LIMIT ? ) SELECT seq FROM walk')
  expect(tail.match(/COVERING INDEX messages_walk/g)).toHaveLength(2)
  expect(tail).not.toContain('TEMP B-TREE')
  expect(find(all, 'walk.parent_id ) SELECT seq FROM walk').match(/COVERING INDEX messages_walk/g)).toHaveLength(2)
  const siblings = find(all, 'role = ? ORDER BY seq')
  expect(siblings).toContain('COVERING INDEX messages_children')
  expect(siblings).not.toContain('TEMP B-TREE')
  const child = find(all, 'AND deleted_at IS NULL ORDER BY seq DESC LIMIT 1')
  expect(child).toContain('messages_children')
  const below = find(all, 'SELECT id FROM below')
  expect(below).toContain('COVERING INDEX messages_children')
  for (const list of ['pinned = 1 ORDER BY', 'pinned = 0 ORDER BY', 'AND updated_at < ?']) {
    expect(find(all, list)).toMatch(/INDEX conversations_(pinned_)?of_owner \(owner_id=\?/)
    expect(find(all, list)).not.toContain('TEMP B-TREE')
  }
  const images = find(all, 'FROM attachments WHERE message_id = ?')
  expect(images).toContain('COVERING INDEX attachments_of_message')
  expect(images).not.toContain('TEMP B-TREE')
  expect(find(all, 'AS hasImages')).toContain('COVERING INDEX attachments_of_message')
  expect(find(all, 'DELETE FROM attachments')).toContain('COVERING INDEX attachments_of_message')
  expect(find(all, "WHERE status = 'streaming'")).toContain('messages_streaming')
  expect(find(all, 'SET deleted_at = ? WHERE owner_id')).toContain('INDEX conversations_of_owner (owner_id=?)')
  const search = find(all, 'message_search MATCH ? AND messages.deleted_at IS NULL ORDER')
  expect(search).toContain('SCAN message_search VIRTUAL TABLE')
  expect(search).toContain('SEARCH messages USING INTEGER PRIMARY KEY')
  expect(search).toContain('COVERING INDEX conversations_search (id=? AND owner_id=?')
  expect(search).not.toContain('TEMP B-TREE')
  expect(find(all, "status <> 'streaming'")).toContain('COVERING INDEX conversations_search (id=? AND owner_id=?')
  expect(find(all, "status <> 'streaming'")).not.toContain('TEMP B-TREE')
})
