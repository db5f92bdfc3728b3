import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../../src/main/engine/spec/engine-error.ts'
import type { StreamPart } from '../../../../src/main/engine/spec/stream-part.ts'
import { openAiResponseStream } from '../../../../src/main/engine/wire/openai-responses/client-stream.ts'

type Event = Record<string, unknown> & { type: string; sequence_number: number }

const IDENTITY = { id: 'resp_1', created: 1, echo: { model: 'demo' } }

function eventsOf(text: string): Event[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const [, name, data = ''] = /^event: (\S+)\ndata: (.*)$/.exec(block) ?? []
      const event = JSON.parse(data) as Event
      expect(event.type).toBe(name)
      return event
    })
}

function encodeAll(parts: StreamPart[]): Event[] {
  const encoder = openAiResponseStream(IDENTITY)
  return eventsOf(parts.map((part) => encoder.encode(part)).join(''))
}

const call = (index: number, argumentsDelta: string, name?: string): StreamPart => ({
  type: 'tool-call-delta',
  index,
  argumentsDelta,
  ...(name === undefined ? {} : { name, id: `call_${name}` }),
})

describe('events of the Responses API', () => {
  test('are numbered without a gap, and name their item and its place', () => {
    const events = encodeAll([
      { type: 'text-delta', text: 'a\u2028b' },
      { type: 'finish', reason: 'stop' },
    ])
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_event, index) => index))
    expect(events.find(({ type }) => type === 'response.output_text.delta')).toEqual({
      type: 'response.output_text.delta',
      sequence_number: 4,
      item_id: 'msg_1_0',
      output_index: 0,
      content_index: 0,
      delta: 'a\u2028b',
      logprobs: [],
    })
  })

  test('tell a refusal as one', () => {
    const events = encodeAll([
      { type: 'text-delta', text: 'I ', isRefusal: true },
      { type: 'text-delta', text: 'will not.', isRefusal: true },
      { type: 'finish', reason: 'stop' },
    ])
    expect(events.map(({ type }) => type.replace('response.', ''))).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'content_part.added',
      'refusal.delta',
      'refusal.delta',
      'refusal.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ])
    const place = { item_id: 'msg_1_0', output_index: 0, content_index: 0 }
    const part = { type: 'refusal', refusal: 'I will not.' }
    expect(events[3]).toMatchObject({ ...place, part: { type: 'refusal', refusal: '' } })
    expect(events[5]).toMatchObject({ ...place, delta: 'will not.' })
    expect(events[6]).toMatchObject({ ...place, refusal: 'I will not.' })
    expect(events[7]).toMatchObject({ ...place, part })
    expect(events.at(-1)).toMatchObject({ response: { output: [{ type: 'message', content: [part] }] } })
  })

  test('thoughts alone are followed by an empty message, as in a whole answer', () => {
    const events = encodeAll([
      { type: 'reasoning-delta', text: 'Hm' },
      { type: 'finish', reason: 'length' },
    ])
    expect(events.at(-1)).toMatchObject({
      response: {
        output: [
          { type: 'reasoning', status: 'incomplete' },
          { type: 'message', status: 'incomplete', content: [{ type: 'output_text', text: '' }] },
        ],
      },
    })
    const done = events.filter(({ type }) => type === 'response.output_item.done')
    expect(done.map((event) => event.output_index)).toEqual([0, 1])
  })

  test('tell of calls that are written at once by their place', () => {
    const events = encodeAll([
      call(0, '{"a"', 'one'),
      call(1, '{"b"', 'two'),
      call(0, ':1}'),
      call(1, ':2}'),
      { type: 'finish', reason: 'tool-calls' },
    ])
    const deltas = events.filter(({ type }) => type === 'response.function_call_arguments.delta')
    expect(deltas.map((event) => [event.output_index, event.delta])).toEqual([
      [0, '{"a"'],
      [1, '{"b"'],
      [0, ':1}'],
      [1, ':2}'],
    ])
    expect(events.at(-1)).toMatchObject({
      response: {
        output: [
          { call_id: 'call_one', arguments: '{"a":1}' },
          { call_id: 'call_two', arguments: '{"b":2}' },
        ],
      },
    })
  })

  test('refuse arguments for a call that was whole', () => {
    const encoder = openAiResponseStream(IDENTITY)
    encoder.encode(call(0, '{}', 'one'))
    encoder.encode(call(1, '{}', 'two'))
    expect(() => encoder.encode(call(0, '{}'))).toThrow(/'one' after they were complete/)
  })

  test('give a message also for an answer without a word, and say why it is not whole', () => {
    const events = encodeAll([{ type: 'finish', reason: 'content-filter' }])
    expect(events.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: {
        status: 'incomplete',
        incomplete_details: { reason: 'content_filter' },
        output: [{ type: 'message', status: 'incomplete', content: [{ text: '' }] }],
        usage: null,
      },
    })
  })

  test.each([
    ['rate_limited', 'rate_limit_exceeded'],
    ['upstream_error', 'server_error'],
    ['context_length_exceeded', 'invalid_prompt'],
  ] as const)('end with the error %s as %s', (code, word) => {
    const encoder = openAiResponseStream(IDENTITY)
    encoder.encode({ type: 'text-delta', text: 'Once' })
    const events = eventsOf(encoder.error(new EngineError(code, 'Why.')))
    expect(events).toMatchObject([
      {
        type: 'response.failed',
        response: {
          status: 'failed',
          error: { code: word, message: 'Why.' },
          output: [{ content: [{ text: 'Once' }] }],
        },
      },
    ])
  })
})
