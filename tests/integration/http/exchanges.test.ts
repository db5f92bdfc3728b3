import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { Exchange } from '../../../src/main/engine/http/exchange.ts'
import { createLanes } from '../../../src/main/engine/http/lanes.ts'
import { systemClock } from '../../../src/main/engine/spec/system-clock.ts'
import { startBadUpstream } from '../../support/bad-upstream.ts'
import { stopwatch } from '../../support/stopwatch.ts'
import { CANARY_KEY, failureOf, get, post, testUpstream, textOf } from '../../support/test-upstream.ts'
import { until } from '../../support/until.ts'

test('a request arrives with its path, body and headers, and its answer comes back', async () => {
  const server = await startBadUpstream((request) =>
    request.answer(200, { 'Content-Type': 'application/json', 'X-Twice': 'a', 'x-twice': 'b' }, '{"ok":true}'),
  )
  const upstream = testUpstream(`${server.url}/v1/`)
  const response = await upstream.request(post('/chat?x=1', '{"model":"m"}', { headers: { 'x-own': '1' } }))
  expect([response.status, response.headers['x-twice'], await textOf(response.body)]).toEqual([
    200,
    'a, b',
    '{"ok":true}',
  ])
  expect(server.requests[0]?.head.split('\r\n')).toEqual([
    'POST /v1/chat?x=1 HTTP/1.1',
    `host: 127.0.0.1:${server.port}`,
    'connection: keep-alive',
    'accept: */*',
    'accept-encoding: identity',
    'user-agent: Switchyard',
    'content-type: application/json',
    'x-own: 1',
    `authorization: Bearer ${CANARY_KEY}`,
    'content-length: 13',
  ])
  expect(server.requests[0]?.body).toBe('{"model":"m"}')
  await upstream.json(get('/health', { fromRoot: true }))
  expect(server.requests[1]?.head).toMatch(/^GET \/health HTTP/)
})

test('requests one after the other share a connection, those at once do not', async () => {
  const server = await startBadUpstream((request) => request.answer(200, {}, '{}'))
  const upstream = testUpstream(server.url)
  for (let turn = 0; turn < 20; turn += 1) await upstream.json(get('/'))
  expect(server.connections()).toBe(1)
  await Promise.all(Array.from({ length: 8 }, () => upstream.json(get('/'))))
  expect(server.connections()).toBe(8)
})

test('localhost is reached where only one of its address families listens', async () => {
  const server = await startBadUpstream((request) => request.answer(200, {}, '{}'))
  await testUpstream(`http://localhost:${server.port}`).json(get('/'))
})

test('a slow reader pauses the server instead of filling memory, and no time limit runs meanwhile', async () => {
  const chunk = Buffer.alloc(64 * 1024, 'x')
  const total = 512
  let sent = 0
  const server = await startBadUpstream((request) => {
    request.begin()
    const more = (): void => {
      while (sent < total) {
        sent += 1
        request.chunk(chunk)
        if (request.socket.writableNeedDrain) {
          request.socket.once('drain', more)
          return
        }
      }
      request.finish()
    }
    more()
  })
  const upstream = testUpstream(server.url)
  const response = await upstream.request(get('/', { idleMs: 500 }))
  const reader = response.body[Symbol.asyncIterator]()
  let received = (await reader.next()).value?.length ?? 0
  // Everything that can be on the way is: what was sent does not change any more.
  let before = -1
  await until('the server is paused', () => {
    const isStill = before === sent
    before = sent
    return isStill ? true : null
  })
  expect(sent).toBeLessThan(total - 100)
  const waitedFrom = performance.now()
  await until('longer than the idle limit', () => (performance.now() - waitedFrom > 700 ? true : null))
  for (let next = await reader.next(); next.done !== true; next = await reader.next()) received += next.value.length
  expect(received).toBe(total * chunk.length)
})

