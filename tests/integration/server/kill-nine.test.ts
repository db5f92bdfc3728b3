import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { contractClient } from '../../support/contract-client.ts'
import { type ServeProcess, startServe } from '../../support/serve-process.ts'
import { until } from '../../support/until.ts'

let folder: string
let serve: ServeProcess | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-kill-'))
})
afterEach(async () => {
  await serve?.end('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

it('keeps the message and all text up to a second before kill -9', async () => {
  serve = await startServe({ dataFolder: folder })
  const client = contractClient(serve.url)
  const chat = await client.chats.create({})
  const question = 'Go on in an endless loop, please'
  const { answer } = await client.chats.send({ id: chat.id, parentId: null, content: question, modelId: 'demo' })

  // Follow the answer as a window does, and remember when each piece of text was there.
  const seen: { at: number; length: number }[] = []
  const follow = (async () => {
    let length = 0
    for await (const event of await client.chats.watch({ answerId: answer.id })) {
      if (event.type === 'snapshot') length = event.message.content.length
      if (event.type === 'delta') length += event.content.length
      seen.push({ at: performance.now(), length })
    }
  })().catch(() => 'the server was killed')
  await until('more than a second of text', () => {
    const first = seen.find((each) => each.length > 0)
    return first !== undefined && performance.now() - first.at > 1_300 ? true : null
  })
  const killedAt = performance.now()
  await serve.end('SIGKILL')
  await follow
  const mustHave = seen.filter((each) => each.at < killedAt - 1_000).at(-1)?.length ?? 0
  expect(mustHave).toBeGreaterThan(0)

  serve = await startServe({ dataFolder: folder })
  const thread = await contractClient(serve.url).chats.thread({ id: chat.id })
  expect(thread.tail.map((message) => message.role)).toEqual(['user', 'assistant'])
  expect(thread.tail[0]?.content).toBe(question)
  expect(thread.tail[1]?.status).toBe('interrupted')
  expect(thread.tail[1]?.content.length).toBeGreaterThanOrEqual(mustHave)
  await serve.end()

  const database = new Database(join(folder, 'switchyard.db'), { readonly: true })
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
  database.close()
})
