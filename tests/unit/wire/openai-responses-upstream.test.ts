import { describe, expect, test } from 'vitest'
import { COMPATIBLE, OPENAI } from '../../../src/main/engine/providers/openai/vendor-table.ts'
import type { ChatRequest } from '../../../src/main/engine/spec/chat-request.ts'
import type { StreamPart } from '../../../src/main/engine/spec/stream-part.ts'
import { toResponsesBody } from '../../../src/main/engine/wire/openai-responses/upstream-request.ts'
import { responsesAnswerReader } from '../../../src/main/engine/wire/openai-responses/upstream-stream.ts'

const HI = { role: 'user' as const, content: [{ type: 'text' as const, text: 'Hi' }] }

function sent(request: Partial<ChatRequest>, model = 'gpt-4o') {
  const { body, notSent } = toResponsesBody({ model, messages: [HI], sampling: {}, ...request }, model, OPENAI)
  const { stream, store, model: name, ...rest } = body
  expect([stream, store, name]).toEqual([true, false, model])
  return { ...rest, ...(notSent.length === 0 ? {} : { notSent }) }
}

describe('the request', () => {
  test('a conversation becomes instructions and items', () => {
    const messages: ChatRequest['messages'] = [
      { role: 'system', content: 'S1' },
      { role: 'system', content: 'S2' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image', mediaType: 'image/png', data: 'AAAA' },
        ],
      },
      { role: 'assistant', content: 'hm', reasoning: 'r', toolCalls: [{ id: 'c1', name: 'f', arguments: '' }] },
      { role: 'tool', toolCallId: 'c1', content: 'one', images: [{ type: 'image-url', url: 'https://e.com/a.png' }] },
      { role: 'assistant', content: '', toolCalls: [{ id: 'c2', name: 'f', arguments: '{}' }] },
      { role: 'tool', toolCallId: 'c2', content: 'two', isError: true },
      { role: 'system', content: 'late' },
      HI,
    ]
    expect(sent({ messages })).toEqual({
      instructions: 'S1\nS2',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'look' },
            { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' },
          ],
        },
        { role: 'assistant', content: 'hm' },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
        {
          type: 'function_call_output',
          call_id: 'c1',
          output: [
            { type: 'input_text', text: 'one' },
            { type: 'input_image', image_url: 'https://e.com/a.png', detail: 'auto' },
          ],
        },
        { type: 'function_call', call_id: 'c2', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c2', output: 'two' },
        { role: 'developer', content: 'late' },
        { role: 'user', content: 'Hi' },
      ],
      notSent: ['messages[6].is_error', 'messages[].reasoning_content'],
    })
  })

  test('tools are flat, and strict only if asked', () => {
    const tools = [
      { name: 'f', parameters: { type: 'object' } },
      { name: 'g', description: 'G', strict: true },
    ]
    expect(sent({ tools, toolChoice: { name: 'f' }, parallelToolCalls: true })).toMatchObject({
      tools: [
        { type: 'function', name: 'f', parameters: { type: 'object' }, strict: false },
        { type: 'function', name: 'g', description: 'G', parameters: { type: 'object', properties: {} }, strict: true },
      ],
      tool_choice: { type: 'function', name: 'f' },
      parallel_tool_calls: true,
    })
  })

  test.each<[Partial<ChatRequest>, object, string?]>([
    [
      { sampling: { maxTokens: 100, temperature: 0.5, topP: 0.9 } },
      { max_output_tokens: 100, temperature: 0.5, top_p: 0.9 },
    ],
    [{ sampling: { maxTokens: 5 } }, { max_output_tokens: 16, notSent: ['max_tokens'] }],
    [{ sampling: { temperature: 0.5 } }, { notSent: ['temperature'] }, 'o3'],
    [
      {
        sampling: {
          stop: ['a'],
          logitBias: { '1': 1 },
          frequencyPenalty: 1,
          presencePenalty: 1,
          seed: 0,
          topK: 1,
          minP: 1,
          repeatPenalty: 2,
          repeatLastN: 3,
        },
      },
      {
        notSent: [
          'stop',
          'logit_bias',
          'frequency_penalty',
          'presence_penalty',
          'seed',
          'top_k',
          'min_p',
          'repeat_penalty',
          'repeat_last_n',
        ],
      },
    ],
    [{ sampling: { stop: [], frequencyPenalty: 0, topK: 0, repeatPenalty: 1 } }, {}],
    [
      { runtime: { contextSize: 1, keepAliveSeconds: 1, options: { mirostat: 1 } } },
      { notSent: ['num_ctx', 'mirostat'] },
    ],
    [{ responseFormat: { type: 'json' } }, { text: { format: { type: 'json_object' } } }],
    [
      { responseFormat: { type: 'json-schema', name: 'n', schema: { type: 'object' } } },
      { text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: false } } },
    ],
    [{ reasoning: { effort: 'high' } }, { reasoning: { effort: 'high', summary: 'auto' } }, 'o3'],
    [{ reasoning: { enabled: true } }, { reasoning: { summary: 'auto' } }, 'gpt-5'],
    [{ reasoning: { enabled: false } }, { reasoning: { effort: 'minimal' } }, 'gpt-5'],
    [{ reasoning: { enabled: false } }, { notSent: ['reasoning_effort'] }, 'o3'],
    [{ reasoning: { effort: 'high' } }, { notSent: ['reasoning_effort'] }],
    [{ reasoning: { enabled: false } }, {}],
    [
      { user: 'u', extra: { service_tier: 'flex', store: true } },
      { user: 'u', service_tier: 'flex', notSent: ['store'] },
    ],
    [{ extra: { store: false } }, {}],
    [{ extra: { verbosity: 'low' } }, { text: { verbosity: 'low' } }],
    [
      { extra: { verbosity: 'low' }, responseFormat: { type: 'json' } },
      { text: { format: { type: 'json_object' }, verbosity: 'low' } },
    ],
    [
      { extra: { metadata: { a: 'b' }, prediction: {}, logprobs: true, odd: 1, prompt_cache_key: 'k' } },
      { metadata: { a: 'b' }, prompt_cache_key: 'k', notSent: ['prediction', 'logprobs', 'odd'] },
    ],
    [{ extra: { previous_response_id: 'r', background: true } }, { notSent: ['previous_response_id', 'background'] }],
  ])('%j', (request, fields, model = 'gpt-4o') => {
    expect(sent(request, model)).toEqual({ input: [{ role: 'user', content: 'Hi' }], ...fields })
  })

  test('a server that nobody knows may know a field that OpenAI does not', () => {
    const request = { model: 'm', messages: [HI], sampling: {}, extra: { odd: 1, verbosity: 'low', store: true } }
    const { body, notSent } = toResponsesBody(request, 'm', COMPATIBLE)
    expect(body).toMatchObject({ odd: 1, text: { verbosity: 'low' }, store: false })
    expect(body).not.toHaveProperty('verbosity')
    expect(notSent).toEqual(['store'])
  })

  test('a server that nobody knows may be told to reason, whatever the model', () => {
    const request = { model: 'm', messages: [HI], sampling: {}, reasoning: { effort: 'low' as const } }
    expect(toResponsesBody(request, 'm', COMPATIBLE).body).toMatchObject({
      reasoning: { effort: 'low', summary: 'auto' },
    })
  })
})

