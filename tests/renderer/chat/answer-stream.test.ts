import { describe, expect, it } from 'vitest'
import type { AnswerEvent, Message } from '#shared/chats.ts'
import { AnswerStream } from '../../../src/renderer/features/chat/answer-stream.ts'
import { factsOf } from './mock-chats.ts'

function message(patch: Partial<Message> = {}): Message {
  return {
    id: 'a',
    conversationId: 'c',
    parentId: 'q',
    depth: 1,
    role: 'assistant',
    content: '',
    reasoning: '',
    toolCalls: [],
    status: 'streaming',
    facts: factsOf({ completionTokens: null }),
    error: null,
    createdAt: 0,
    siblings: ['a'],
    ...patch,
  }
}

function delta(content: string, completionTokens = 1): AnswerEvent {
  return { type: 'delta', messageId: 'a', content, reasoning: '', completionTokens }
}

/** A stream whose frames come when the test says so. */
function setup(first: Message = message()) {
  let waiting: (() => void)[] = []
  let now = 0
  let told = 0
  const stream = new AnswerStream(
    first,
    (run) => {
      waiting.push(run)
      return () => {
        waiting = waiting.filter((one) => one !== run)
      }
    },
    () => now,
  )
  stream.subscribe(() => {
    told += 1
  })
  return {
    stream,
    told: () => told,
    pass: (ms: number) => {
      now += ms
    },
    frame: async () => {
      const due = waiting
      waiting = []
      for (const run of due) run()
      await Promise.resolve()
    },
  }
}

describe('AnswerStream', () => {
  it('gathers what comes between two frames into one update', async () => {
    const { stream, frame, told } = setup()
    for (const word of ['one ', 'two ', 'three']) stream.apply(delta(word, 3))
    expect(told()).toBe(0)
    await frame()
    expect(told()).toBe(1)
    expect(stream.snapshot()).toMatchObject({ length: 13, completionTokens: 3, ended: false })
    expect(stream.text).toBe('one two three')
  })

  it('keeps what is drawn when a snapshot continues it, and starts afresh when it does not', async () => {
    const { stream, frame } = setup()
    stream.apply(delta('# One\n\ntext\n\nmore\n'))
    await frame()
    const [heading] = stream.snapshot().content.blocks
    stream.apply({ type: 'snapshot', message: message({ content: '# One\n\ntext\n\nmore\nand more' }) })
    await frame()
    expect(stream.snapshot().content.blocks[0]).toBe(heading)
    expect(stream.text).toBe('# One\n\ntext\n\nmore\nand more')
    stream.apply({ type: 'snapshot', message: message({ content: 'other' }) })
    await frame()
    expect(stream.text).toBe('other')
    expect(stream.snapshot().content.blocks).toHaveLength(1)
  })

  it('applies the end at once, with everything before it, and nothing after it', async () => {
    const { stream, frame, told } = setup()
    stream.apply(delta('half'))
    stream.apply({ type: 'end', message: message({ content: 'half and whole', status: 'complete' }) })
    expect(stream.snapshot()).toMatchObject({ ended: true, length: 14 })
    expect(told()).toBe(1)
    stream.apply(delta('late'))
    await frame()
    expect(stream.text).toBe('half and whole')
    expect(told()).toBe(1)
  })

  it('shows progress until the first text', async () => {
    const { stream, frame } = setup()
    stream.apply({ type: 'progress', messageId: 'a', phase: 'loading', value: 0.4 })
    await frame()
    expect(stream.snapshot().progress).toEqual({ phase: 'loading', value: 0.4 })
    stream.apply(delta('hi'))
    await frame()
    expect(stream.snapshot().progress).toBeNull()
  })

  it('has one outline for as long as only the text grows', async () => {
    const { stream, frame } = setup()
    const empty = stream.outline()
    expect(empty).toMatchObject({ begun: false, hasText: false, ended: false })
    stream.apply(delta('one'))
    await frame()
    const begun = stream.outline()
    expect(begun).toMatchObject({ begun: true, hasText: true, ended: false })
    stream.apply(delta(' two', 2))
    await frame()
    expect(stream.outline()).toBe(begun)
    stream.apply({ type: 'end', message: message({ content: 'one two', status: 'complete' }) })
    expect(stream.outline()).toMatchObject({ ended: true, message: { status: 'complete' } })
  })

  it('updates less often while an update is dear', async () => {
    const { stream, frame, told, pass } = setup()
    stream.subscribe(() => pass(20))
    stream.apply(delta('a'))
    await frame()
    expect(told()).toBe(1)
    stream.apply(delta('b'))
    await frame()
    expect(told()).toBe(1)
    pass(200)
    await frame()
    expect(told()).toBe(2)
    expect(stream.text).toBe('ab')
  })

  it('starts from the text that an answer has already', () => {
    const { stream } = setup(message({ content: '# Title\n\ntext' }))
    expect(stream.snapshot().content.blocks).toHaveLength(2)
  })
})
