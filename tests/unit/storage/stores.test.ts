import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createConversationsStore } from '../../../src/main/engine/storage/conversations-store.ts'
import { openStorage, type Storage, type StoredMessage } from '../../../src/main/engine/storage/index.ts'
import { createMessagesStore } from '../../../src/main/engine/storage/messages-store.ts'
import { openDatabase } from '../../../src/main/engine/storage/open-database.ts'
import { openWritable } from '../../../src/main/engine/storage/sqlite.ts'
import { createWriter } from '../../../src/main/engine/storage/writer.ts'
import { OWNER_ID } from '../../../src/shared/access.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { createTestLog } from '../../support/test-log.ts'

function openTestStorage(folder = tempFolder()): Storage {
  const storage = openStorage({ folder, log: createTestLog(), now: () => 1_000 })
  onTestFinished(storage.close)
  return storage
}

function message(fields: Partial<StoredMessage> & { id: string }): StoredMessage {
  return {
    conversationId: 'c',
    parentId: null,
    depth: 0,
    role: 'user',
    content: `text of ${fields.id}`,
    reasoning: '',
    toolCalls: [],
    status: 'complete',
    facts: null,
    error: null,
    createdAt: 5,
    ...fields,
  }
}

/** Each entry `child: parent`; roles alternate by depth. */
function plant(storage: Storage, tree: Record<string, string | null>): void {
  storage.conversations.insert('c', null, 1)
  const depths = new Map<string, number>()
  storage.write(() => {
    for (const [id, parentId] of Object.entries(tree)) {
      const depth = parentId === null ? 0 : (depths.get(parentId) ?? 0) + 1
      depths.set(id, depth)
      storage.messages.insert(message({ id, parentId, depth, role: depth % 2 === 0 ? 'user' : 'assistant' }))
    }
  })
}

const TREE = { u1: null, a1: 'u1', u2: 'a1', a2: 'u2', a2b: 'u2', u3: 'a2', u1b: null }

test('a branch is read from any leaf, in order, with its siblings', () => {
  const { messages, ...storage } = openTestStorage()
  plant({ messages, ...storage }, TREE)
  expect(messages.tail('u3', 3).map(({ id }) => id)).toEqual(['u2', 'a2', 'u3'])
  expect(messages.range('u3', 0, 3).map(({ id }) => id)).toEqual(['u1', 'a1', 'u2'])
  expect(messages.range('a2b', 2, 99).map(({ id }) => id)).toEqual(['u2', 'a2b'])
  expect(messages.find('a2')?.siblings).toEqual(['a2', 'a2b'])
  expect(messages.find('u1b')?.siblings).toEqual(['u1', 'u1b'])
  expect(messages.newestLeaf('u1')).toBe('u3')
  expect(messages.newestLeaf('a2b')).toBe('a2b')
  expect(messages.isOnBranch('a1', 'u3')).toBe(true)
  expect(messages.isOnBranch('a2b', 'u3')).toBe(false)
})

test('a path that is known follows new messages below it', () => {
  const storage = openTestStorage()
  plant(storage, TREE)
  expect(storage.messages.range('u3', 4, 9).map(({ id }) => id)).toEqual(['u3'])
  storage.messages.insert(message({ id: 'a3', parentId: 'u3', depth: 5, role: 'assistant' }))
  storage.messages.insert(message({ id: 'u4', parentId: 'a3', depth: 6 }))
  expect(storage.messages.range('u4', 0, 9).map(({ id }) => id)).toEqual(['u1', 'a1', 'u2', 'a2', 'u3', 'a3', 'u4'])
})

test('removing takes all below along, and restoring brings back exactly that', () => {
  const { messages, ...storage } = openTestStorage()
  plant({ messages, ...storage }, TREE)
  expect(messages.removeSubtree('a2b', 100)).toBe(1)
  expect(messages.removeSubtree('u2', 200)).toBe(3)
  expect(messages.find('u3')).toBeNull()
  expect(messages.findAny('u3')).toMatchObject({ deletedAt: 200, deletedWith: 'u2' })
  expect(messages.newestLeaf('u1')).toBe('a1')
  expect(messages.restoreSubtree('u2')).toBe(3)
  expect(messages.find('u3')?.id).toBe('u3')
  expect(messages.find('a2b')).toBeNull()
  expect(messages.find('a2')?.siblings).toEqual(['a2'])
})

test('a field that makes no sense is given up, never the message', () => {
  const folder = tempFolder()
  const storage = openTestStorage(folder)
  plant(storage, { u1: null, a1: 'u1' })
  const db = openWritable(join(folder, 'switchyard.db'))
  db.prepare('UPDATE messages SET facts = ?, tool_calls = ?, error = ? WHERE id = ?').run(
    '{"place":"nowhere"}',
    'not json',
    '{"code":"of the future"}',
    'a1',
  )
  db.prepare(`UPDATE conversations SET trace = '["moon"]'`).run()
  db.close()
  expect(storage.messages.find('a1')).toMatchObject({ content: 'text of a1', facts: null, toolCalls: [], error: null })
  expect(storage.conversations.find('c')?.trace).toEqual([])
})

