import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MessageChannel } from 'node:worker_threads'
import { createORPCClient, isDefinedError, ORPCError, safe } from '@orpc/client'
import { RPCLink as FetchLink } from '@orpc/client/fetch'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Chats, Engine } from '../../../src/main/engine/spec/engine.ts'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import type { EngineEvent } from '../../../src/main/engine/spec/engine-event.ts'
import { OWNER } from '../../../src/main/engine/spec/principal.ts'
import { createRpcHttpHandler, createRpcPortHandler } from '../../../src/main/rpc/index.ts'
import type { Status, UiEvent } from '../../../src/shared/app-info.ts'
import type { Contract } from '../../../src/shared/contract.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { openTestChats, type TestChats } from '../../support/test-chats.ts'
import { createTestLog } from '../../support/test-log.ts'
import { until } from '../../support/until.ts'

type Client = ContractRouterClient<Contract>

const STATUS: Status = {
  here: { modelName: null, state: 'idle', loadedModels: 0, availableModels: 1, memoryBytes: { ram: 0, vram: 0 } },
  near: { connections: 0, down: 0 },
  away: { connections: 0, down: 0 },
  trouble: [],
  savedAt: null,
  storage: 'ok',
}

interface TestEngine extends TestChats {
  engine: Engine
  listeners: Set<(event: EngineEvent) => void>
  /** Watchers of answers that have not been cleaned up. */
  watching(): number
}

/** Real chats and settings; the rest answers as scripted. */
function openTestEngine(): TestEngine {
  const test = openTestChats(tempFolder())
  const listeners = new Set<(event: EngineEvent) => void>()
  let watching = 0
  const chats: Chats = {
    ...test.chats,
    async *watch(answerId, signal) {
      watching++
      try {
        yield* test.chats.watch(answerId, signal)
      } finally {
        watching--
      }
    },
  }
  const parts: Partial<Engine> = {
    chatsOf(personId) {
      if (personId !== OWNER.id) throw new Error(`not asked for ${personId}`)
      return chats
    },
    settings: test.settings,
    log: createTestLog(),
    status: () => STATUS,
    onEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    presets: {
      listed: () => {
        throw new TypeError('secret detail of a bug')
      },
    } as unknown as Engine['presets'],
    runtime: {
      warmSoon() {},
      add: async () => ({
        added: [{ id: 'a', path: '/a.gguf' }],
        refused: [
          { path: '/b.gguf', error: new EngineError('model_quarantined', 'It is no GGUF file.', { detail: 'byte 0' }) },
          { path: '/c.gguf', error: new Error('secret detail of a bug') },
        ],
      }),
      files: () => [],
    } as unknown as Engine['runtime'],
  }
  return { ...test, engine: parts as Engine, listeners, watching: () => watching }
}

