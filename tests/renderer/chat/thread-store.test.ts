import { createORPCClient } from '@orpc/client'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Client } from '../../../src/renderer/bridge/client.ts'
import { ThreadStore } from '../../../src/renderer/features/chat/thread-store.ts'
import { createMockEngine } from '../support/mock-engine.ts'
import { conversationOf, MockChats } from './mock-chats.ts'

const open: ThreadStore[] = []
afterEach(() => {
  for (const store of open.splice(0)) store.close()
})

function setup() {
  const engine = createMockEngine()
  const chats = new MockChats(engine)
  chats.add(conversationOf('c'))
  const ended: string[] = []
  const make = (): ThreadStore => {
    const store = new ThreadStore({
      client: createORPCClient<Client>(engine.link),
      conversationId: 'c',
      onEnd: (message) => ended.push(message.id),
      schedule: (run) => {
        const timer = setTimeout(run, 0)
        return () => clearTimeout(timer)
      },
    })
    open.push(store)
    return store
  }
  return { engine, chats, ended, make }
}

/** A branch of `count` messages; returns the ids. */
function talk(chats: MockChats, count: number): string[] {
  const ids: string[] = []
  for (let depth = 0; depth < count; depth += 1) {
    const role = depth % 2 === 0 ? 'user' : 'assistant'
    ids.push(chats.say('c', ids.at(-1) ?? null, { role, content: `message ${depth}` }).id)
  }
  return ids
}

function contents(store: ThreadStore): (string | undefined)[] {
  return Array.from({ length: store.snapshot().total }, (_, depth) => store.at(depth)?.content)
}

describe('ThreadStore', () => {
  it('opens with the end of the branch and fetches the rest by pages', async () => {
    const { engine, chats, make } = setup()
    talk(chats, 300)
    const store = make()
    await store.load()
    expect(store.snapshot()).toMatchObject({ state: 'ready', total: 300 })
    expect(store.at(299)?.content).toBe('message 299')
    expect(store.at(100)).toBeUndefined()
    store.ensure(90, 120)
    await vi.waitFor(() => expect(store.at(100)?.content).toBe('message 100'))
    expect(engine.inputs('chats.range')).toMatchObject([
      { from: 50, to: 100 },
      { from: 100, to: 150 },
    ])
    store.ensure(90, 120)
    expect(engine.inputs('chats.range')).toHaveLength(2)
  })

  it('lets far messages go and keeps the end', async () => {
    const { chats, make } = setup()
    talk(chats, 1500)
    const store = make()
    await store.load()
    for (let from = 0; from < 1400; from += 50) {
      store.ensure(from, from + 50)
      await vi.waitFor(() => expect(store.at(from)).toBeDefined())
    }
    const here = Array.from({ length: 1500 }, (_, depth) => store.at(depth)).filter((one) => one !== undefined)
    expect(here.length).toBeLessThanOrEqual(600)
    expect(store.at(0)).toBeUndefined()
    expect(store.at(1499)).toBeDefined()
  })

  it('sends, follows the answer to its end, and reports it', async () => {
    const { chats, ended, make } = setup()
    const store = make()
    await store.load()
    const answer = await store.send('hello', 'demo')
    expect(contents(store)).toEqual(['hello', ''])
    expect(store.live?.id).toBe(answer.id)
    await vi.waitFor(() => expect(chats.watching(answer.id)).toBe(true))
    chats.delta(answer.id, 'some ')
    chats.delta(answer.id, 'text')
    await vi.waitFor(() => expect(store.streamOf(answer.id)?.text).toBe('some text'))
    chats.end(answer.id)
    await vi.waitFor(() => expect(ended).toEqual([answer.id]))
    expect(store.streamOf(answer.id)).toBeUndefined()
    expect(store.at(1)).toMatchObject({ content: 'some text', status: 'complete' })
    expect(store.live).toBeUndefined()
  })

  it('sees an answer again that was begun before it was opened, and after a lost connection', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const { chats, make } = setup()
    const [ask] = talk(chats, 1)
    const answer = chats.startAnswer('c', ask ?? null)
    chats.delta(answer.id, 'before ')
    const store = make()
    await store.load()
    await vi.waitFor(() => expect(chats.watching(answer.id)).toBe(true))
    expect(store.streamOf(answer.id)?.text).toBe('before ')
    chats.drop()
    chats.delta(answer.id, 'missed ')
    await vi.waitFor(() => expect(store.streamOf(answer.id)?.text).toBe('before missed '), { timeout: 3000 })
    chats.delta(answer.id, 'after')
    await vi.waitFor(() => expect(store.streamOf(answer.id)?.text).toBe('before missed after'))
    vi.restoreAllMocks()
  })

  it('makes a branch by editing, and goes back to the old one with what followed it', async () => {
    const { chats, make } = setup()
    talk(chats, 4)
    const store = make()
    await store.load()
    const second = store.at(2)
    if (second === undefined) throw new Error('missing')
    const answer = await store.send('edited', 'demo', { parentId: second.parentId })
    chats.end(answer.id, { content: 'new answer' })
    await vi.waitFor(() => expect(store.at(3)?.content).toBe('new answer'))
    expect(contents(store)).toEqual(['message 0', 'message 1', 'edited', 'new answer'])
    expect(store.at(2)?.siblings).toHaveLength(2)
    const kept = store.at(1)
    await store.select(second.id, 2)
    expect(contents(store)).toEqual(['message 0', 'message 1', 'message 2', 'message 3'])
    expect(store.at(1)).toBe(kept)
  })

  it('reruns as a sibling of the answer', async () => {
    const { chats, make } = setup()
    const ids = talk(chats, 2)
    const store = make()
    await store.load()
    const again = await store.rerun(ids[1] ?? '')
    expect(store.at(1)?.id).toBe(again.id)
    expect(store.at(1)?.siblings).toEqual([ids[1], again.id])
    expect(store.snapshot().total).toBe(2)
  })

  it('deletes a message with what follows, and brings it back', async () => {
    const { chats, make } = setup()
    talk(chats, 4)
    const store = make()
    await store.load()
    const message = store.at(2)
    if (message === undefined) throw new Error('missing')
    await store.remove(message)
    expect(contents(store)).toEqual(['message 0', 'message 1'])
    await store.restore(message)
    expect(contents(store)).toEqual(['message 0', 'message 1', 'message 2', 'message 3'])
  })

  it('finds an old message by its time with a few fetches', async () => {
    const { engine, chats, make } = setup()
    const ids = talk(chats, 1500)
    const store = make()
    await store.load()
    const wanted = chats.message('c', ids[417] ?? '')
    expect(await store.find(wanted.id, wanted.createdAt)).toBe(417)
    expect(engine.inputs('chats.range').length).toBeLessThan(8)
    expect(await store.find('elsewhere', wanted.createdAt)).toBeNull()
  })

  it('takes over what another window did', async () => {
    const { chats, make } = setup()
    const ids = talk(chats, 2)
    const store = make()
    await store.load()
    const first = store.at(0)
    chats.say('c', ids[1] ?? null, { role: 'user', content: 'from elsewhere' })
    store.refresh()
    await vi.waitFor(() => expect(contents(store)).toEqual(['message 0', 'message 1', 'from elsewhere']))
    expect(store.at(0)).toBe(first)
  })

  it('says why it could not be opened', async () => {
    const { engine, make } = setup()
    engine.fail('chats.thread', { code: 'not_found', message: 'No such chat', retryable: false })
    const store = make()
    await store.load()
    expect(store.snapshot()).toMatchObject({ state: 'failed', error: { code: 'not_found' } })
  })
})