test('dispatch: head, data, end in order; a paused sink gets no more until it resumes', async () => {
  const server = await startBadUpstream((request) => {
    request.begin()
    request.chunk('one')
  })
  const upstream = testUpstream(server.url)
  const told: string[] = []
  let goOn = false
  const handle = upstream.dispatch(get('/'), {
    head: ({ status }) => told.push(`head ${status}`),
    data(chunk) {
      told.push(chunk.toString())
      return goOn
    },
    end: () => told.push('end'),
    error: (error) => told.push(error.message),
  })
  await until('the first chunk', () => (told.length === 2 ? true : null))
  server.requests[0]?.chunk('two')
  server.requests[0]?.finish()
  await until('the bytes left the server', () => (server.requests[0]?.socket.writableLength === 0 ? true : null))
  await new Promise((resolve) => setImmediate(resolve))
  expect(told).toEqual(['head 200', 'one'])
  goOn = true
  handle.resume()
  await until('the end', () => (told.at(-1) === 'end' ? true : null))
  expect(told).toEqual(['head 200', 'one', 'two', 'end'])
})

test('many sinks that pause and resume each other from within their callbacks all get everything', async () => {
  const server = await startBadUpstream((request) => {
    request.begin()
    for (let index = 0; index < 50; index += 1) request.chunk('x'.repeat(2_000))
    request.finish()
  })
  const upstream = testUpstream(server.url)
  const handles: { resume(): void }[] = []
  const sizes = await Promise.all(
    Array.from(
      { length: 20 },
      (_, index) =>
        new Promise<number>((resolve, reject) => {
          let size = 0
          handles[index] = upstream.dispatch(get('/'), {
            head: () => {},
            data(chunk) {
              size += chunk.length
              handles[(index + 1) % 20]?.resume()
              setImmediate(() => handles[index]?.resume())
              return false
            },
            end: () => resolve(size),
            error: reject,
          })
        }),
    ),
  )
  expect(sizes).toEqual(Array.from({ length: 20 }, () => 100_000))
})

test('a caller that goes away is seen by the server within 200 ms: while it waits, while it streams, and by leaving the loop', async () => {
  const server = await startBadUpstream((request) => {
    if (request.head.includes('/stream')) {
      request.begin()
      request.chunk('data: a\n\n')
    }
  })
  const upstream = testUpstream(server.url)
  const gone = async (what: string): Promise<void> => {
    const sinceLeft = stopwatch()
    await until(what, () => (server.open.size === 0 ? true : null), 1_000)
    expect(sinceLeft()).toBeLessThan(200)
  }

  const waiting = new AbortController()
  const unanswered = failureOf(upstream.request(get('/wait', { signal: waiting.signal })))
  await until('the request arrived', () => (server.requests.length === 1 ? true : null))
  waiting.abort()
  expect(await unanswered).toMatchObject({ code: 'aborted' })
  await gone('the waiting one is closed')

  const streaming = new AbortController()
  const response = await upstream.request(get('/stream', { signal: streaming.signal }))
  const reader = response.body[Symbol.asyncIterator]()
  expect((await reader.next()).value?.toString()).toBe('data: a\n\n')
  const next = failureOf(reader.next())
  streaming.abort()
  expect(await next).toMatchObject({ code: 'aborted' })
  await gone('the streaming one is closed')

  for await (const _ of (await upstream.request(get('/stream'))).body) break
  await gone('the one that was left is closed')

  const discarded = await upstream.request(get('/stream'))
  discarded.discard()
  discarded.discard()
  await gone('the discarded one is closed')
})

test('a request that was cancelled before it began sends nothing', async () => {
  const server = await startBadUpstream((request) => request.answer(200, {}, '{}'))
  const upstream = testUpstream(server.url)
  expect(await failureOf(upstream.json(get('/', { signal: AbortSignal.abort() })))).toMatchObject({ code: 'aborted' })
  await upstream.json(get('/after'))
  expect(server.requests.map(({ head }) => head.split(' ')[1])).toEqual(['/after'])
})