describe('the answer', () => {
  function read(...events: object[]): StreamPart[] {
    const reader = responsesAnswerReader('scripted')
    return [...events.flatMap((event) => [...reader.read(JSON.stringify(event))]), ...reader.end()]
  }
  const completed = (fields: object = {}) => ({
    type: 'response.completed',
    response: { status: 'completed', output: [], usage: null, ...fields },
  })

  test('text, summaries as paragraphs, calls and usage', () => {
    const summary = (index: number, delta: string) => ({
      type: 'response.reasoning_summary_text.delta',
      item_id: 'rs',
      output_index: 0,
      summary_index: index,
      delta,
    })
    const usage = {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 8 },
    }
    const call = { id: 'fc', type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"x":1}' }
    const parts = read(
      { type: 'response.created', response: { status: 'in_progress' } },
      summary(0, 'one'),
      summary(0, ' more'),
      summary(1, 'two'),
      { type: 'response.output_text.delta', item_id: 'msg', output_index: 1, content_index: 0, delta: 'Hi' },
      { type: 'response.refusal.delta', item_id: 'msg', output_index: 1, content_index: 1, delta: ' no' },
      {
        type: 'response.output_item.done',
        output_index: 1,
        item: { id: 'msg', type: 'message', content: [{ text: 'Hi' }] },
      },
      { type: 'response.output_item.added', output_index: 2, item: { ...call, arguments: '' } },
      { type: 'response.function_call_arguments.delta', item_id: 'fc', output_index: 2, delta: '{"x"' },
      { type: 'response.function_call_arguments.delta', item_id: 'fc', output_index: 2, delta: ':1}' },
      { type: 'response.output_item.done', output_index: 2, item: call },
      completed({ usage, output: [{ type: 'reasoning' }, { type: 'message', content: [{ text: 'Hi' }] }, call] }),
    )
    expect(parts).toEqual([
      { type: 'reasoning-delta', text: 'one' },
      { type: 'reasoning-delta', text: ' more' },
      { type: 'reasoning-delta', text: '\n\ntwo' },
      { type: 'text-delta', text: 'Hi' },
      { type: 'text-delta', text: ' no', isRefusal: true },
      { type: 'tool-call-delta', index: 0, id: 'c1', name: 'f', argumentsDelta: '' },
      { type: 'tool-call-delta', index: 0, argumentsDelta: '{"x"' },
      { type: 'tool-call-delta', index: 0, argumentsDelta: ':1}' },
      {
        type: 'usage',
        usage: { promptTokens: 10, cachedPromptTokens: 4, completionTokens: 20, reasoningTokens: 8, raw: usage },
      },
      { type: 'finish', reason: 'tool-calls', raw: 'completed' },
    ])
  })

  test('a call whose arguments come only at its end, or which comes only whole', () => {
    const call = (name: string) => ({ id: name, type: 'function_call', call_id: `id-${name}`, name, arguments: '{}' })
    expect(
      read(
        { type: 'response.output_item.added', output_index: 0, item: { ...call('f'), arguments: '' } },
        { type: 'response.output_item.done', output_index: 0, item: call('f') },
        completed({ output: [call('f'), call('g')] }),
      ),
    ).toEqual([
      { type: 'tool-call-delta', index: 0, id: 'id-f', name: 'f', argumentsDelta: '' },
      { type: 'tool-call-delta', index: 0, argumentsDelta: '{}' },
      { type: 'tool-call-delta', index: 1, id: 'id-g', name: 'g', argumentsDelta: '{}' },
      { type: 'finish', reason: 'tool-calls', raw: 'completed' },
    ])
  })

  test.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'content-filter'],
    ['something', 'other'],
  ])('incomplete for %s is %s', (raw, reason) => {
    const response = { status: 'incomplete', incomplete_details: { reason: raw }, output: [] }
    expect(read({ type: 'response.incomplete', response })).toEqual([{ type: 'finish', reason, raw }])
  })

  test.each<[string, object, object]>([
    [
      'a failed response',
      { type: 'response.failed', response: { status: 'failed', error: { code: 'server_error', message: 'Sorry' } } },
      { code: 'upstream_error', message: expect.stringContaining('Sorry') },
    ],
    [
      'a rate limit',
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'slow' } },
      },
      { code: 'rate_limited', retryable: true },
    ],
    [
      'an error event',
      { type: 'error', code: 'ERR', message: 'Broken', param: null },
      { message: expect.stringContaining('Broken') },
    ],
    [
      'an error event, nested',
      { type: 'error', error: { message: 'Broken' } },
      { message: expect.stringContaining('Broken') },
    ],
    ['an error without a type', { error: { message: 'Broken' } }, { message: expect.stringContaining('Broken') }],
    ['a cancelled response', completed({ status: 'cancelled' }), { code: 'upstream_error' }],
    ['a stream that stops', { type: 'response.in_progress' }, { code: 'upstream_error', retryable: true }],
  ])('%s', (_name, event, error) => {
    expect(() => read(event)).toThrow(expect.objectContaining(error))
  })

  test('in one piece', () => {
    const reader = responsesAnswerReader('scripted')
    const answer = {
      object: 'response',
      status: 'completed',
      error: null,
      output: [
        { id: 'r', type: 'reasoning', summary: [{ text: 'one' }, { text: 'two' }] },
        {
          id: 'm',
          type: 'message',
          content: [
            { type: 'output_text', text: 'Hi' },
            { type: 'refusal', refusal: '!' },
          ],
        },
      ],
      usage: { input_tokens: 1, output_tokens: 2 },
    }
    expect([...reader.readWhole(answer), ...reader.end()]).toMatchObject([
      { type: 'reasoning-delta', text: 'one\n\ntwo' },
      { type: 'text-delta', text: 'Hi' },
      { type: 'text-delta', text: '!', isRefusal: true },
      { type: 'usage', usage: { promptTokens: 1, completionTokens: 2 } },
      { type: 'finish', reason: 'stop', raw: 'completed' },
    ])
    expect(() => responsesAnswerReader('scripted').readWhole({ choices: [] })).toThrow(/no response/)
    expect(() => responsesAnswerReader('scripted').readWhole({ error: { message: 'x' } })).toThrow(/x/)
  })
})
