import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StreamPart } from '../../../src/main/engine/spec/stream-part.ts'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import { createFakeEngine, type FakeEngine, untilAborted } from '../../support/fake-engine.ts'
import { dechunk, eventually, http, rawConnection, rawPost } from '../../support/http-client.ts'

let engine: FakeEngine
let gateway: Gateway
let port: number

beforeEach(async () => {
  engine = createFakeEngine()
  gateway = createGateway({
    engine,
    host: '127.0.0.1',
    port: 0,
    rendererFolder: null,
    timing: { stallMs: 300, drainMs: 2_000 },
  })
  port = (await gateway.listen()).port
})
afterEach(() => gateway.close())

const ask = (stream: boolean): object => ({ model: 'demo', messages: [{ role: 'user', content: 'x' }], stream })

describe('a client that leaves', () => {
  test.each([
    ['/v1/chat/completions', true],
    ['/v1/chat/completions', false],
    ['/api/chat', true],
    ['/api/chat', false],
  ])('%s, stream %s: the generation is aborted within 200 ms', async (path, stream) => {
    engine.script = async function* (call) {
      yield { type: 'text-delta', text: 'begun' }
      await untilAborted(call.signal)
    }
    const raw = await rawConnection(port, rawPost(path, ask(stream)))
    if (stream) await raw.until('begun')
    else await eventually(() => engine.calls.length === 1)
    raw.socket.destroy()
    expect(await eventually(() => engine.calls[0]?.signal.aborted === true)).toBeLessThan(200)
    expect(engine.logLines.filter((line) => line.level === 'error' || line.level === 'warn')).toEqual([])
  })

  test('while nothing has been said yet', async () => {
    engine.script = async function* (call) {
      yield { type: 'progress', phase: 'loading', value: 0.1 }
      await untilAborted(call.signal)
    }
    const raw = await rawConnection(port, rawPost('/api/chat', ask(true)))
    await eventually(() => engine.calls.length === 1)
    raw.socket.destroy()
    expect(await eventually(() => engine.calls[0]?.signal.aborted === true)).toBeLessThan(200)
  })

  test('during an embedding', async () => {
    engine.embedding = (call) => untilAborted(call.signal)
    const raw = await rawConnection(port, rawPost('/v1/embeddings', { model: 'embedder', input: 'x' }))
    await eventually(() => engine.calls.length === 1)
    raw.socket.destroy()
    expect(await eventually(() => engine.calls[0]?.signal.aborted === true)).toBeLessThan(200)
  })

  test('an answer that was read to its end is not aborted', async () => {
    const raw = await rawConnection(port, rawPost('/api/chat', ask(true), 'Connection: close\r\n'))
    await raw.closed()
    expect(engine.calls[0]?.signal.aborted).toBe(false)
  })

  test('1000 streams left in the middle leave nothing behind', async () => {
    let running = 0
    engine.script = async function* (call) {
      running += 1
      try {
        yield { type: 'text-delta', text: 'begun' }
        await untilAborted(call.signal)
      } finally {
        running -= 1
      }
    }
    for (let round = 0; round < 10; round += 1) {
      const connections = await Promise.all(
        Array.from({ length: 100 }, () => rawConnection(port, rawPost('/v1/chat/completions', ask(true)))),
      )
      await Promise.all(connections.map((connection) => connection.until('begun')))
      for (const { socket } of connections) socket.destroy()
      await eventually(() => running === 0)
    }
    expect(engine.calls).toHaveLength(1000)
    expect(engine.calls.every((call) => call.signal.aborted)).toBe(true)
    // Only what is open can keep a close waiting.
    const started = performance.now()
    await gateway.close()
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})

describe('a client that reads slowly', () => {
  /** Texts without end; `made` tells how many were asked for. */
  function endless(): { made: () => number } {
    let made = 0
    const text = 'x'.repeat(16 * 1024)
    engine.script = async function* (call) {
      for (;;) {
        call.signal.throwIfAborted()
        made += 1
        yield { type: 'text-delta', text } satisfies StreamPart
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    return { made: () => made }
  }

  test('holds its own generation back, gets every byte when it reads on, and others are not held', async () => {
    const total = 2_000
    const text = 'y'.repeat(16 * 1024)
    let made = 0
    engine.script = async function* () {
      for (; made < total; made += 1) yield { type: 'text-delta', text }
      yield { type: 'finish', reason: 'stop' }
    }
    const raw = await rawConnection(port, rawPost('/v1/chat/completions', ask(true), 'Connection: close\r\n'))
    raw.socket.pause()
    let last = -1
    await eventually(() => {
      const resting = made > 0 && made === last
      last = made
      return resting
    })
    expect(made).toBeLessThan(total)
    expect((await http(port, '/health')).status).toBe(200)
    raw.socket.resume()
    const { body, complete } = dechunk(await raw.closed())
    expect(complete).toBe(true)
    expect(body.split(text)).toHaveLength(total + 1)
    expect(body.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  test('is cut off when it reads nothing at all', async () => {
    const { made } = endless()
    const raw = await rawConnection(port, rawPost('/v1/chat/completions', ask(true)))
    raw.socket.pause()
    await eventually(() => engine.calls[0]?.signal.aborted === true)
    const bytes = made() * 16 * 1024
    expect(bytes).toBeLessThan(64 * 1024 * 1024)
    raw.socket.destroy()
  })
})
