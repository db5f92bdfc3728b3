import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import type { StreamPart } from '../../../src/main/engine/spec/stream-part.ts'
import { collectAnswer } from '../../../src/main/engine/wire/collect-answer.ts'
import { ollamaChatAnswer, ollamaGenerateAnswer } from '../../../src/main/engine/wire/ollama/answer.ts'
import { ollamaStream } from '../../../src/main/engine/wire/ollama/answer-stream.ts'
import { ollamaErrorBody } from '../../../src/main/engine/wire/ollama/error-body.ts'
import { ollamaModelName } from '../../../src/main/engine/wire/ollama/model-name.ts'
import { nanoseconds, ollamaTimestamp } from '../../../src/main/engine/wire/ollama/timestamps.ts'

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
const METRICS = {
  total_duration: 50_000_000,
  load_duration: 2_000_000,
  prompt_eval_count: 7,
  prompt_eval_duration: 3_000_000,
  eval_count: 2,
  eval_duration: 4_500_000,
}
const USAGE: StreamPart = {
  type: 'usage',
  usage: { promptTokens: 7, completionTokens: 2 },
  timings: { queueMs: 1, loadMs: 2, promptMs: 3, generateMs: 4.5 },
}
const CALLS: StreamPart[] = [
  { type: 'tool-call-delta', index: 0, id: 'call_a', name: 'weather', argumentsDelta: '{"ci' },
  { type: 'tool-call-delta', index: 1, id: 'call_b', name: 'time', argumentsDelta: '' },
  { type: 'tool-call-delta', index: 0, argumentsDelta: 'ty":"Ulm"}' },
]

function lines(kind: 'chat' | 'generate', parts: StreamPart[]): unknown[] {
  const encoder = ollamaStream(kind, 'demo', () => 50)
  const text = parts.map((part) => encoder.encode(part)).join('')
  expect(text.endsWith('\n')).toBe(true)
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line))
}

async function* from(parts: StreamPart[]): AsyncGenerator<StreamPart> {
  yield* parts
}

describe('ollamaStream', () => {
  test('chat: thinking, text, whole tool calls, end', () => {
    const parts: StreamPart[] = [
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'text-delta', text: 'Hi' },
      ...CALLS,
      USAGE,
      { type: 'finish', reason: 'tool-calls' },
    ]
    const head = { model: 'demo', created_at: TIME }
    expect(lines('chat', parts)).toEqual([
      { ...head, message: { role: 'assistant', content: '', thinking: 'hm' }, done: false },
      { ...head, message: { role: 'assistant', content: 'Hi' }, done: false },
      {
        ...head,
        message: {
          role: 'assistant',
          content: '',
          tool_calls: [
            { id: 'call_a', function: { index: 0, name: 'weather', arguments: { city: 'Ulm' } } },
            { id: 'call_b', function: { index: 1, name: 'time', arguments: {} } },
          ],
        },
        done: false,
      },
      { ...head, message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop', ...METRICS },
    ])
  })

  test('generate: response instead of message', () => {
    const parts: StreamPart[] = [
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'text-delta', text: 'Hi' },
      USAGE,
      { type: 'finish', reason: 'length' },
    ]
    const head = { model: 'demo', created_at: TIME }
    expect(lines('generate', parts)).toEqual([
      { ...head, response: '', thinking: 'hm', done: false },
      { ...head, response: 'Hi', done: false },
      { ...head, response: '', done: true, done_reason: 'length', ...METRICS },
    ])
  })

  test('a backend that counts and tells no times has them measured: until its first content, and from there', () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(100)
    onTestFinished(() => clock.mockRestore())
    const encoder = ollamaStream('chat', 'demo', () => 50)
    encoder.encode({ type: 'text-delta', text: 'Hi' })
    clock.mockReturnValue(120)
    encoder.encode({ type: 'text-delta', text: ' there' })
    encoder.encode({ type: 'usage', usage: { promptTokens: 7, completionTokens: 2 } })
    expect(JSON.parse(encoder.encode({ type: 'finish', reason: 'stop' }))).toMatchObject({
      ...METRICS,
      load_duration: 0,
      prompt_eval_duration: 30_000_000,
      eval_duration: 20_000_000,
    })
  })

  test('no line holds a separator that a client could split at', () => {
    const encoder = ollamaStream('chat', 'demo', () => 0)
    const line = encoder.encode({ type: 'text-delta', text: 'a\u2028b\u2029c\u0085d\ne' })
    expect(line.slice(0, -1)).not.toMatch(/[\n\u0085\u2028\u2029]/)
    expect(JSON.parse(line).message.content).toBe('a\u2028b\u2029c\u0085d\ne')
  })

  test('a tool call that the cap cut off is dropped, one that is not JSON is an error', () => {
    const cut: StreamPart[] = [{ type: 'tool-call-delta', index: 0, id: 'c', name: 'a', argumentsDelta: '{"x' }]
    expect(lines('chat', [...cut, { type: 'finish', reason: 'length' }])).toHaveLength(1)
    expect(() => lines('chat', [...cut, { type: 'finish', reason: 'tool-calls' }])).toThrow(/not a JSON object/)
  })

  test.each([
    ['stop', 'load', 'load'],
    ['stop', 'unload', 'unload'],
    ['stop', 'eos', 'stop'],
    ['length', 'length', 'length'],
    ['tool-calls', 'tool_calls', 'stop'],
  ] as const)('ended with %s (%s upstream): done_reason %s', (reason, raw, told) => {
    expect(lines('chat', [{ type: 'finish', reason, raw }])).toEqual([
      expect.objectContaining({ done: true, done_reason: told }),
    ])
  })

  test('an error is a line of its own', () => {
    expect(ollamaStream('chat', 'demo', () => 0).error(new EngineError('internal', 'Oh.'))).toBe('{"error":"Oh."}\n')
  })
})

