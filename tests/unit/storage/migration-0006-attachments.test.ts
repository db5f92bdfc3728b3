import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openStorage, type Storage, type StoredImage } from '../../../src/main/engine/storage/index.ts'
import { migrate } from '../../../src/main/engine/storage/migrate.ts'
import { migrations } from '../../../src/main/engine/storage/migrations/index.ts'
import { openReadOnly, openWritable } from '../../../src/main/engine/storage/sqlite.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { createTestLog } from '../../support/test-log.ts'

test('5 to 6: messages stay as they were and have no pictures; pictures go with their message', () => {
  const db = openWritable(join(tempFolder(), 'test.db'))
  onTestFinished(() => void db.close())
  migrate(db, { migrations: migrations.filter(({ version }) => version < 6) })
  db.exec(`
    INSERT INTO conversations (id, title, created_at, updated_at) VALUES ('c', 'Kept', 1, 2);
    INSERT INTO messages (id, conversation_id, depth, role, status, created_at, content)
      VALUES ('m', 'c', 0, 'user', 'complete', 1, 'kept as well');
  `)
  migrate(db)
  expect(db.prepare('SELECT content FROM messages').pluck().all()).toEqual(['kept as well'])
  expect(db.prepare('SELECT count(*) FROM attachments').pluck().get()).toBe(0)
  db.exec(`INSERT INTO attachments (id, message_id, media_type, width, height, size_bytes, data)
    VALUES ('i', 'm', 'image/png', 1, 1, 1, x'00')`)
  db.exec(`DELETE FROM messages WHERE id = 'm'`)
  expect(db.prepare('SELECT count(*) FROM attachments').pluck().get()).toBe(0)
  expect(() =>
    db.exec(`INSERT INTO attachments (id, message_id, media_type, width, height, size_bytes, data)
      VALUES ('j', 'nobody', 'image/png', 1, 1, 1, x'00')`),
  ).toThrow(/FOREIGN KEY/)
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
})

function image(id: string): StoredImage {
  return { id, mediaType: 'image/png', width: 30, height: 20, sizeBytes: 4, data: Buffer.from(`of ${id}`) }
}

function openWithMessage(): Storage {
  const storage = openStorage({ folder: tempFolder(), log: createTestLog(), now: () => 1 })
  onTestFinished(storage.close)
  storage.conversations.insert('c', null, 1)
  for (const [id, parentId, depth] of [['m', null, 0] as const, ['n', 'm', 1] as const]) {
    storage.messages.insert({
      id,
      conversationId: 'c',
      parentId,
      depth,
      role: 'user',
      content: 'text',
      reasoning: '',
      toolCalls: [],
      status: 'complete',
      facts: null,
      error: null,
      createdAt: 5,
    })
  }
  return storage
}

test('pictures come with their message in order, their bytes by id, and not once it is deleted', () => {
  const { attachments, messages } = openWithMessage()
  attachments.insert('m', image('b'))
  attachments.insert('m', image('a'))
  attachments.copy('b', 'n', 'copy')
  const about = { mediaType: 'image/png', width: 30, height: 20, sizeBytes: 4 }
  expect(messages.find('m')?.images).toEqual([
    { id: 'b', ...about },
    { id: 'a', ...about },
  ])
  expect(messages.find('n')?.images).toEqual([{ id: 'copy', ...about }])
  expect(messages.history('n', 0, 2)).toMatchObject([{ hasImages: 1 }, { hasImages: 1 }])
  expect(attachments.find('copy')).toEqual({
    conversationId: 'c',
    mediaType: 'image/png',
    sizeBytes: 4,
    data: Buffer.from('of b'),
  })
  messages.removeSubtree('n', 10)
  expect(attachments.find('copy')).toBeNull()
  expect(attachments.about('copy')).toBeNull()
  messages.restoreSubtree('n')
  expect(attachments.about('copy')).toEqual({ conversationId: 'c', sizeBytes: 4 })
})

test.each(['message', 'conversation'])('a purged %s takes its pictures along, one a step', (what) => {
  const storage = openWithMessage()
  storage.attachments.insert('m', image('a'))
  storage.attachments.insert('n', image('b'))
  if (what === 'message') storage.messages.removeSubtree('m', 10)
  else storage.conversations.remove('c', 10)
  const steps: number[] = []
  for (let purged = storage.messages.purge(11, 20); purged > 0; purged = storage.messages.purge(11, 20)) {
    steps.push(purged)
  }
  expect(steps).toEqual([1, 1, 2])
  const db = openReadOnly(storage.file)
  onTestFinished(() => void db.close())
  expect(db.prepare('SELECT count(*) FROM attachments').pluck().get()).toBe(0)
  expect(db.prepare('SELECT count(*) FROM messages').pluck().get()).toBe(0)
})
