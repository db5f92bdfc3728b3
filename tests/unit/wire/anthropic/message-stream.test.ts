import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../../src/main/engine/spec/engine-error.ts'
import type { StreamPart } from '../../../../src/main/engine/spec/stream-part.ts'
import { anthropicMessage } from '../../../../src/main/engine/wire/anthropic/message.ts'
import { anthropicMessageStream } from '../../../../src/main/engine/wire/anthropic/message-stream.ts'
import { collectAnswer } from '../../../../src/main/engine/wire/collect-answer.ts'

const IDENTITY = { id: 'msg_1', requestId: 'req_1', model: 'demo' }
type Event = Record<string, unknown> & { type: string; index?: number }

function encodeAll(parts: StreamPart[]): Event[] {
  const encoder = anthropicMessageStream(IDENTITY)
  return eventsOf(parts.map((part) => encoder.encode(part)).join(''))
}

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

/** Kind and index of each event, with the text of deltas. */
function outline(events: Event[]): string[] {
  return events.flatMap((event) => {
    if (event.type === 'ping') return []
    const delta = event.delta as Record<string, string> | undefined
    const text = delta?.text ?? delta?.thinking ?? delta?.partial_json ?? delta?.signature ?? delta?.stop_reason ?? ''
    const block = event.content_block as Record<string, string> | undefined
    const what = [event.type.replace('content_block_', ''), event.index ?? '', block?.name ?? block?.type ?? '', text]
    return [what.filter((each) => each !== '').join(' ')]
  })
}

const call = (index: number, argumentsDelta: string, name?: string): StreamPart => ({
  type: 'tool-call-delta',
  index,
  argumentsDelta,
  ...(name === undefined ? {} : { name, id: `call_${name}` }),
})
const finish = (reason: 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other', raw?: string): StreamPart => ({
  type: 'finish',
  reason,
  ...(raw === undefined ? {} : { raw }),
})

describe('blocks come one after the other', () => {
  test('thinking, its signature, text, and text again after a tool call', () => {
    const events = encodeAll([
      { type: 'reasoning-delta', text: 'Hm' },
      { type: 'reasoning-delta', text: '', signature: 'sig' },
      { type: 'reasoning-delta', text: 'More' },
      { type: 'text-delta', text: '' },
      { type: 'text-delta', text: 'A' },
      call(0, '{}', 'look'),
      { type: 'text-delta', text: 'B' },
      finish('stop'),
    ])
    expect(outline(events)).toEqual([
      'message_start',
      'start 0 thinking',
      'delta 0 Hm',
      'delta 0 sig',
      'stop 0',
      'start 1 thinking',
      'delta 1 More',
      'stop 1',
      'start 2 text',
      'delta 2 A',
      'stop 2',
      'start 3 look',
      'delta 3 {}',
      'stop 3',
      'start 4 text',
      'delta 4 B',
      'stop 4',
      'message_delta tool_use',
      'message_stop',
    ])
  })

  test('tool calls that were written at once wait for each other, and lose nothing', () => {
    const events = encodeAll([
      call(0, '{"a"', 'one'),
      call(1, '{"b"', 'two'),
      call(0, ':1}'),
      call(1, ':2}'),
      call(2, '', 'three'),
      call(3, '{}', 'four'),
      finish('tool-calls'),
    ])
    expect(outline(events)).toEqual([
      'message_start',
      'start 0 one',
      'delta 0 {"a"',
      'delta 0 :1}',
      'stop 0',
      'start 1 two',
      'delta 1 {"b":2}',
      'stop 1',
      'start 2 three',
      'stop 2',
      'start 3 four',
      'delta 3 {}',
      'stop 3',
      'message_delta tool_use',
      'message_stop',
    ])
  })

  test('a call is streamed while it is the only one', () => {
    const encoder = anthropicMessageStream(IDENTITY)
    expect(outline(eventsOf(encoder.encode(call(0, '', 'one'))))).toEqual(['message_start', 'start 0 one'])
    expect(outline(eventsOf(encoder.encode(call(0, '{"a":1}'))))).toEqual(['delta 0 {"a":1}'])
    expect(outline(eventsOf(encoder.encode(call(1, '{"b"', 'two'))))).toEqual(['stop 0', 'start 1 two', 'delta 1 {"b"'])
    expect(encoder.encode(call(0, ' \n'))).toBe('')
    expect(() => encoder.encode(call(0, '{}'))).toThrow(/'one' after they were complete/)
  })

  test('an answer without content is still a message', () => {
    expect(outline(encodeAll([finish('stop')]))).toEqual(['message_start', 'message_delta end_turn', 'message_stop'])
  })
})