describe('whole answers', () => {
  test('chat', async () => {
    const parts: StreamPart[] = [
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'text-delta', text: 'Hi' },
      ...CALLS,
      USAGE,
      { type: 'finish', reason: 'tool-calls' },
    ]
    expect(ollamaChatAnswer('demo', await collectAnswer(from(parts)), 50)).toEqual({
      model: 'demo',
      created_at: TIME,
      message: {
        role: 'assistant',
        content: 'Hi',
        thinking: 'hm',
        tool_calls: [
          { id: 'call_a', function: { index: 0, name: 'weather', arguments: { city: 'Ulm' } } },
          { id: 'call_b', function: { index: 1, name: 'time', arguments: {} } },
        ],
      },
      done: true,
      done_reason: 'stop',
      ...METRICS,
    })
  })

  test('chat, with times that the upstream did not tell', async () => {
    const parts: StreamPart[] = [
      { type: 'text-delta', text: 'Hi' },
      { type: 'usage', usage: { promptTokens: 7, completionTokens: 2 } },
      { type: 'finish', reason: 'stop' },
    ]
    expect(ollamaChatAnswer('demo', await collectAnswer(from(parts)), 1_000)).toMatchObject({
      total_duration: 1_000_000_000,
      prompt_eval_count: 7,
      prompt_eval_duration: expect.any(Number),
      eval_count: 2,
      eval_duration: expect.any(Number),
    })
  })

  test('generate, without what the upstream did not report', async () => {
    const parts: StreamPart[] = [
      { type: 'text-delta', text: 'Hi' },
      { type: 'finish', reason: 'stop' },
    ]
    expect(ollamaGenerateAnswer('demo', await collectAnswer(from(parts)), 1)).toEqual({
      model: 'demo',
      created_at: TIME,
      response: 'Hi',
      done: true,
      done_reason: 'stop',
      total_duration: 1_000_000,
      load_duration: 0,
    })
  })
})

test.each([
  ['demo', 'demo:latest'],
  ['demo:7b', 'demo:7b'],
  ['host:5000/demo', 'host:5000/demo:latest'],
  ['org/demo:q4', 'org/demo:q4'],
])('%s is listed as %s', (id, name) => {
  expect(ollamaModelName(id)).toBe(name)
})

test('timestamps and durations', () => {
  expect(ollamaTimestamp(Date.UTC(2026, 0, 2, 3, 4, 5, 678) + 0.25)).toBe('2026-01-02T03:04:05.678250000Z')
  expect([nanoseconds(1.5), nanoseconds(-1)]).toEqual([1_500_000, 0])
})

test.each([
  [new EngineError('model_not_found', 'Nobody has it.'), "model 'x' not found"],
  [new EngineError('queue_full', 'The queue is full.'), /^server busy/],
  [new EngineError('out_of_memory', 'No memory.'), 'No memory.'],
])('error text %#', (error, text) => {
  expect(JSON.parse(ollamaErrorBody(error, 'x'))).toEqual({
    error: typeof text === 'string' ? text : expect.stringMatching(text),
  })
})
