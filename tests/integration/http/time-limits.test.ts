import { expect, test } from 'vitest'
import { startBadUpstream, startSilentServer } from '../../support/bad-upstream.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { failureOf, get, post, testUpstream, textOf } from '../../support/test-upstream.ts'
import { until } from '../../support/until.ts'

const timeouts = { connectMs: 5_000, firstByteMs: 300_000, idleMs: 120_000 }

test('connecting takes too long: TLS never comes about, and the socket is freed', async () => {
  const server = await startSilentServer()
  const clock = createManualClock()
  const upstream = testUpstream(`https://127.0.0.1:${server.port}`, { timeouts }, { clock })
  const failed = failureOf(upstream.json(get('/')))
  await until('TCP stands', () => (server.open.size === 1 ? true : null))
  clock.advance(4_999)
  expect(clock.pending()).toBe(1)
  clock.advance(1)
  expect(await failed).toMatchObject({
    code: 'connect_timeout',
    retryable: true,
    status: 504,
    message: `Workstation (127.0.0.1:${server.port}) could not be connected to within 5 s. Check the address, or that the machine is on.`,
  })
  expect(clock.pending()).toBe(0)
  await until('the socket is closed', () => (server.open.size === 0 ? true : null))
})

test('a request that is cancelled while it connects frees its socket at once', async () => {
  const server = await startSilentServer()
  const clock = createManualClock()
  const upstream = testUpstream(`https://127.0.0.1:${server.port}`, { timeouts }, { clock })
  const abort = new AbortController()
  const failed = failureOf(upstream.json(get('/', { signal: abort.signal })))
  await until('TCP stands', () => (server.open.size === 1 ? true : null))
  abort.abort()
  expect(await failed).toMatchObject({ code: 'aborted' })
  expect(clock.pending()).toBe(0)
  await until('the socket is closed', () => (server.open.size === 0 ? true : null), 200)
})

test('no head in time, and a head without a body in time, are both a late first byte', async () => {
  const server = await startBadUpstream((request) => {
    if (request.head.includes('/head')) request.begin()
  })
  const clock = createManualClock()
  const upstream = testUpstream(server.url, { timeouts }, { clock })
  const silent = failureOf(upstream.request(post('/nothing', '{}')))
  await until('asked', () => (server.requests.length === 1 ? true : null))
  clock.advance(299_999)
  clock.advance(1)
  expect(await silent).toMatchObject({
    code: 'first_byte_timeout',
    message: `Workstation (127.0.0.1:${server.port}) did not begin to answer within 300 s. A model that still loads may need a longer limit.`,
  })
  const response = await upstream.request(post('/head', '{}', { firstByteMs: 1_000 }))
  const body = failureOf(textOf(response.body))
  clock.advance(1_000)
  expect(await body).toMatchObject({ code: 'first_byte_timeout' })
  await until('the sockets are closed', () => (server.open.size === 0 ? true : null))
  expect(clock.pending()).toBe(0)
})

test('each byte starts the idle limit anew; then it ends the answer', async () => {
  const server = await startBadUpstream((request) => {
    request.begin()
    request.chunk('1')
  })
  const clock = createManualClock()
  const upstream = testUpstream(server.url, { timeouts: { ...timeouts, idleMs: 1_000 } }, { clock })
  const reader = (await upstream.request(get('/'))).body[Symbol.asyncIterator]()
  expect(String((await reader.next()).value)).toBe('1')
  for (const text of ['2', '3', '4']) {
    clock.advance(900)
    server.requests[0]?.chunk(text)
    expect(String((await reader.next()).value)).toBe(text)
  }
  const next = failureOf(reader.next())
  clock.advance(999)
  clock.advance(1)
  expect(await next).toMatchObject({
    code: 'idle_timeout',
    message: `Workstation (127.0.0.1:${server.port}) sent nothing more for 1 s.`,
  })
  await until('the socket is closed', () => (server.open.size === 0 ? true : null))
})

test('an upload that nobody takes is idle; one that moves is not, however long it takes', async () => {
  const server = await startBadUpstream((request) => request.answer(200, {}, '{}'))
  const clock = createManualClock()
  const upstream = testUpstream(
    server.url,
    { timeouts: { connectMs: 5_000, firstByteMs: 1_000, idleMs: 1_000 } },
    { clock },
  )
  let feed: (part: Buffer | null) => void = () => {}
  let asked = 0
  const parts = async function* () {
    for (;;) {
      const part = await new Promise<Buffer | null>((resolve) => {
        feed = resolve
        asked += 1
      })
      if (part === null) return
      yield part
    }
  }
  const done = upstream.json(post('/', parts()))
  // The next part is asked for once the one before is on its way.
  for (let part = 0; part < 5; part += 1) {
    await until('a part is asked for', () => (asked === part + 1 ? true : null))
    clock.advance(900)
    feed(Buffer.alloc(10))
  }
  await until('the end is asked for', () => (asked === 6 ? true : null))
  feed(null)
  expect(await done).toEqual({})

  const stuck = failureOf(upstream.json(post('/', parts())))
  await until('under way', () => (asked === 7 ? true : null))
  clock.advance(1_000)
  expect(await stuck).toMatchObject({
    code: 'idle_timeout',
    message: expect.stringContaining('took nothing more of the upload for 1 s'),
  })
})

test('an answer that never ends is ended by its reader’s limits, not by memory', async () => {
  const server = await startBadUpstream((request) => {
    request.begin(200, { 'content-type': 'application/json' })
    request.chunk('[')
    const more = (): void => {
      if (request.socket.destroyed) return
      request.chunk(Buffer.alloc(1024 * 1024, '1'))
      if (request.socket.writableNeedDrain) request.socket.once('drain', more)
      else setImmediate(more)
    }
    more()
  })
  const upstream = testUpstream(server.url)
  expect(await failureOf(upstream.json(get('/')))).toMatchObject({
    code: 'upstream_error',
    message: expect.stringContaining('more than 64 MB'),
  })
  await until('the socket is closed', () => (server.open.size === 0 ? true : null))
})
