import { describe, expect, test } from 'vitest'
import type { StreamPart } from '../../../src/main/engine/spec/stream-part.ts'
import { openAiAnswerReader } from '../../../src/main/engine/wire/openai/upstream-stream.ts'

type Chunk = Record<string, unknown> | string

function read(...chunks: Chunk[]): StreamPart[] {
  const reader = openAiAnswerReader('scripted')
  const parts = chunks.flatMap((chunk) => reader.read(typeof chunk === 'string' ? chunk : JSON.stringify(chunk)))
  return [...parts, ...reader.end()]
}

function delta(fields: object, finish: string | null = null): Chunk {
  return { object: 'chat.completion.chunk', choices: [{ index: 0, delta: fields, finish_reason: finish }] }
}

const STOP = delta({}, 'stop')
const FINISH: StreamPart = { type: 'finish', reason: 'stop', raw: 'stop' }
const text = (said: string): StreamPart => ({ type: 'text-delta', text: said })
const thought = (said: string): StreamPart => ({ type: 'reasoning-delta', text: said })

describe('text and reasoning', () => {
  test.each<[string, Chunk[], StreamPart[]]>([
    [
      'text',
      [delta({ role: 'assistant', content: '' }), delta({ content: 'a' }), delta({ content: 'b' })],
      [text('a'), text('b')],
    ],
    ['a refusal', [delta({ refusal: 'No.' })], [{ type: 'text-delta', text: 'No.', isRefusal: true }]],
    ['reasoning_content', [delta({ reasoning_content: 'r' }), delta({ content: 'a' })], [thought('r'), text('a')]],
    ['reasoning', [delta({ reasoning: 'r', content: null })], [thought('r')]],
    ['both names for the same', [delta({ reasoning_content: 'r', reasoning: 'r' })], [thought('r')]],
    [
      'reasoning_details beside it',
      [delta({ content: '', reasoning: 'r', reasoning_details: [{ type: 'reasoning.text', text: 'r' }] })],
      [thought('r')],
    ],
    [
      'reasoning_details alone',
      [
        delta({
          reasoning_details: [
            { type: 'reasoning.text', text: 'r' },
            { type: 'reasoning.summary', summary: 's' },
            { type: 'reasoning.encrypted', data: 'x' },
          ],
        }),
      ],
      [thought('rs')],
    ],
    [
      "Mistral's content in parts",
      [
        delta({
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'r' }] },
            { type: 'text', text: 'a' },
          ],
        }),
      ],
      [thought('r'), text('a')],
    ],
    ['text with tags of thought, which stay', [delta({ content: '<think>x</think>y' })], [text('<think>x</think>y')]],
    ['a text completion', [{ choices: [{ text: 'a', index: 0, finish_reason: null }] }], [text('a')]],
    [
      'only the first choice',
      [{ choices: [{ index: 1, delta: { content: 'b' } }] }, delta({ content: 'a' })],
      [text('a')],
    ],
    ["Azure's verdict on the prompt", [{ choices: [], prompt_filter_results: [{ prompt_index: 0 }] }], []],
    ['a choice of verdicts only', [{ choices: [{ index: 0, finish_reason: null, content_filter_offsets: {} }] }], []],
    [
      'a repetition of the whole at the end',
      [delta({ content: 'a' }), { choices: [{ index: 0, message: { content: 'a' } }] }],
      [text('a')],
    ],
    ['a whole message in one event', [{ choices: [{ index: 0, message: { content: 'a' } }] }], [text('a')]],
    ['empty data', ['', ' '], []],
  ])('%s', (_name, chunks, parts) => {
    expect(read(...chunks, STOP)).toEqual([...parts, FINISH])
  })
})