test.each([
  ['stop', undefined, 'end_turn'],
  ['stop', 'stop_sequence', 'stop_sequence'],
  ['stop', 'eos', 'end_turn'],
  ['stop', 'customStopTrigger', 'stop_sequence'],
  ['length', undefined, 'max_tokens'],
  ['length', 'model_context_window_exceeded', 'model_context_window_exceeded'],
  ['content-filter', undefined, 'refusal'],
  ['other', 'pause_turn', 'pause_turn'],
  ['other', undefined, 'end_turn'],
] as const)('the finish reason %s (%s) is the stop reason %s, streamed and whole', async (reason, raw, stopReason) => {
  const parts = [{ type: 'text-delta', text: 'x' } as const, finish(reason, raw)]
  const delta = encodeAll(parts).find(({ type }) => type === 'message_delta')
  expect(delta?.delta).toEqual({ stop_reason: stopReason, stop_sequence: null })
  async function* stream(): AsyncGenerator<StreamPart> {
    yield* parts
  }
  expect(anthropicMessage(IDENTITY, await collectAnswer(stream()))).toMatchObject({ stop_reason: stopReason })
})

test('the stop text that ended an answer is told, streamed and whole', async () => {
  const end: StreamPart = { type: 'finish', reason: 'stop', raw: 'stop_sequence', stopSequence: '\n"END"' }
  const parts: StreamPart[] = [{ type: 'text-delta', text: 'x' }, end]
  const told = { stop_reason: 'stop_sequence', stop_sequence: '\n"END"' }
  expect(encodeAll(parts).find(({ type }) => type === 'message_delta')?.delta).toEqual(told)
  async function* stream(): AsyncGenerator<StreamPart> {
    yield* parts
  }
  expect(anthropicMessage(IDENTITY, await collectAnswer(stream()))).toMatchObject(told)
})

test('a whole answer whose tool input was cut off keeps what there is', async () => {
  async function* stream(): AsyncGenerator<StreamPart> {
    yield* [call(0, '{"city":"Ul', 'look'), call(1, '', 'none'), finish('length')]
  }
  expect(anthropicMessage(IDENTITY, await collectAnswer(stream()))).toMatchObject({
    stop_reason: 'max_tokens',
    content: [
      { type: 'tool_use', name: 'look', input: { partial_json: '{"city":"Ul' } },
      { type: 'tool_use', name: 'none', input: {} },
    ],
  })
})

test.each([
  ['invalid_request', {}, 'invalid_request_error'],
  ['auth_failed', {}, 'authentication_error'],
  ['quota_exceeded', {}, 'billing_error'],
  ['forbidden', {}, 'permission_error'],
  ['model_not_found', {}, 'not_found_error'],
  ['conflict', {}, 'conflict_error'],
  ['request_too_large', {}, 'request_too_large'],
  ['rate_limited', {}, 'rate_limit_error'],
  ['internal', {}, 'api_error'],
  ['upstream_error', {}, 'api_error'],
  ['queue_full', {}, 'overloaded_error'],
  ['upstream_unavailable', { status: 529 }, 'overloaded_error'],
  ['idle_timeout', {}, 'timeout_error'],
  ['unsupported', { status: 415 }, 'invalid_request_error'],
] as const)('the error %s %o is an %s', (code, options, type) => {
  const [event] = eventsOf(anthropicMessageStream(IDENTITY).error(new EngineError(code, 'Why\u2028.', options)))
  expect(event).toEqual({ type: 'error', error: { type, message: 'Why\u2028.' }, request_id: 'req_1' })
})