test('1,000 cancelled streams leave no socket, timer or listener', async () => {
  const server = await startBadUpstream((request) => {
    request.begin()
    request.chunk('data: a\n\n')
  })
  let timers = 0
  const counting = {
    ...systemClock,
    setTimeout(action: () => void, ms: number) {
      timers += 1
      let isOver = false
      const finish = (): void => {
        if (!isOver) timers -= 1
        isOver = true
      }
      const timer = systemClock.setTimeout(() => {
        finish()
        action()
      }, ms)
      return {
        cancel() {
          finish()
          timer.cancel()
        },
      }
    },
  }
  const upstream = testUpstream(server.url, {}, { clock: counting })
  const signals: AbortSignal[] = []
  const before = process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length
  for (let batch = 0; batch < 10; batch += 1) {
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const abort = new AbortController()
        const { signal } = abort
        signals.push(signal)
        // Half of them while connecting or waiting, half in the middle of the stream.
        const asked = upstream.request(get('/', { signal }))
        if (index % 2 === 0) {
          abort.abort()
          expect(await failureOf(asked)).toMatchObject({ code: 'aborted' })
          return
        }
        const reader = (await asked).body[Symbol.asyncIterator]()
        await reader.next()
        abort.abort()
        expect(await failureOf(reader.next())).toMatchObject({ code: 'aborted' })
      }),
    )
  }
  await until('every socket of the server is closed', () => (server.open.size === 0 ? true : null), 2_000)
  const listeners = signals.reduce((sum, signal) => sum + getEventListeners(signal, 'abort').length, 0)
  expect([signals.length, timers, listeners]).toEqual([1_000, 0, 0])
  await until(
    'no socket of ours is left',
    () => (process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length <= before ? true : null),
    2_000,
  )
  await upstream.close()
})

test('a cancelled or failed exchange keeps no connection of its own, a finished one keeps it for the next', async () => {
  const server = await startBadUpstream((request) => {
    if (request.head.includes('/whole')) request.answer(200, {}, '{}')
    else if (request.head.includes('/broken')) request.reset()
  })
  const identity = { provider: 'openai', title: 'Workstation', origin: server.url, hostname: '127.0.0.1' }
  const lanes = createLanes({
    server: identity,
    port: server.port,
    secure: false,
    fingerprint: null,
    connectMs: 5_000,
    clock: systemClock,
  })
  let over = 0
  const target = { server: identity, lanes, clock: systemClock, onOver: () => (over += 1) }
  const run = (path: string, signal: AbortSignal): Promise<string> =>
    new Promise((resolve) => {
      const request = { path, body: null, signal, firstByteMs: 5_000, idleMs: 5_000 }
      const sink = { head: () => {}, data: () => true, end: () => resolve('end'), error: () => resolve('error') }
      new Exchange(target, { method: 'GET', headers: [], ...request }, sink)
    })
  const abort = new AbortController()
  const cancelled = Array.from({ length: 10 }, () => run('/silent', abort.signal))
  expect(lanes.size()).toBe(10)
  abort.abort()
  expect(new Set(await Promise.all(cancelled))).toEqual(new Set(['error']))
  expect(lanes.size()).toBe(0)
  const { signal } = new AbortController()
  expect([await run('/broken', signal), lanes.size()]).toEqual(['error', 0])
  expect([await run('/whole', signal), lanes.size()]).toEqual(['end', 1])
  expect([await run('/whole', signal), lanes.size()]).toEqual(['end', 1])
  lanes.close()
  expect([lanes.size(), over]).toEqual([0, 13])
})

test('close waits for what runs, then leaves no connection open, and later requests are refused', async () => {
  const server = await startBadUpstream((request) => {
    if (request.head.startsWith('GET /slow')) request.begin()
    else request.answer(200, {}, '{}')
  })
  const upstream = testUpstream(server.url)
  const response = await upstream.request(get('/slow'))
  await upstream.json(get('/'))
  let isClosed = false
  const closing = upstream.close().then(() => {
    isClosed = true
  })
  await until('the free connection is closed', () => (server.open.size === 1 ? true : null))
  expect(isClosed).toBe(false)
  const refused = await failureOf(upstream.json(get('/')))
  expect(refused).toMatchObject({ code: 'upstream_unavailable', retryable: true })
  server.requests[0]?.chunk('last')
  server.requests[0]?.finish()
  expect(await textOf(response.body)).toBe('last')
  await closing
  await until('nothing is open', () => (server.open.size === 0 ? true : null))
})

