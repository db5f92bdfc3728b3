import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readSse } from '../../../src/main/engine/wire/read-sse.ts'
import { startBadUpstream } from '../../support/bad-upstream.ts'
import { CANARY_KEY, failureOf, get, post, testUpstream, textOf } from '../../support/test-upstream.ts'
import { until } from '../../support/until.ts'

describe('broken HTTP', () => {
  test.each([
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a broken head', 'HTTP/1.1 two hundred\r\n\r\n'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n'],
  ])('%s', async (_what, bytes) => {
    const server = await startBadUpstream((request) => request.send(bytes))
    const failure = await failureOf(testUpstream(server.url).json(get('/')))
    expect(failure).toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('something that is not HTTP'),
    })
    await until('the socket is closed', () => (server.open.size === 0 ? true : null))
  })

  test('broken HTTP that repeats our request: the key is in no part of the error', async () => {
    const server = await startBadUpstream((request) => {
      if (request.head.startsWith('GET')) request.send(`You sent ${request.head}\r\n\r\n`)
      else {
        request.begin()
        request.send(`${request.head}\r\n`)
      }
    })
    const upstream = testUpstream(server.url)
    for (const request of [get('/'), post('/', '{}')]) {
      const failure = await failureOf(upstream.json(request))
      const { cause } = failure
      const shown = [failure.message, JSON.stringify(failure), String(cause), JSON.stringify(cause), failure.stack]
      expect(shown.join('\n')).not.toContain('canary')
    }
  })

  test('a broken chunk length in the middle keeps what came before', async () => {
    const server = await startBadUpstream((request) => {
      request.begin()
      request.chunk('data: one\n\n')
      request.send('not a length\r\n')
    })
    const { body } = await testUpstream(server.url).request(get('/'))
    const events: string[] = []
    const read = async (): Promise<void> => {
      for await (const { data } of readSse(body)) events.push(data)
    }
    expect(await failureOf(read())).toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('broke the rules of HTTP within its answer'),
    })
    expect(events).toEqual(['one'])
  })

  test.each([
    ['chunked', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'],
    ['with a length', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhello'],
  ])('a line that is cut in the middle, %s', async (_what, bytes) => {
    for (const end of ['end', 'reset'] as const) {
      const server = await startBadUpstream((request) => request.send(bytes))
      const { body } = await testUpstream(server.url).request(get('/'))
      let text = ''
      const read = async (): Promise<void> => {
        for await (const chunk of body) {
          text += chunk.toString()
          const [request] = server.requests
          if (end === 'end') request?.socket.end()
          else request?.reset()
        }
      }
      expect(await failureOf(read())).toMatchObject({
        code: 'upstream_error',
        retryable: true,
        message: `Workstation (127.0.0.1:${server.port}) broke off in the middle of its answer.`,
      })
      expect(text).toBe('hello')
    }
  })

  test('a body that ends with its connection is whole', async () => {
    const server = await startBadUpstream((request) => {
      request.send('HTTP/1.0 200 OK\r\n\r\nall of it')
      request.socket.end()
    })
    expect(await textOf((await testUpstream(server.url).request(get('/'))).body)).toBe('all of it')
  })

  test('news before the answer are passed over', async () => {
    const server = await startBadUpstream((request) => {
      request.send('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n')
      request.answer(200, {}, '{"ok":1}')
    })
    expect(await testUpstream(server.url).json(get('/'))).toEqual({ ok: 1 })
  })

  test('megabytes of headers', async () => {
    const server = await startBadUpstream((request) => request.answer(200, { 'x-much': 'x'.repeat(1024 * 1024) }, '{}'))
    expect(await failureOf(testUpstream(server.url).json(get('/')))).toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('64 kB of headers'),
    })
  })
})

