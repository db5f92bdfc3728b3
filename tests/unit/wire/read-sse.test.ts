import { describe, expect, it } from 'vitest'
import { readLines } from '../../../src/main/engine/wire/read-lines.ts'
import { createSseParser, readSse, type SseEvent } from '../../../src/main/engine/wire/read-sse.ts'

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

/** The same for every way in which the bytes may arrive. */
async function eventsOf(text: string | Buffer): Promise<SseEvent[]> {
  const bytes = Buffer.from(text)
  const whole = await all(readSse(chunksOf(bytes, Math.max(1, bytes.length))))
  for (const size of [1, 2, 3, 5, 7, 64]) expect(await all(readSse(chunksOf(bytes, size)))).toEqual(whole)
  return whole
}

describe('server-sent events', () => {
  it.each([
    ['\n', 'data: 1\n\nevent: x\ndata: 2\n\n'],
    ['\\r\\n', 'data: 1\r\n\r\nevent: x\r\ndata: 2\r\n\r\n'],
    ['\\r', 'data: 1\r\revent: x\rdata: 2\r\r'],
    ['mixed', 'data: 1\r\n\nevent: x\rdata: 2\n\r\n'],
  ])('line ends: %s', async (_name, text) => {
    expect(await eventsOf(text)).toEqual([
      { event: null, data: '1' },
      { event: 'x', data: '2' },
    ])
  })

  it('comments, other fields and events without data are passed over', async () => {
    const text = ': ping\n\nid: 7\nretry: 10\ndata: a\n\nevent: lost\n\n:\ndata: b\ndatabase: no\neventual: no\n\n'
    expect(await eventsOf(text)).toEqual([
      { event: null, data: 'a' },
      { event: null, data: 'b' },
    ])
  })

  it('several data lines are joined; one space after the colon is taken off, no more', async () => {
    expect(await eventsOf('data:a\ndata:  b \ndata\ndata:\ndata: c:d\n\n')).toEqual([
      { event: null, data: 'a\n b \n\n\nc:d' },
    ])
    expect(await eventsOf('data:\n\n')).toEqual([{ event: null, data: '' }])
    expect(await eventsOf('data: \n\n')).toEqual([{ event: null, data: '' }])
  })

  it('a byte order mark is no part of the first field, and one in the text stays', async () => {
    expect(await eventsOf('\ufeffdata: a\ufeff\n\n')).toEqual([{ event: null, data: 'a\ufeff' }])
  })

  it('the last event needs neither blank line nor line end', async () => {
    expect(await eventsOf('data: a\n\ndata: [DONE]')).toEqual([
      { event: null, data: 'a' },
      { event: null, data: '[DONE]' },
    ])
    expect(await eventsOf('data: a\r\ndata: b\r\n')).toEqual([{ event: null, data: 'a\nb' }])
    expect(await eventsOf('')).toEqual([])
  })

  it('characters of several bytes are whole, wherever chunks end; broken ones become the replacement character', async () => {
    expect(await eventsOf('data: ü日👩‍💻\n\n')).toEqual([{ event: null, data: 'ü日👩‍💻' }])
    expect(await eventsOf(Buffer.from([...Buffer.from('data: a'), 0xff, 0x0a, 0x0a]))).toEqual([
      { event: null, data: 'a\ufffd' },
    ])
  })

  it('a line or an event beyond the limit is an error, after what came before it', async () => {
    const long = Buffer.from(`data: ok\n\ndata: ${'x'.repeat(100)}\n\n`)
    for (const size of [1, 13, 1_000]) {
      const seen: string[] = []
      const read = async (): Promise<void> => {
        for await (const { data } of readSse(chunksOf(long, size), 50)) seen.push(data)
      }
      await expect(read()).rejects.toMatchObject({
        code: 'upstream_error',
        message: expect.stringContaining('50 bytes'),
      })
      expect(seen).toEqual(['ok'])
    }
    const many = Buffer.from('data: 0123456789\n'.repeat(10))
    await expect(all(readSse(chunksOf(many, 7), 50))).rejects.toMatchObject({ code: 'upstream_error' })
    await expect(all(readSse(chunksOf(Buffer.from(`data: ${'x'.repeat(44)}\n\n`), 5), 50))).resolves.toHaveLength(1)
  })

  it('a body that fails gives its events first; leaving early closes it', async () => {
    let isClosed = false
    async function* body(): AsyncGenerator<Buffer> {
      try {
        yield Buffer.from('data: 1\n\ndata: 2\n\ndata: half')
        throw new Error('cut')
      } finally {
        isClosed = true
      }
    }
    const seen: string[] = []
    const read = async (): Promise<void> => {
      for await (const { data } of readSse(body())) seen.push(data)
    }
    await expect(read()).rejects.toThrow('cut')
    expect(seen).toEqual(['1', '2'])
    isClosed = false
    for await (const _ of readSse(body())) break
    expect(isClosed).toBe(true)
  })

  it('a line in many chunks costs no more than its size', () => {
    const started = performance.now()
    let size = 0
    const parser = createSseParser(({ data }) => {
      size = data.length
    })
    parser.push(Buffer.from('data: '))
    const chunk = Buffer.alloc(1_000, 'x')
    for (let count = 0; count < 16_000; count += 1) parser.push(chunk)
    parser.push(Buffer.from('\n\n'))
    expect(size).toBe(16_000_000)
    // Copying the whole line with each chunk would move 128 GB.
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})

describe('lines', () => {
  it.each([1, 2, 3, 7, 1_000])('in chunks of %i bytes', async (size) => {
    const bytes = Buffer.from('\ufeff{"a":"ü日"}\r\n\n  \n{"b":2}\n{"c":3}')
    expect(await all(readLines(chunksOf(bytes, size)))).toEqual(['{"a":"ü日"}', '{"b":2}', '{"c":3}'])
  })

  it('one beyond the limit is an error', async () => {
    await expect(all(readLines(chunksOf(Buffer.alloc(1_000, 'x'), 100), 500))).rejects.toMatchObject({
      code: 'upstream_error',
    })
  })
})