test('a reused connection that the server closed is replaced once, without the caller noticing', async () => {
  const server = await startBadUpstream((request) => {
    // Of each connection only the first request is served.
    if (request.number === 1 || request.number === 3) request.reset()
    else request.answer(200, {}, `{"number":${request.number}}`)
  })
  const upstream = testUpstream(server.url)
  await upstream.json(get('/'))
  expect(await upstream.json(post('/', '{"again":true}'))).toEqual({ number: 2 })
  expect(server.requests[2]?.body).toBe('{"again":true}')
  // An upload is read only once, so it is not sent again.
  const upload = (async function* () {
    yield Buffer.from('part')
  })()
  expect(await failureOf(upstream.json(post('/', upload)))).toMatchObject({ code: 'upstream_unavailable' })
})

test('a new connection that is closed without an answer is an error, and so is a second try', async () => {
  const server = await startBadUpstream((request) => {
    if (request.number === 0) request.answer(200, {}, '{}')
    else request.reset()
  })
  const upstream = testUpstream(server.url)
  await upstream.json(get('/'))
  const failure = await failureOf(upstream.json(post('/', '{}')))
  expect(failure).toMatchObject({
    code: 'upstream_unavailable',
    retryable: true,
    detail: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/),
  })
  expect(failure.message).toMatch(/^Workstation \(127\.0\.0\.1:\d+\) closed the connection without an answer\./)
  expect(server.requests).toHaveLength(3)
})

test('once a byte came, nothing is sent twice', async () => {
  const server = await startBadUpstream((request) => {
    if (request.number === 0) request.answer(200, {}, '{}')
    else {
      request.socket.write('HTTP/1.1 200 OK\r\n', () => request.reset())
    }
  })
  const upstream = testUpstream(server.url)
  await upstream.json(get('/'))
  expect(await failureOf(upstream.json(get('/')))).toMatchObject({ code: expect.stringMatching(/^upstream_/) })
  expect(server.requests).toHaveLength(2)
})

test('an upload goes out bit by bit, with its length where it is known', async () => {
  const server = await startBadUpstream((request) => request.answer(200, {}, '{}'))
  const upstream = testUpstream(server.url)
  const parts = async function* () {
    yield Buffer.from('half ')
    yield Buffer.from('whole')
  }
  await upstream.json(
    post('/blob', parts(), { headers: { 'content-length': '10', 'content-type': 'application/octet-stream' } }),
  )
  expect(server.requests[0]?.body).toBe('half whole')
  expect(server.requests[0]?.head).toContain('content-length: 10')
  expect(server.requests[0]?.head).toContain('content-type: application/octet-stream')
  await upstream.json(post('/blob', parts()))
  expect(server.requests[1]?.head).toContain('transfer-encoding: chunked')
})

test('an upload whose source fails tells the source’s reason; one whose source never goes on can be cancelled', async () => {
  const server = await startBadUpstream(() => {})
  const upstream = testUpstream(server.url)
  const broken = async function* () {
    yield Buffer.from('a')
    throw Object.assign(new Error('the file went away'), { code: 'ENOENT' })
  }
  const failure = await failureOf(upstream.json(post('/', broken())))
  expect(failure.detail).toContain('the file went away')
  const abort = new AbortController()
  let isReturned = false
  const stuck: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      async return() {
        isReturned = true
        return { done: true, value: undefined }
      },
    }),
  }
  const waiting = failureOf(upstream.json(post('/', stuck, { signal: abort.signal })))
  await until('connected', () => (server.connections() === 2 ? true : null))
  abort.abort()
  expect(await waiting).toMatchObject({ code: 'aborted' })
  expect(isReturned).toBe(true)
  await until('nothing is open', () => (server.open.size === 0 ? true : null))
})