describe('streams', () => {
  test('half a UTF-8 character at a chunk’s edge, and one byte at a time', async () => {
    const text = 'data: Grüße 日本語 👩‍💻\r\n\r\ndata: {"a":"ü"}\n\n'
    const server = await startBadUpstream((request) => {
      request.begin()
      for (const byte of Buffer.from(text)) request.chunk(Buffer.from([byte]))
      request.finish()
    })
    const events: string[] = []
    for await (const { data } of readSse((await testUpstream(server.url).request(get('/'))).body)) events.push(data)
    expect(events).toEqual(['Grüße 日本語 👩‍💻', '{"a":"ü"}'])
  })

  test('a line of 10 MB passes; one beyond the limit is an error, and the socket is freed', async () => {
    const server = await startBadUpstream((request) => {
      request.begin()
      const size = request.head.includes('/long') ? 17 : 10
      request.chunk('data: ')
      for (let part = 0; part < size; part += 1) request.chunk(Buffer.alloc(1024 * 1024, 'x'))
      if (size === 10) {
        request.chunk('\n\n')
        request.finish()
      }
    })
    const upstream = testUpstream(server.url)
    const sizes: number[] = []
    for await (const { data } of readSse((await upstream.request(get('/'))).body)) sizes.push(data.length)
    expect(sizes).toEqual([10 * 1024 * 1024])
    const read = async (): Promise<void> => {
      for await (const _ of readSse((await upstream.request(get('/long'))).body)) throw new Error('an event')
    }
    expect(await failureOf(read())).toMatchObject({ code: 'upstream_error', message: expect.stringContaining('16 MB') })
    await until('the long one is closed', () => (server.open.size === 1 ? true : null))
  })

  test('another content type than JSON', async () => {
    const server = await startBadUpstream((request) =>
      request.answer(
        200,
        { 'content-type': 'text/html; charset=utf-8' },
        `<html><title>Login</title>${CANARY_KEY}</html>`,
      ),
    )
    const failure = await failureOf(testUpstream(server.url).json(get('/')))
    expect(failure).toMatchObject({
      code: 'upstream_error',
      message: `Workstation (127.0.0.1:${server.port}) answered with something else (text/html) where JSON was expected. Check the address.`,
      upstream: {
        provider: 'openai',
        bodyExcerpt: `<html><title>Login</title>${'*'.repeat(CANARY_KEY.length)}</html>`,
      },
    })
  })
})

