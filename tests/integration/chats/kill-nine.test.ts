import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openDataFolder } from '../../../src/main/engine/data-folder/index.ts'
import { checkIntegrity } from '../../../src/main/engine/storage/check-integrity.ts'
import { openReadOnly } from '../../../src/main/engine/storage/sqlite.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { openTestChats } from '../../support/test-chats.ts'

const CHILD = fileURLToPath(new URL('./stream-until-killed.ts', import.meta.url))

interface Ids {
  id: string
  userMessageId: string
  answerId: string
}

interface Said {
  word: number
  at: number
}

test('kill -9 during an answer loses less than a second of it, and frees the folder', async () => {
  const folder = tempFolder()
  const child = spawn(process.execPath, [CHILD, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said: Said[] = []
  let ids: Ids = { id: '', userMessageId: '', answerId: '' }
  for await (const line of createInterface({ input: child.stdout })) {
    const record = JSON.parse(line) as Ids | Said
    if ('id' in record) {
      ids = record
      expect(() => openDataFolder(folder)).toThrow(
        expect.objectContaining({ code: 'conflict', message: expect.stringContaining(`pid ${child.pid}`) }),
      )
    } else said.push(record)
    if (said.length === 250) break
  }
  child.kill('SIGKILL')
  const killedAt = Date.now()
  await once(child, 'exit')
  openDataFolder(folder).release()

  const { chats, storage, lines } = openTestChats(folder)
  expect(lines.map(({ message }) => message)).toContain(
    'the last stop was not clean; the database passed its full check',
  )
  const { tail } = chats.thread(ids.id, 50)
  expect(tail.map((message) => [message.id, message.status])).toEqual([
    [ids.userMessageId, 'complete'],
    [ids.answerId, 'interrupted'],
  ])
  expect(tail[0]?.content).toBe('Count for me')
  const kept = tail[1]?.content ?? ''
  const expected = said.filter(({ at }) => at <= killedAt - 1000).map(({ word }) => `w${word} `)
  expect(expected.length).toBeGreaterThan(50)
  expect(kept.startsWith(expected.join(''))).toBe(true)
  expect((await chats.search('w5', 5)).map(({ messageId }) => messageId)).toEqual([ids.answerId])
  const check = openReadOnly(storage.file)
  expect(checkIntegrity(check, 'full')).toEqual([])
  check.close()
})