describe('tool calls', () => {
  const call = (fields: object): Chunk => delta({ tool_calls: [fields] })
  const part = (index: number, argumentsDelta: string, first: object = {}): StreamPart => ({
    type: 'tool-call-delta',
    index,
    ...first,
    argumentsDelta,
  })
  const end: StreamPart = { type: 'finish', reason: 'tool-calls', raw: 'tool_calls' }
  const last = delta({}, 'tool_calls')
  const A = { id: 'a', name: 'f' }
  const B = { id: 'b', name: 'g' }

  test.each<[string, Chunk[], StreamPart[]]>([
    [
      'streamed by index',
      [
        call({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }),
        call({ index: 0, function: { arguments: '{"x"' } }),
        call({ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } }),
        call({ index: 0, function: { arguments: ':1}' } }),
        call({ index: 1, function: { arguments: '{}' } }),
      ],
      [part(0, '', A), part(0, '{"x"'), part(1, '', B), part(0, ':1}'), part(1, '{}')],
    ],
    [
      'with an empty id and name on later chunks',
      [
        call({ index: 0, id: 'a', function: { name: 'f', arguments: '{' } }),
        call({ index: 0, id: '', function: { name: '', arguments: '}' } }),
        call({ index: 0, id: 'a', function: { name: 'f', arguments: ' ' } }),
      ],
      [part(0, '{', A), part(0, '}'), part(0, ' ')],
    ],
    [
      'without index, streamed',
      [
        call({ id: 'a', function: { name: 'f', arguments: '{' } }),
        call({ function: { arguments: '}' } }),
        call({ id: 'b', function: { name: 'g', arguments: '{}' } }),
      ],
      [part(0, '{', A), part(0, '}'), part(1, '{}', B)],
    ],
    [
      'whole, several in one chunk, without index',
      [
        delta({
          tool_calls: [
            { id: 'a', function: { name: 'f', arguments: '{}' } },
            { id: 'b', function: { name: 'g', arguments: { x: [1] } } },
          ],
        }),
      ],
      [part(0, '{}', A), part(1, '{"x":[1]}', B)],
    ],
    [
      'all at index 0, told apart by their ids',
      [
        call({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }),
        call({ index: 0, id: 'b', function: { name: 'g', arguments: '{}' } }),
      ],
      [part(0, '{}', A), part(1, '{}', B)],
    ],
    [
      'named after their arguments began',
      [
        call({ index: 3, id: 'a', function: { arguments: '{"x"' } }),
        call({ index: 3, function: { name: 'f', arguments: ':1}' } }),
      ],
      [part(0, '{"x":1}', A)],
    ],
    ['arguments null', [call({ index: 0, id: 'a', function: { name: 'f', arguments: null } })], [part(0, '', A)]],
  ])('%s', (_name, chunks, parts) => {
    expect(read(...chunks, last)).toEqual([...parts, end])
  })

  test('without any id they get one each', () => {
    const parts = read(
      delta({
        tool_calls: [{ function: { name: 'f', arguments: '{}' } }, { function: { name: 'f', arguments: '{}' } }],
      }),
      last,
    )
    const ids = parts.flatMap((each) => (each.type === 'tool-call-delta' ? [each.id] : []))
    expect(ids).toEqual([expect.stringMatching(/^call_\w+/), expect.stringMatching(/^call_\w+/)])
    expect(new Set(ids).size).toBe(2)
  })

  test('the older function_call', () => {
    const parts = read(
      delta({ function_call: { name: 'f', arguments: '' } }),
      delta({ function_call: { arguments: '{}' } }),
      delta({}, 'function_call'),
    )
    expect(parts).toMatchObject([
      { index: 0, name: 'f', argumentsDelta: '' },
      { index: 0, argumentsDelta: '{}' },
      { type: 'finish', reason: 'tool-calls', raw: 'function_call' },
    ])
  })

  test('`stop` after a call means the call', () => {
    expect(read(call({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }), STOP).at(-1)).toEqual({
      type: 'finish',
      reason: 'tool-calls',
      raw: 'stop',
    })
  })

  test('a call that nobody can carry out is an error', () => {
    expect(() => read(call({ index: 0, id: 'a', function: { arguments: '{}' } }), last)).toThrow(
      expect.objectContaining({ code: 'upstream_error' }),
    )
  })
})