describe('compressed answers that were not asked for', () => {
  const text = JSON.stringify({ text: 'Grüße '.repeat(50_000) })
  test.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
    ['identity', Buffer.from(text)],
  ])('%s is undone, for a reader and for a sink', async (encoding, bytes) => {
    const server = await startBadUpstream((request) => {
      request.begin(200, { 'content-encoding': encoding })
      for (let from = 0; from < bytes.length; from += 1_000) request.chunk(bytes.subarray(from, from + 1_000))
      request.finish()
    })
    const upstream = testUpstream(server.url)
    const response = await upstream.request(get('/'))
    expect(await textOf(response.body)).toBe(text)
    if (encoding !== 'identity') expect(response.headers['content-encoding']).toBeUndefined()
    const pushed = await new Promise<string>((resolve, reject) => {
      const chunks: Buffer[] = []
      const handle = upstream.dispatch(get('/'), {
        head: () => {},
        data(chunk) {
          chunks.push(chunk)
          setImmediate(() => handle.resume())
          return false
        },
        end: () => resolve(Buffer.concat(chunks).toString()),
        error: reject,
      })
    })
    expect(pushed).toBe(text)
  })

  test('a stream is decoded as it comes', async () => {
    const { createGzip } = await import('node:zlib')
    const gzip = createGzip({ flush: 2 })
    const server = await startBadUpstream((request) => {
      request.begin(200, { 'content-encoding': 'gzip' })
      gzip.on('data', (chunk: Buffer) => request.chunk(chunk))
      gzip.on('end', () => request.finish())
      gzip.write('data: 1\n\n')
    })
    const events = readSse((await testUpstream(server.url).request(get('/'))).body)[Symbol.asyncIterator]()
    expect((await events.next()).value).toEqual({ event: null, data: '1' })
    gzip.end('data: 2\n\n')
    expect((await events.next()).value).toEqual({ event: null, data: '2' })
    expect((await events.next()).done).toBe(true)
  })

  test.each([
    ['damaged', Buffer.concat([gzipSync(text).subarray(0, 200), Buffer.alloc(500, 0xff)])],
    ['cut off', gzipSync(text).subarray(0, 200)],
    ['not compressed at all', Buffer.from('{"plain":true}')],
  ])('gzip that is %s is an error', async (_what, bytes) => {
    const server = await startBadUpstream((request) => request.answer(200, { 'content-encoding': 'gzip' }, bytes))
    expect(await failureOf(testUpstream(server.url).json(get('/')))).toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('sent compressed data (gzip) that is damaged'),
    })
    await until('the socket is closed or free', () => (server.open.size <= 1 ? true : null))
  })

  test('an unknown compression is named', async () => {
    const server = await startBadUpstream((request) => request.answer(200, { 'content-encoding': 'constructor' }, 'x'))
    expect(await failureOf(testUpstream(server.url).json(get('/')))).toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('not known here: constructor'),
    })
  })

  test('an empty body needs no decoding', async () => {
    const server = await startBadUpstream((request) => request.answer(200, { 'content-encoding': 'gzip' }, ''))
    expect(await textOf((await testUpstream(server.url).request({ ...get('/'), method: 'HEAD' })).body)).toBe('')
    expect(await textOf((await testUpstream(server.url).request(get('/'))).body)).toBe('')
  })

  test('a bomb is bounded by its reader, and gone when the reader is', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024))
    expect(bomb.length).toBeLessThan(1024 * 1024)
    const server = await startBadUpstream((request) => request.answer(200, { 'content-encoding': 'gzip' }, bomb))
    const upstream = testUpstream(server.url)
    expect(await failureOf(upstream.json(get('/')))).toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('64 MB'),
    })
    // One that is not read on grows by no more than what may wait.
    const { body } = await upstream.request(get('/'))
    const reader = body[Symbol.asyncIterator]()
    await reader.next()
    const before = process.memoryUsage().arrayBuffers
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 1024 * 1024)
    await reader.return?.()
  })
})

describe('redirects', () => {
  test('are not followed: the other host hears nothing, and the message says what to type', async () => {
    const other = await startBadUpstream((request) => request.answer(200, {}, '{}'))
    const server = await startBadUpstream((request) =>
      request.answer(308, { location: `http://localhost:${other.port}/api/v1/models?x=1` }),
    )
    const upstream = testUpstream(`${server.url}/v1`)
    for (const request of [get('/models?x=1'), post('/models', '{}')]) {
      const failure = await failureOf(upstream.open(request))
      expect(failure).toMatchObject({ code: 'upstream_error', retryable: false, upstream: { status: 308 } })
      expect(failure.message).toBe(
        `Workstation (127.0.0.1:${server.port}) redirects to the host localhost:${other.port}. Redirects are not followed, ` +
          `so that no key goes astray. If that is the right one, type http://localhost:${other.port}/api/v1.`,
      )
    }
    expect(other.connections()).toBe(0)
    const raw = await upstream.request(get('/models'))
    expect(raw.status).toBe(308)
    raw.discard()
  })

  test('from http to https of the same host', async () => {
    const server = await startBadUpstream((request) =>
      request.answer(301, { location: `https://127.0.0.1:${server.port}/v1/models` }),
    )
    expect((await failureOf(testUpstream(`${server.url}/v1`).json(get('/models')))).message).toContain(
      `type https://127.0.0.1:${server.port}/v1.`,
    )
  })

  test('to nowhere, and with a key in the address', async () => {
    const server = await startBadUpstream((request) =>
      request.answer(
        302,
        request.head.includes('/none')
          ? {}
          : { location: `https://x.example/${encodeURIComponent(CANARY_KEY)}?key=${encodeURIComponent(CANARY_KEY)}` },
      ),
    )
    const upstream = testUpstream(server.url)
    expect((await failureOf(upstream.json(get('/none')))).message).toContain('to nowhere')
    const { message } = await failureOf(upstream.json(get('/')))
    expect(message).toContain('the host x.example')
    expect(message).not.toContain('canary')
  })
})
