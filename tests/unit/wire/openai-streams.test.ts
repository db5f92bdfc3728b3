import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import type { StreamPart } from '../../../src/main/engine/spec/stream-part.ts'
import { collectAnswer } from '../../../src/main/engine/wire/collect-answer.ts'
import { openAiChatCompletion, openAiTextCompletion } from '../../../src/main/engine/wire/openai/chat-answer.ts'
import { openAiChatStream, openAiTextStream } from '../../../src/main/engine/wire/openai/chat-stream.ts'
import type { StreamEncoder } from '../../../src/main/engine/wire/stream-encoder.ts'

const IDENTITY = { id: 'chatcmpl-1', created: 1_700_000_000, model: 'de"mo' }
const USAGE: StreamPart = {
  type: 'usage',
  usage: { promptTokens: 7, cachedPromptTokens: 3, completionTokens: 2, reasoningTokens: 1 },
}
const OPENAI_USAGE = {
  prompt_tokens: 7,
  completion_tokens: 2,
  total_tokens: 9,
  prompt_tokens_details: { cached_tokens: 3 },
  completion_tokens_details: { reasoning_tokens: 1 },
}
const PARTS: StreamPart[] = [
  { type: 'progress', phase: 'loading', value: 0.5 },
  { type: 'reasoning-delta', text: 'think' },
  { type: 'text-delta', text: '' },
  { type: 'text-delta', text: 'Hi' },
  { type: 'tool-call-delta', index: 0, id: 'call_a', name: 'weather', argumentsDelta: '{"ci' },
  { type: 'tool-call-delta', index: 0, argumentsDelta: 'ty":1}' },
  USAGE,
  { type: 'finish', reason: 'tool-calls' },
]

function run(encoder: StreamEncoder, parts: StreamPart[]): string {
  return parts.map((part) => encoder.encode(part)).join('')
}

function events(text: string): unknown[] {
  return text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => (event === 'data: [DONE]' ? '[DONE]' : JSON.parse(event.replace(/^data: /, ''))))
}

function chunk(delta: object, finish: string | null, rest: object = {}): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'de"mo',
    system_fingerprint: null,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...rest,
  }
}

async function* from(parts: StreamPart[]): AsyncGenerator<StreamPart> {
  yield* parts
}

describe('openAiChatStream', () => {
  test('says every part as OpenAI does', () => {
    expect(events(run(openAiChatStream(IDENTITY, false), PARTS))).toEqual([
      chunk({ role: 'assistant', content: '', refusal: null }, null),
      chunk({ reasoning_content: 'think', reasoning: 'think' }, null),
      chunk({ content: 'Hi' }, null),
      chunk(
        {
          tool_calls: [{ index: 0, id: 'call_a', type: 'function', function: { name: 'weather', arguments: '{"ci' } }],
        },
        null,
      ),
      chunk({ tool_calls: [{ index: 0, function: { arguments: 'ty":1}' } }] }, null),
      chunk({}, 'tool_calls'),
      '[DONE]',
    ])
  })

  test('with include_usage, usage is null on every chunk and comes whole before the end', () => {
    const parts: StreamPart[] = [{ type: 'text-delta', text: 'Hi' }, USAGE, { type: 'finish', reason: 'length' }]
    expect(events(run(openAiChatStream(IDENTITY, true), parts))).toEqual([
      chunk({ role: 'assistant', content: '', refusal: null }, null, { usage: null }),
      chunk({ content: 'Hi' }, null, { usage: null }),
      chunk({}, 'length', { usage: null }),
      { ...chunk({}, null), choices: [], usage: OPENAI_USAGE },
      '[DONE]',
    ])
  })

  test('an answer without text still begins with the role', () => {
    expect(events(run(openAiChatStream(IDENTITY, false), [{ type: 'finish', reason: 'content-filter' }]))).toEqual([
      chunk({ role: 'assistant', content: '', refusal: null }, null),
      chunk({}, 'content_filter'),
      '[DONE]',
    ])
  })

  test('an upstream without tool-call ids gets one per call', () => {
    const parts: StreamPart[] = [0, 1].map((index) => ({
      type: 'tool-call-delta',
      index,
      name: 'a',
      argumentsDelta: '{}',
    }))
    const ids = events(run(openAiChatStream(IDENTITY, false), parts))
      .slice(1)
      .map(
        (event) =>
          (event as { choices: [{ delta: { tool_calls: [{ id: string }] } }] }).choices[0].delta.tool_calls[0].id,
      )
    expect(ids).toEqual([expect.stringMatching(/^call_\w{24}$/), expect.stringMatching(/^call_\w{24}$/)])
    expect(ids[0]).not.toBe(ids[1])
  })

  test('an error is data with an error, and no [DONE]', () => {
    const error = new EngineError('runtime_crashed', 'The runtime stopped.')
    expect(openAiChatStream(IDENTITY, false).error(error)).toBe(
      'data: {"error":{"message":"The runtime stopped.","type":"server_error","param":null,"code":"runtime_crashed"}}\n\n',
    )
  })

  test('any text survives, cut anywhere: quotes, line ends of every kind, lone halves of an emoji', () => {
    const text = 'a"b\\c\r\nd\u2028e\u2029f\u0085g\u0000h👩‍👩‍👧‍👦🇩🇪é漢\t\u001b</script>data: x\n\n'
    for (let size = 1; size <= 5; size += 1) {
      const pieces: string[] = []
      for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size))
      const sent = run(
        openAiChatStream(IDENTITY, false),
        pieces.map((piece) => ({ type: 'text-delta', text: piece })),
      )
      expect(sent).not.toMatch(/[\u0085\u2028\u2029\r]/)
      expect(sent.split('\n\n')).toHaveLength(pieces.length + 2)
      const received = events(Buffer.from(sent, 'utf8').toString('utf8'))
        .map((event) => (event as { choices: [{ delta: { content?: string } }] }).choices[0].delta.content ?? '')
        .join('')
      expect(received).toBe(text)
    }
  })
})

