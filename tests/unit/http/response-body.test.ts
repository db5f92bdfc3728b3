import { describe, expect, it } from 'vitest'
import { createResponseBody } from '../../../src/main/engine/http/response-body.ts'

function bodyWithCounts() {
  const counts = { low: 0, left: 0 }
  const body = createResponseBody(
    () => {
      counts.low += 1
    },
    () => {
      counts.left += 1
    },
  )
  return { body, counts, reader: body[Symbol.asyncIterator]() }
}

describe('the body between an exchange and its reader', () => {
  it('hands out what came in order, before and after it is waited for, then the end', async () => {
    const { body, reader } = bodyWithCounts()
    expect(body.push(Buffer.from('1'))).toBe(true)
    body.push(Buffer.alloc(0))
    expect(String((await reader.next()).value)).toBe('1')
    const waiting = reader.next()
    body.push(Buffer.from('2'))
    expect(String((await waiting).value)).toBe('2')
    const end = reader.next()
    body.end()
    expect(await end).toEqual({ done: true, value: undefined })
    expect(await reader.next()).toEqual({ done: true, value: undefined })
  })

  it('gives what was received before its failure first', async () => {
    const { body, reader } = bodyWithCounts()
    body.push(Buffer.from('1'))
    body.fail(new Error('cut'))
    body.end()
    expect(String((await reader.next()).value)).toBe('1')
    await expect(reader.next()).rejects.toThrow('cut')
  })

  it('is full at 256 kB and asks for more once below 64 kB', async () => {
    const { body, counts, reader } = bodyWithCounts()
    const piece = Buffer.alloc(64 * 1024)
    expect([1, 2, 3, 4].map(() => body.push(piece))).toEqual([true, true, true, false])
    await reader.next()
    await reader.next()
    expect(counts.low).toBe(0)
    await reader.next()
    expect(counts.low).toBe(1)
    expect(body.push(Buffer.from('x'))).toBe(true)
  })

  it('leaving early tells so, drops what waits and ignores what still comes', async () => {
    const { body, counts } = bodyWithCounts()
    body.push(Buffer.from('1'))
    body.push(Buffer.from('2'))
    for await (const chunk of body) {
      expect(String(chunk)).toBe('1')
      break
    }
    expect(counts.left).toBe(1)
    expect(body.push(Buffer.from('3'))).toBe(true)
    expect((await body[Symbol.asyncIterator]().next()).done).toBe(true)
  })

  it('a read that waits is ended by a failure; a second one beside it is refused', async () => {
    const { body, reader } = bodyWithCounts()
    const waiting = reader.next()
    await expect(reader.next()).rejects.toThrow('being read already')
    body.fail(new Error('aborted'))
    await expect(waiting).rejects.toThrow('aborted')
  })
})