describe('usage and times', () => {
  const usage = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 }
  const counts = { promptTokens: 3, completionTokens: 5 }

  test.each<[string, Chunk[], object]>([
    ['on a chunk without choices', [STOP, { choices: [], usage }], { usage: { ...counts, raw: usage } }],
    [
      'on every chunk, the last counting',
      [
        { choices: [], usage: { prompt_tokens: 3, completion_tokens: 1 } },
        { ...(STOP as object), usage },
      ],
      { usage: { ...counts, raw: usage } },
    ],
    [
      'with details',
      [
        STOP,
        {
          choices: [],
          usage: {
            ...usage,
            prompt_tokens_details: { cached_tokens: 2 },
            completion_tokens_details: { reasoning_tokens: 4 },
          },
        },
      ],
      { usage: { ...counts, cachedPromptTokens: 2, reasoningTokens: 4 } },
    ],
    [
      "DeepSeek's cache",
      [STOP, { choices: [], usage: { ...usage, prompt_cache_hit_tokens: 2 } }],
      { usage: { cachedPromptTokens: 2 } },
    ],
    [
      "Groq's, with times in seconds",
      [
        {
          ...(STOP as object),
          x_groq: { usage: { ...usage, queue_time: 0.5, prompt_time: 0.25, completion_time: 1.5 } },
        },
      ],
      { usage: counts, timings: { queueMs: 500, loadMs: 0, promptMs: 250, generateMs: 1500 } },
    ],
    [
      "llama-server's timings without usage",
      [{ ...(STOP as object), timings: { cache_n: 1, prompt_n: 2, prompt_ms: 10, predicted_n: 5, predicted_ms: 20 } }],
      {
        usage: { ...counts, cachedPromptTokens: 1 },
        timings: { queueMs: 0, loadMs: 0, promptMs: 10, generateMs: 20 },
      },
    ],
    ['by other names', [STOP, { choices: [], usage: { input_tokens: 3, output_tokens: 5 } }], { usage: counts }],
  ])('%s', (_name, chunks, part) => {
    const parts = read(...chunks)
    expect(parts.slice(-2)).toMatchObject([{ type: 'usage', ...part }, FINISH])
  })

  test('none is none', () => {
    expect(read(STOP, { choices: [], usage: null })).toEqual([FINISH])
    expect(read(STOP, { choices: [], usage: {} })).toEqual([FINISH])
  })
})

describe('ends', () => {
  test.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['tool_calls', 'tool-calls'],
    ['content_filter', 'content-filter'],
    ['eos', 'stop'],
    ['model_length', 'length'],
    ['SAFETY', 'content-filter'],
    ['something_new', 'other'],
  ])('%s is %s', (raw, reason) => {
    expect(read(delta({}, raw))).toEqual([{ type: 'finish', reason, raw }])
  })

  test.each(['error', 'abort', 'insufficient_system_resource', 'network_error'])(
    '%s is a failure that another holder may do better, after what came',
    (raw) => {
      const failure = expect.objectContaining({
        code: 'upstream_error',
        retryable: true,
        message: expect.stringContaining(raw),
        upstream: expect.objectContaining({ provider: 'scripted' }),
      })
      const reader = openAiAnswerReader('scripted')
      expect(reader.read(JSON.stringify(delta({ content: 'a' }, raw)))).toEqual([text('a')])
      expect(() => reader.end()).toThrow(failure)
      expect(() => read(delta({}, raw), { choices: [], usage: { prompt_tokens: 1, completion_tokens: 0 } })).toThrow(
        failure,
      )
    },
  )

  test('an empty finish_reason is none', () => {
    expect(() => read(delta({ content: 'a' }, ''), '[DONE]')).toThrow(
      expect.objectContaining({
        code: 'upstream_error',
        retryable: true,
        message: expect.stringContaining('broke off'),
      }),
    )
  })

  test('[DONE] is seen, and needed by nobody after a finish_reason', () => {
    const reader = openAiAnswerReader('scripted')
    expect([reader.isDone, reader.isWhole]).toEqual([false, false])
    reader.read(JSON.stringify(STOP))
    expect([reader.isDone, reader.isWhole]).toEqual([false, true])
    reader.read('[DONE]')
    expect(reader.isDone).toBe(true)
    expect(reader.end()).toEqual([FINISH])
  })
})

