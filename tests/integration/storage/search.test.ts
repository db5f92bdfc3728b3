import { expect, test } from 'vitest'
import { createSearchWorker } from '../../../src/main/engine/storage/index.ts'
import type { SearchHit } from '../../../src/shared/chats.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { openTestChats, STORAGE_WORKER } from '../../support/test-chats.ts'
import { createTestLog } from '../../support/test-log.ts'

function marks(hits: SearchHit[]): string[][] {
  return hits.map(({ snippet, ranges }) => ranges.map(([start, end]) => snippet.slice(start, end)))
}

test('finished messages are found by parts of words, in any case and script; deleted ones are not', async () => {
  const { chats, storage } = openTestChats(tempFolder())
  const { id } = chats.create(null)
  const ask = (content: string) => chats.send({ id, parentId: null, content, modelId: 'gone' }).userMessage.id
  const railway = ask('Where is the RAILWAY station in Zürich?')
  const chinese = ask('火车站在哪里？')
  const syntax = ask('Is "NEAR(a b)" OR * an FTS5 thing? 100% sure')
  const removed = ask('A railway secret')
  chats.removeMessage(id, removed)
  const find = async (query: string) => (await chats.search(query, 20)).map(({ messageId }) => messageId)
  expect(await find('railway')).toEqual([railway])
  expect(await find('ilway sta')).toEqual([railway])
  expect(await find('zürich STATION')).toEqual([railway])
  expect(await find('railway bridge')).toEqual([])
  expect(await find('火车站')).toEqual([chinese])
  expect(await find('火车')).toEqual([chinese])
  expect(await find('"NEAR(a')).toEqual([syntax])
  expect(await find('OR *')).toEqual([syntax])
  expect(await find('0%')).toEqual([syntax])
  expect(await find('  ')).toEqual([])
  expect(marks(await chats.search('railway is', 5))).toEqual([['is', 'RAILWAY']])
  chats.restoreMessage(id, removed)
  expect(await find('railway')).toEqual([removed, railway])
  storage.conversations.remove(id, 1)
  expect(await find('railway')).toEqual([])
})

test('an answer is found once it has ended, not while it streams', async () => {
  const test = openTestChats(tempFolder())
  const { id } = test.chats.create('demo')
  const { answer } = test.chats.send({ id, parentId: null, content: 'Question', modelId: 'demo' })
  test.storage.messages.updateAnswer(answer.id, { content: 'halfway there', reasoning: '' })
  expect(await test.chats.search('halfway', 5)).toEqual([])
  test.chats.stop(answer.id)
  expect(await test.chats.search('halfway', 5)).toMatchObject([
    { messageId: answer.id, conversationId: id, conversationTitle: 'Question', role: 'assistant' },
  ])
})

test('a worker that cannot work rejects clearly, and the next search tries a new one', async () => {
  const log = createTestLog()
  const worker = createSearchWorker({ file: '/nowhere/switchyard.db', entry: STORAGE_WORKER, log })
  await expect(worker.search('owner', 'anything', 5)).rejects.toMatchObject({ code: 'storage_failed' })
  await expect(worker.search('owner', 'anything', 5)).rejects.toMatchObject({ code: 'storage_failed' })
  await worker.close()
  await expect(worker.search('owner', 'anything', 5)).rejects.toMatchObject({ code: 'shutting_down' })
})

test('closing ends searches that run', async () => {
  const { chats, close } = openTestChats(tempFolder())
  const search = chats.search('anything', 5)
  const ended = expect(search).rejects.toMatchObject({ code: 'shutting_down' })
  await close()
  await ended
})
