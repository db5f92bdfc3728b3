import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openStorage } from '../../../src/main/engine/storage/index.ts'
import { migrate } from '../../../src/main/engine/storage/migrate.ts'
import { migrations } from '../../../src/main/engine/storage/migrations/index.ts'
import { openWritable } from '../../../src/main/engine/storage/sqlite.ts'
import { createMessageSearch } from '../../../src/main/engine/storage/worker/search-messages.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { createTestLog } from '../../support/test-log.ts'

test('9 to 10: what was there before is the owner’s, pinned and deleted ones as they were, and is found', () => {
  const db = openWritable(join(tempFolder(), 'test.db'))
  onTestFinished(() => void db.close())
  migrate(db, { migrations: migrations.filter(({ version }) => version < 10) })
  db.exec(`
    INSERT INTO conversations (id, title, pinned, created_at, updated_at) VALUES ('p', 'Pinned', 1, 1, 2);
    INSERT INTO conversations (id, title, created_at, updated_at, deleted_at) VALUES ('d', 'Deleted', 1, 2, 3);
    INSERT INTO messages (id, conversation_id, depth, role, status, created_at, content)
      VALUES ('m', 'p', 0, 'user', 'complete', 1, 'an older railway question');
  `)
  migrate(db)
  const rows = db.prepare('SELECT id, owner_id, pinned, deleted_at FROM conversations ORDER BY id').all()
  expect(rows).toEqual([
    { id: 'd', owner_id: 'owner', pinned: 0, deleted_at: 3 },
    { id: 'p', owner_id: 'owner', pinned: 1, deleted_at: null },
  ])
  const search = createMessageSearch(db)
  for (const query of ['railway', 'an']) {
    expect(search('owner', query, 5)).toMatchObject([{ messageId: 'm', conversationTitle: 'Pinned' }])
    expect(search('someone', query, 5)).toEqual([])
  }
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
})

test('each store call about lists keeps to one person', () => {
  const storage = openStorage({ folder: tempFolder(), log: createTestLog(), now: () => 1 })
  onTestFinished(storage.close)
  const { conversations } = storage
  conversations.insert('a', null, 1, 'ada')
  conversations.insert('b', null, 2, 'ben')
  conversations.insert('o', null, 3)
  expect(conversations.list('ada', 9).map(({ id, ownerId }) => [id, ownerId])).toEqual([['a', 'ada']])
  expect(conversations.list('owner', 9).map(({ id }) => id)).toEqual(['o'])
  conversations.remove('a', 5)
  expect(conversations.restore('a', 'ben')).toBe(false)
  expect(conversations.restore('a', 'ada')).toBe(true)
  expect(conversations.removeAllOf('ada', 6)).toBe(1)
  expect(conversations.find('b')?.ownerId).toBe('ben')
})