test('purging goes from the leaves up, in steps, through chats deeper than any cascade could go', () => {
  const folder = tempFolder()
  const storage = openTestStorage(folder)
  const chain = Array.from({ length: 2500 }, (_, index) => `m${index}`)
  plant(storage, Object.fromEntries(chain.map((id, index) => [id, index === 0 ? null : `m${index - 1}`])))
  storage.messages.removeSubtree('m2000', 50)
  expect(storage.messages.purge(50, 600)).toBe(0)
  expect(storage.messages.purge(51, 600)).toBe(500)
  const db = openWritable(join(folder, 'switchyard.db'))
  // Compares every row of the search index with the messages that are left; throws if they differ.
  db.exec(`INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)`)
  expect(db.prepare('SELECT count(*) FROM message_search_docsize').pluck().get()).toBe(2000)
  db.close()
  storage.conversations.remove('c', 60)
  expect(storage.conversations.purgeEmpty(61)).toBe(0)
  let steps = 0
  while (storage.messages.purge(61, 600) > 0) steps++
  expect(steps).toBe(4)
  expect(storage.conversations.purgeEmpty(61)).toBe(1)
  expect(storage.messages.findAny('m0')).toBeNull()
})

test('conversations: pinned first, newest first, in pages without gaps', () => {
  const { conversations } = openTestStorage()
  for (let index = 0; index < 6; index++) conversations.insert(`c${index}`, null, 10)
  conversations.update('c0', { pinned: true })
  const first = conversations.list(OWNER_ID, 3)
  expect(first.map(({ id }) => id)).toEqual(['c0', 'c5', 'c4', 'c3'])
  expect(conversations.list(OWNER_ID, 3, first.at(-1)?.updatedAt).map(({ id }) => id)).toEqual(['c2', 'c1'])
  conversations.update('c1', { touchedAt: 10 })
  expect(conversations.list(OWNER_ID, 1).map(({ id }) => id)).toEqual(['c0', 'c1'])
  expect(conversations.remove('c5', 99)).toBe(true)
  expect(conversations.find('c5')).toBeNull()
  expect(conversations.restore('c5', OWNER_ID)).toBe(true)
  expect(conversations.restore('c5', OWNER_ID)).toBe(false)
})

test('a nested write is part of the outer one: both or neither', () => {
  const storage = openTestStorage()
  expect(() =>
    storage.write(() => {
      storage.conversations.insert('c', null, 1)
      storage.messages.insert(message({ id: 'x', parentId: 'nobody', depth: 1 }))
    }),
  ).toThrow(expect.objectContaining({ code: 'storage_failed' }))
  expect(storage.conversations.find('c')).toBeNull()
})

test('a full disk is disk_full, seen in health, and over with the next write that works', () => {
  const folder = tempFolder()
  const { db, close } = openForLimit(folder)
  const storage = db.storage
  const seen: string[] = []
  storage.onHealthChange((health) => seen.push(health))
  expect(storage.lastCommitAt()).toBeNull()
  storage.conversations.insert('c', null, 1)
  expect(storage.lastCommitAt()).toBe(1_000)
  db.limitPages()
  expect(() => storage.messages.insert(message({ id: 'big', content: 'x'.repeat(5_000_000) }))).toThrow(
    expect.objectContaining({ code: 'disk_full', status: 507 }),
  )
  expect(storage.health()).toBe('failed')
  expect(storage.messages.findAny('big')).toBeNull()
  storage.conversations.update('c', { title: 'small' })
  expect(seen).toEqual(['failed', 'ok'])
  close()
})

test('GGUF verdicts hold for exactly one version of a file', () => {
  const { ggufRegistry } = openTestStorage()
  ggufRegistry.saveVerdict('/m/a.gguf', 10, 1234.5678, { state: 'quarantined', reason: 'it crashed' })
  expect(ggufRegistry.verdict('/m/a.gguf', 10, 1234.5678)).toEqual({ state: 'quarantined', reason: 'it crashed' })
  expect(ggufRegistry.verdict('/m/a.gguf', 11, 1234.5678)).toBeNull()
  expect(ggufRegistry.verdict('/m/a.gguf', 10, 1234.5679)).toBeNull()
  ggufRegistry.saveVerdict('/m/a.gguf', 11, 2, { state: 'trusted' })
  expect(ggufRegistry.verdict('/m/a.gguf', 11, 2)).toEqual({ state: 'trusted' })
  ggufRegistry.forgetVerdict('/m/a.gguf')
  expect(ggufRegistry.verdict('/m/a.gguf', 11, 2)).toBeNull()
  expect([ggufRegistry.options('a'), ggufRegistry.lastUsedAt('a')]).toEqual([{}, null])
  ggufRegistry.touch('a', 77)
  ggufRegistry.saveOptions('a', { contextSize: 512 })
  expect([ggufRegistry.options('a'), ggufRegistry.lastUsedAt('a')]).toEqual([{ contextSize: 512 }, 77])
})

/** A storage whose database file may be kept from growing. */
function openForLimit(folder: string) {
  const { db, close } = openDatabase({ folder, log: createTestLog(), now: () => 1_000 })
  const writer = createWriter({ db, file: join(folder, 'switchyard.db'), log: createTestLog(), now: () => 1_000 })
  const storage = {
    ...writer,
    conversations: createConversationsStore(db, writer),
    messages: createMessagesStore(db, writer),
  }
  const limitPages = (): void => void db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`)
  return { db: { storage, limitPages }, close }
}
