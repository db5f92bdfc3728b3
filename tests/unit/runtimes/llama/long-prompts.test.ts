import { describe, expect, test } from 'vitest'
import { dropHopeless } from '../../../../src/main/engine/runtimes/llama/worker/drop-hopeless.ts'
import { boundedText, measureTokens } from '../../../../src/main/engine/runtimes/llama/worker/measure-tokens.ts'
import type { ChatMessage, ChatRequest } from '../../../../src/main/engine/spec/chat-request.ts'

const never = new AbortController().signal

/** One token per character; notes how much was tokenised in one go and in all. */
function counter() {
  const seen = { all: 0, most: 0 }
  const count = (text: string): number => {
    seen.all += text.length
    seen.most = Math.max(seen.most, text.length)
    return text.length
  }
  return { seen, count }
}

describe('measuring', () => {
  test('stops soon after the limit, in small slices, with other work in between', async () => {
    const { seen, count } = counter()
    let turns = 0
    const ticking = setInterval(() => undefined, 1)
    const tick = (): void => {
      turns += 1
      if (turns < 1000) setImmediate(tick)
    }
    setImmediate(tick)
    expect(await measureTokens(['x'.repeat(5_000_000)], 100_000, count, never)).toBeGreaterThan(100_000)
    clearInterval(ticking)
    expect(seen.all).toBeLessThan(120_000)
    expect(seen.most).toBeLessThan(20_000)
    expect(turns).toBeGreaterThan(3)
  })

  test('counts everything that is below the limit', async () => {
    expect(await measureTokens(['x'.repeat(40_000), 'yy', ''], 1e9, counter().count, never)).toBe(40_002)
  })

  test('ends with the signal', async () => {
    const stop = new AbortController()
    const count = (text: string): number => {
      stop.abort(new Error('enough'))
      return text.length
    }
    await expect(measureTokens(['x'.repeat(100_000)], 1e9, count, stop.signal)).rejects.toThrow('enough')
  })

  test('keeps the side of a text that matters', async () => {
    const text = `start${'.'.repeat(1_000_000)}end`
    const first = await boundedText(text, 10_000, 'start', counter().count, never)
    const last = await boundedText(text, 10_000, 'end', counter().count, never)
    expect(first.length).toBeLessThan(40_000)
    expect(first.length).toBeGreaterThan(10_000)
    expect(first.startsWith('start')).toBe(true)
    expect(text.endsWith(last)).toBe(true)
    expect(last.length).toBe(first.length)
    expect(await boundedText('short', 10_000, 'end', counter().count, never)).toBe('short')
  })
})

describe('a chat that is far too long', () => {
  const user = (text: string): ChatMessage => ({ role: 'user', content: [{ type: 'text', text }] })
  const long = 'x'.repeat(50_000)
  const request = (messages: ChatMessage[], overflow: 'error' | 'truncate'): ChatRequest => ({
    model: 'm',
    messages,
    sampling: {},
    runtime: { overflow },
  })

  test('is refused without being tokenised as a whole', async () => {
    const { seen, count } = counter()
    const all = Array.from({ length: 100 }, () => user(long))
    await expect(dropHopeless(request(all, 'error'), 8192, count, never)).rejects.toMatchObject({
      code: 'context_length_exceeded',
      message: expect.stringMatching(/about \d+ tokens or more.*8192/),
    })
    expect(seen.all).toBeLessThan(50_000)
  })

  test('loses the turns that cannot fit, cut at a question; system and last question stay', async () => {
    const messages: ChatMessage[] = [
      { role: 'system', content: 'be brief' },
      user(long),
      { role: 'assistant', content: 'old' },
      user('middle'),
      { role: 'assistant', content: 'answer' },
      user('last'),
    ]
    const kept = await dropHopeless(request(messages, 'truncate'), 8192, counter().count, never)
    expect(kept).toEqual([messages[0], ...messages.slice(3)])
    const tooMuch = [user('first'), user(long)]
    await expect(dropHopeless(request(tooMuch, 'truncate'), 8192, counter().count, never)).rejects.toMatchObject({
      code: 'context_length_exceeded',
    })
  })

  test('a short one is left alone, unmeasured', async () => {
    const { seen, count } = counter()
    const messages = [user('hello')]
    expect(await dropHopeless(request(messages, 'error'), 8192, count, never)).toBe(messages)
    expect(seen.all).toBe(0)
  })
})