async function overHttp(engine: Engine): Promise<Client> {
  const handle = createRpcHttpHandler(engine)
  const server = createServer((req, res) => {
    void handle(req, res, OWNER).then((matched) => {
      if (!matched) res.writeHead(404).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return createORPCClient(new FetchLink({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rpc` }))
}

async function overPort(engine: Engine): Promise<Client> {
  const { port1, port2 } = new MessageChannel()
  createRpcPortHandler(engine)(port1)
  port1.start()
  port2.start()
  onTestFinished(() => port1.close())
  return createORPCClient(new PortLink({ port: port2 }))
}

describe.each([
  ['HTTP', overHttp],
  ['a MessagePort', overPort],
])('over %s', (_name, connect) => {
  test('a whole chat: create, send, watch to the end, read, search', async () => {
    const test = openTestEngine()
    const client = await connect(test.engine)
    const { id } = await client.chats.create({ modelId: 'demo' })
    const { answer } = await client.chats.send({ id, parentId: null, content: 'Grüße 火车', modelId: 'demo' })
    const run = await test.run(0)
    const texts: string[] = []
    let end = ''
    for await (const event of await client.chats.watch({ answerId: answer.id })) {
      if (event.type === 'snapshot') run.say('one ', 'two ', '三')
      if (event.type === 'delta') texts.push(event.content)
      if (event.type === 'delta' && texts.join('').endsWith('三')) run.finish()
      if (event.type === 'end') end = event.message.content
    }
    expect(texts.join('')).toBe('one two 三')
    expect(end).toBe('one two 三')
    const thread = await client.chats.thread({ id, tail: 10 })
    expect(thread).toEqual(test.chats.thread(id, 10))
    expect(thread.tail.map(({ content }) => content)).toEqual(['Grüße 火车', 'one two 三'])
    expect(await client.chats.search({ query: 'two', limit: 5 })).toMatchObject([{ messageId: answer.id }])
    await client.chats.saveDraft({ id, draft: 'later' })
    expect((await client.chats.list({}))[0]).toMatchObject({ id, draft: 'later', answering: false })
    expect(await client.chats.remove({ id })).toBeUndefined()
    expect(await client.chats.list({ limit: 5 })).toEqual([])
  })

  test('an engine error crosses as a typed value', async () => {
    const client = await connect(openTestEngine().engine)
    const { error } = await safe(client.chats.thread({ id: 'nowhere' }))
    if (!isDefinedError(error)) throw new Error(`not typed: ${error}`)
    expect(error.code).toBe('ENGINE')
    expect(error.data).toEqual({
      code: 'not_found',
      message: 'There is no such conversation.',
      retryable: false,
      param: 'id',
    })
  })

  test('a bug is masked and logged; bad input is BAD_REQUEST', async () => {
    const test = openTestEngine()
    const client = await connect(test.engine)
    const { error } = await safe(client.models.catalog())
    if (!isDefinedError(error)) throw new Error(`not typed: ${error}`)
    expect(error.data).toMatchObject({ code: 'internal' })
    expect(JSON.stringify(error)).not.toContain('secret detail')
    expect((test.engine.log as ReturnType<typeof createTestLog>).lines).toMatchObject([
      { level: 'error', fields: { procedure: 'models.catalog', err: { message: 'secret detail of a bug' } } },
    ])
    const bad = await safe(client.chats.create({ modelId: 7 as unknown as string }))
    expect(bad.error).toBeInstanceOf(ORPCError)
    expect(bad.error).toMatchObject({ code: 'BAD_REQUEST' })
  })

  test('an error in the middle of a stream is typed as well', async () => {
    const client = await connect(openTestEngine().engine)
    const watch = async (): Promise<void> => {
      for await (const _ of await client.chats.watch({ answerId: 'nowhere' })) throw new Error('nothing should come')
    }
    const { error } = await safe(watch())
    expect(error).toMatchObject({ code: 'ENGINE', data: { code: 'not_found' } })
  })

  test('refused paths carry their reason, but not a bug', async () => {
    const client = await connect(openTestEngine().engine)
    const result = await client.models.add({ paths: ['/a.gguf', '/b.gguf', '/c.gguf'] })
    expect(result.added).toEqual([{ id: 'a', path: '/a.gguf' }])
    expect(result.refused[0]?.error).toMatchObject({ code: 'model_quarantined', detail: 'byte 0' })
    expect(result.refused[1]?.error.code).toBe('internal')
    expect(JSON.stringify(result)).not.toContain('secret detail')
  })

  test('settings change only what they name', async () => {
    const { engine, settings } = openTestEngine()
    settings.update({ language: 'zh' })
    const client = await connect(engine)
    expect((await client.settings.update({ theme: 'dark' })).values).toMatchObject({ theme: 'dark', language: 'zh' })
    expect((await client.settings.get()).values).toEqual(settings.get())
  })

  test('events: the status first, then what changes; those that wait are merged', async () => {
    const test = openTestEngine()
    const client = await connect(test.engine)
    const leave = new AbortController()
    const events = await client.app.events(undefined, { signal: leave.signal })
    expect((await events.next()).value).toEqual({ type: 'status:changed', status: STATUS })
    await until('a listener', () => (test.listeners.size === 1 ? true : null))
    for (const listener of test.listeners) {
      for (let count = 0; count < 500; count++)
        listener({ type: 'chats:changed', conversationId: `c${count}`, ownerId: 'owner' })
      listener({ type: 'models:changed' })
    }
    const seen: UiEvent[] = []
    for await (const event of events) {
      seen.push(event)
      if (event.type === 'models:changed') break
    }
    expect(seen.length).toBeLessThan(120)
    expect(seen).toContainEqual({ type: 'chats:changed', conversationId: null })
    await until('the listener is gone', () => (test.listeners.size === 0 ? true : null))
  })

  test.each(['break', 'abort'])('a watcher that leaves by %s is cleaned up, and the answer goes on', async (way) => {
    const test = openTestEngine()
    const client = await connect(test.engine)
    const { id } = await client.chats.create({})
    const { answer } = await client.chats.send({ id, parentId: null, content: 'Hi', modelId: 'demo' })
    const run = await test.run(0)
    const leave = new AbortController()
    const watch = async (): Promise<void> => {
      for await (const _ of await client.chats.watch({ answerId: answer.id }, { signal: leave.signal })) {
        if (way === 'break') return
        leave.abort()
      }
    }
    await safe(watch())
    await until('the watcher is gone', () => (test.watching() === 0 ? true : null))
    expect(run.signal.aborted).toBe(false)
    run.say('still here')
    run.finish()
    await until('the end', () => (test.chats.thread(id, 1).tail[0]?.status === 'complete' ? true : null))
  })
})

test('a port that closes takes its watchers along', async () => {
  const test = openTestEngine()
  const { port1, port2 } = new MessageChannel()
  createRpcPortHandler(test.engine)(port1)
  port1.start()
  port2.start()
  const client: Client = createORPCClient(new PortLink({ port: port2 }))
  const events = await client.app.events()
  await events.next()
  expect(test.listeners.size).toBe(1)
  port2.close()
  await until('the listener is gone', () => (test.listeners.size === 0 ? true : null))
})

describe('HTTP alone', () => {
  async function serve(): Promise<{ url: string; test: TestEngine }> {
    const test = openTestEngine()
    const handle = createRpcHttpHandler(test.engine)
    const server = createServer((req, res) => {
      void handle(req, res, OWNER).then((matched) => {
        if (!matched) res.writeHead(404).end('nobody')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rpc`, test }
  }

  test('forms, plain text and bodies of unknown length are refused unread', async () => {
    const { url, test } = await serve()
    const post = (type: string | null) =>
      fetch(`${url}/chats/create`, {
        method: 'POST',
        body: new Blob(['{"json":{}}']),
        headers: type === null ? {} : { 'content-type': type },
      })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', null]) {
      expect((await post(type)).status, String(type)).toBe(415)
    }
    expect(test.chats.list(9)).toEqual([])
    expect((await post('application/json')).status).toBe(200)
    expect(test.chats.list(9)).toHaveLength(1)
  })

  test('a body above the limit is 413, in the shape that the client reads', async () => {
    const { url } = await serve()
    const client: Client = createORPCClient(new FetchLink({ url }))
    const { error } = await safe(client.chats.saveDraft({ id: 'x', draft: 'x'.repeat(16_000_001) }))
    expect(error).toMatchObject({ code: 'ENGINE', data: { code: 'request_too_large' } })
  })

  test('a GET never acts, and unknown procedures are left to the caller', async () => {
    const { url, test } = await serve()
    expect((await fetch(`${url}/chats/create?data={"json":{}}`)).status).toBe(405)
    expect(test.chats.list(9)).toEqual([])
    expect(await (await fetch(`${url}/chats/nothing`, { method: 'POST' })).text()).toBe('nobody')
    expect((await fetch(`${url}/app/status`, { method: 'POST' })).headers.get('access-control-allow-origin')).toBeNull()
  })
})