describe('openAiTextStream', () => {
  test('says text and its end', () => {
    const common = {
      id: 'chatcmpl-1',
      object: 'text_completion',
      created: 1_700_000_000,
      model: 'de"mo',
      system_fingerprint: null,
    }
    const parts: StreamPart[] = [
      { type: 'reasoning-delta', text: 'unsaid' },
      { type: 'text-delta', text: 'Hi' },
      USAGE,
      { type: 'finish', reason: 'stop' },
    ]
    expect(events(run(openAiTextStream(IDENTITY, true), parts))).toEqual([
      { ...common, choices: [{ text: 'Hi', index: 0, logprobs: null, finish_reason: null }], usage: null },
      { ...common, choices: [{ text: '', index: 0, logprobs: null, finish_reason: 'stop' }], usage: null },
      { ...common, choices: [], usage: OPENAI_USAGE },
      '[DONE]',
    ])
  })
})

describe('whole answers', () => {
  test('chat.completion', async () => {
    expect(openAiChatCompletion(IDENTITY, await collectAnswer(from(PARTS)))).toEqual({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'de"mo',
      system_fingerprint: null,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'Hi',
            refusal: null,
            reasoning_content: 'think',
            reasoning: 'think',
            tool_calls: [{ id: 'call_a', type: 'function', function: { name: 'weather', arguments: '{"city":1}' } }],
          },
          logprobs: null,
          finish_reason: 'tool_calls',
        },
      ],
      usage: OPENAI_USAGE,
    })
  })

  test('content is null when there are only tool calls', async () => {
    const parts = PARTS.filter((part) => part.type !== 'text-delta')
    const answer = openAiChatCompletion(IDENTITY, await collectAnswer(from(parts))) as {
      choices: [{ message: { content: unknown } }]
    }
    expect(answer.choices[0].message.content).toBeNull()
  })

  test('text_completion', async () => {
    const parts: StreamPart[] = [
      { type: 'text-delta', text: 'Hi' },
      { type: 'finish', reason: 'length' },
    ]
    expect(openAiTextCompletion(IDENTITY, await collectAnswer(from(parts)))).toEqual({
      id: 'chatcmpl-1',
      object: 'text_completion',
      created: 1_700_000_000,
      model: 'de"mo',
      system_fingerprint: null,
      choices: [{ text: 'Hi', index: 0, logprobs: null, finish_reason: 'length' }],
      usage: null,
    })
  })

  test('an answer that breaks off is an error', async () => {
    await expect(collectAnswer(from([{ type: 'text-delta', text: 'Hi' }]))).rejects.toMatchObject({
      code: 'upstream_error',
    })
  })

  test('an error part is thrown', async () => {
    const error = new EngineError('out_of_memory', 'No memory.')
    await expect(collectAnswer(from([{ type: 'error', error }]))).rejects.toBe(error)
  })
})