describe('failures', () => {
  test.each<[string, Chunk, object]>([
    [
      "OpenAI's",
      { error: { message: 'Sorry about that!', type: 'server_error', param: null, code: null } },
      { code: 'upstream_error', retryable: true, message: expect.stringContaining('Sorry about that!') },
    ],
    [
      'a text',
      { error: 'CUDA out of memory' },
      { code: 'upstream_error', message: expect.stringContaining('CUDA out of memory') },
    ],
    [
      "OpenRouter's, with what its provider said",
      { choices: [], error: { code: 429, message: 'Provider returned error', metadata: { raw: 'slow down' } } },
      {
        code: 'rate_limited',
        retryable: true,
        message: expect.stringContaining('Provider returned error (slow down)'),
      },
    ],
    [
      "OpenRouter's, in a choice",
      { choices: [{ index: 0, delta: {}, error: { code: 502, message: 'gone' } }] },
      { code: 'upstream_error', retryable: true, upstream: expect.objectContaining({ status: 502 }) },
    ],
    [
      "vLLM's older",
      { object: 'error', message: 'bad', type: 'BadRequestError', code: 400 },
      { code: 'invalid_request', retryable: false },
    ],
    ['a code as text', { error: { code: '402', message: 'pay' } }, { code: 'quota_exceeded' }],
    [
      'a context that is full',
      { error: { code: 400, message: "This model's maximum context length is 9" } },
      { code: 'context_length_exceeded' },
    ],
    ['a filtered prompt', { error: { code: 'content_filter', message: 'no' } }, { code: 'invalid_request' }],
    ['not JSON', '{"choi', { code: 'upstream_error', upstream: expect.objectContaining({ bodyExcerpt: '{"choi' }) }],
    ['not an object', '[1]', { code: 'upstream_error', upstream: expect.objectContaining({ bodyExcerpt: '[1]' }) }],
  ])('%s', (_name, chunk, error) => {
    expect(() => read(chunk)).toThrow(expect.objectContaining(error))
  })

  test('an excerpt is bounded', () => {
    const reader = openAiAnswerReader('scripted')
    try {
      reader.read(`{${'x'.repeat(100_000)}`)
    } catch (error) {
      expect((error as { upstream: { bodyExcerpt: string } }).upstream.bodyExcerpt.length).toBeLessThanOrEqual(500)
      return
    }
    throw new Error('it was accepted')
  })
})

describe('an answer in one piece', () => {
  function readWhole(answer: unknown): StreamPart[] {
    const reader = openAiAnswerReader('scripted')
    return [...reader.readWhole(answer), ...reader.end()]
  }

  test('with all that it can hold', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2 }
    const message = {
      role: 'assistant',
      reasoning_content: 'r',
      content: 'a',
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
    }
    expect(readWhole({ choices: [{ index: 0, message, finish_reason: 'tool_calls' }], usage })).toEqual([
      thought('r'),
      text('a'),
      { type: 'tool-call-delta', index: 0, id: 'c', name: 'f', argumentsDelta: '{}' },
      { type: 'usage', usage: { promptTokens: 1, completionTokens: 2, raw: usage } },
      { type: 'finish', reason: 'tool-calls', raw: 'tool_calls' },
    ])
  })

  test('without a finish_reason it is whole all the same', () => {
    expect(readWhole({ choices: [{ message: { content: 'a' } }] })).toEqual([text('a'), FINISH])
  })

  test.each([[{ error: 'x' }], [{ choices: [] }], [{}], ['text'], [null]])('%j is an error', (answer) => {
    expect(() => readWhole(answer)).toThrow(expect.objectContaining({ code: 'upstream_error' }))
  })
})
