import { ORPCError } from '@orpc/client'
import { describe, expect, it, vi } from 'vitest'
import type { AnswerEvent } from '#shared/chats.ts'
import { watchAnswer } from '../../../src/renderer/features/chat/watch-answer.ts'

const delta: AnswerEvent = { type: 'delta', messageId: 'a', content: 'x', reasoning: '', completionTokens: 1 }
const end = { type: 'end', message: {} } as AnswerEvent

async function* events(...list: (AnswerEvent | Error)[]): AsyncGenerator<AnswerEvent> {
  for (const one of list) {
    if (one instanceof Error) throw one
    yield one
  }
}

describe('watchAnswer', () => {
  it('watches again, later each time, until the end comes', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const waits: number[] = []
    const seen: string[] = []
    const ways = [events(new Error('gone')), events(new Error('gone')), events(delta, new Error('gone')), events(end)]
    await watchAnswer(
      {
        open: async () => ways.shift() ?? events(),
        onEvent: (event) => seen.push(event.type),
        wait: async (ms) => void waits.push(ms),
      },
      new AbortController().signal,
    )
    expect(seen).toEqual(['delta', 'end'])
    expect(waits).toEqual([250, 500, 250])
    vi.restoreAllMocks()
  })

  it('stops when the engine knows no such answer', async () => {
    const wait = vi.fn(async () => undefined)
    await watchAnswer(
      {
        open: async () => {
          throw new ORPCError('ENGINE', { data: { code: 'not_found', message: '', retryable: false } })
        },
        onEvent: () => undefined,
        wait,
      },
      new AbortController().signal,
    )
    expect(wait).not.toHaveBeenCalled()
  })

  it('stops when aborted', async () => {
    const stop = new AbortController()
    const seen: string[] = []
    await watchAnswer(
      {
        open: async () => events(delta, delta),
        onEvent: (event) => {
          seen.push(event.type)
          stop.abort()
        },
        wait: async () => undefined,
      },
      stop.signal,
    )
    expect(seen).toEqual(['delta'])
  })
})
