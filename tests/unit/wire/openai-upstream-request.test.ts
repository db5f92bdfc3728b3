import { describe, expect, test } from 'vitest'
import { COMPATIBLE, OPENAI, VENDORS, type Vendor } from '../../../src/main/engine/providers/openai/vendor-table.ts'
import type { ChatMessage, ChatRequest } from '../../../src/main/engine/spec/chat-request.ts'
import { isStrictSchema } from '../../../src/main/engine/wire/openai/strict-schema.ts'
import { toOpenAiChatBody, toOpenAiCompletionBody } from '../../../src/main/engine/wire/openai/upstream-request.ts'

const HI: ChatMessage = { role: 'user', content: [{ type: 'text', text: 'Hi' }] }

function vendor(name: string): Vendor {
  const found = VENDORS.find((each) => each.vendor === name)
  if (found === undefined) throw new Error(`no vendor ${name}`)
  return found
}

function sent(request: Partial<ChatRequest>, quirks: Vendor = OPENAI, model = 'gpt-4o') {
  const { body, notSent } = toOpenAiChatBody({ model, messages: [HI], sampling: {}, ...request }, model, quirks)
  const { messages, stream, stream_options, model: name, ...rest } = body
  expect([stream, name]).toEqual([true, model])
  return { ...rest, ...(notSent.length === 0 ? {} : { notSent }) }
}

function messagesSent(messages: ChatMessage[], quirks: Vendor = OPENAI) {
  const { body, notSent } = toOpenAiChatBody({ model: 'm', messages, sampling: {} }, 'm', quirks)
  return { messages: body.messages, notSent }
}

describe('messages', () => {
  test('a whole conversation', () => {
    const { messages, notSent } = messagesSent([
      { role: 'system', content: 'S' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image', mediaType: 'image/png', data: 'AAAA' },
          { type: 'image-url', url: 'https://example.com/a.png' },
        ],
      },
      {
        role: 'assistant',
        content: '',
        reasoning: 'hm',
        toolCalls: [
          { id: 'c1', name: 'a', arguments: '{"x":1}' },
          { id: 'c2', name: 'b', arguments: '' },
        ],
      },
      {
        role: 'tool',
        toolCallId: 'c1',
        toolName: 'a',
        content: 'one',
        images: [{ type: 'image', mediaType: 'image/jpeg', data: 'BBBB' }],
      },
      { role: 'tool', toolCallId: 'c2', content: 'no', isError: true },
      { role: 'assistant', content: 'done', reasoning: 'hm' },
      HI,
    ])
    expect(messages).toEqual([
      { role: 'system', content: 'S' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'a', arguments: '{"x":1}' } },
          { id: 'c2', type: 'function', function: { name: 'b', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'one' },
      { role: 'tool', tool_call_id: 'c2', content: 'no' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Image from the tool a (c1):' },
          { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,BBBB' } },
        ],
      },
      { role: 'assistant', content: 'done' },
      { role: 'user', content: 'Hi' },
    ])
    expect(notSent).toEqual(['messages[4].is_error', 'messages[].reasoning_content'])
  })

  test('pictures of the last tool end the conversation', () => {
    const images = [{ type: 'image-url' as const, url: 'https://example.com/b.png' }]
    const { messages } = messagesSent([
      { role: 'tool', toolCallId: 'c1', content: 'x', images: [...images, ...images] },
    ])
    expect(messages).toMatchObject([
      { role: 'tool' },
      { role: 'user', content: [{ text: '2 images from the tool call (c1):' }, {}, {}] },
    ])
  })

  test("Mistral's API gets ids of tool calls that it takes", () => {
    const { messages } = messagesSent(
      [
        { role: 'assistant', content: '', toolCalls: [{ id: 'toolu_01A09q90qw', name: 'f', arguments: '{}' }] },
        { role: 'tool', toolCallId: 'toolu_01A09q90qw', content: 'Rain' },
      ],
      vendor('mistral'),
    )
    const id = expect.stringMatching(/^[a-zA-Z0-9]{9}$/)
    expect(messages).toMatchObject([{ tool_calls: [{ id }] }, { tool_call_id: id }])
    const [asked, answered] = messages as [{ tool_calls: [{ id: string }] }, { tool_call_id: string }]
    expect(answered.tool_call_id).toBe(asked.tool_calls[0].id)
  })

  test('reasoning goes back where the vendor wants it', () => {
    const answer: ChatMessage = { role: 'assistant', content: 'x', reasoning: 'hm' }
    expect(messagesSent([answer], vendor('deepseek')).messages).toEqual([
      { role: 'assistant', content: 'x', reasoning_content: 'hm' },
    ])
    expect(messagesSent([answer], vendor('openrouter')).messages).toEqual([
      { role: 'assistant', content: 'x', reasoning: 'hm' },
    ])
  })
})

describe('sampling', () => {
  const every = {
    temperature: 0.5,
    topP: 0.9,
    topK: 40,
    minP: 0.05,
    seed: 7,
    repeatPenalty: 1.1,
    repeatLastN: 64,
    frequencyPenalty: 0.1,
    presencePenalty: 0.2,
    maxTokens: 9,
    stop: ['a', 'b', 'c', 'd', 'e'],
    logitBias: { '1': 2 },
  }
  const shared = {
    temperature: 0.5,
    top_p: 0.9,
    seed: 7,
    frequency_penalty: 0.1,
    presence_penalty: 0.2,
    logit_bias: { '1': 2 },
  }

  test('api.openai.com gets what it knows', () => {
    expect(sent({ sampling: every })).toEqual({
      ...shared,
      max_completion_tokens: 9,
      stop: ['a', 'b', 'c', 'd'],
      notSent: ['top_k', 'min_p', 'repeat_penalty', 'repeat_last_n', 'stop[4..]'],
    })
  })

  test('a server that nobody knows gets what local servers agree on', () => {
    expect(sent({ sampling: every }, COMPATIBLE)).toEqual({
      ...shared,
      max_tokens: 9,
      top_k: 40,
      min_p: 0.05,
      repeat_penalty: 1.1,
      stop: every.stop,
      notSent: ['repeat_last_n'],
    })
  })

  test('llama-server gets all of it, vLLM by its own names', () => {
    const { repeatLastN, ...some } = every
    expect(repeatLastN).toBe(64)
    expect(sent({ sampling: every }, vendor('llama.cpp'))).toMatchObject({ repeat_last_n: 64, repeat_penalty: 1.1 })
    expect(sent({ sampling: some }, vendor('vllm'))).toMatchObject({ repetition_penalty: 1.1, top_k: 40 })
    expect(sent({ sampling: some }, vendor('vllm'))).not.toHaveProperty('notSent')
  })

  test('what asks for nothing is neither sent nor said', () => {
    expect(sent({ sampling: { topK: 0, minP: 0, repeatPenalty: 1, stop: [], maxTokens: -1 } })).toEqual({})
  })

  test.each<[string, string, Partial<ChatRequest>, object]>([
    ['o3', 'openai', { sampling: every }, { notSent: ['stop', 'temperature', 'top_p'] }],
    ['gpt-5-mini', 'openai', { sampling: every }, { notSent: ['stop', 'temperature', 'top_p'] }],
    ['gpt-5.2', 'openai', { sampling: every }, { notSent: ['stop'], temperature: 0.5, top_p: 0.9 }],
    ['o4-mini', 'azure', { sampling: every }, { notSent: ['stop', 'temperature', 'top_p'] }],
    [
      'o3-mini',
      'openai',
      { sampling: every },
      { notSent: ['temperature', 'top_p', 'stop[4..]'], stop: ['a', 'b', 'c', 'd'] },
    ],
  ])(
    '%s at %s takes no penalties and biases',
    (model, name, request, { notSent, ...fields }: { notSent?: string[] }) => {
      const body = sent(request, vendor(name), model) as { notSent: string[] }
      const extra = ['top_k', 'min_p', 'repeat_penalty', 'repeat_last_n']
      expect(body).toEqual({ seed: 7, max_completion_tokens: 9, ...fields, notSent: expect.anything() })
      expect(body.notSent.toSorted()).toEqual(
        [...extra, 'presence_penalty', 'frequency_penalty', 'logit_bias', ...(notSent ?? [])].toSorted(),
      )
    },
  )

  test('nothing is said of penalties that ask for nothing', () => {
    const sampling = { presencePenalty: 0, frequencyPenalty: 0, stop: [] }
    expect(sent({ sampling, extra: { logprobs: false } }, OPENAI, 'o3')).toEqual({})
    expect(sent({ extra: { logprobs: true, top_logprobs: 3 } }, OPENAI, 'o3')).toEqual({
      notSent: ['logprobs', 'top_logprobs'],
    })
    expect(sent({ extra: { logprobs: true } }, OPENAI, 'gpt-5.1')).toEqual({ logprobs: true })
  })

  test.each(['gpt-4o', 'gpt-5-chat-latest'])('%s keeps them', (model) => {
    expect(sent({ sampling: every }, OPENAI, model)).toMatchObject({
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      logit_bias: { '1': 2 },
      stop: ['a', 'b', 'c', 'd'],
    })
    expect(sent({ sampling: every }, COMPATIBLE, 'openai/o3')).toMatchObject({ presence_penalty: 0.2 })
  })

  test('fixed sampling of a newer model', () => {
    expect(sent({ sampling: { temperature: 0.2, maxTokens: 5 } }, OPENAI, 'o3')).toEqual({
      max_completion_tokens: 5,
      notSent: ['temperature'],
    })
  })
})

describe('tools and formats', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } }
  const closed = { ...schema, required: ['a'], additionalProperties: false }

  test('tools, choice and parallel calls', () => {
    const tools = [
      { name: 'a', description: 'A', parameters: schema },
      { name: 'b', strict: true },
    ]
    expect(sent({ tools, toolChoice: { name: 'a' }, parallelToolCalls: false })).toEqual({
      tools: [
        { type: 'function', function: { name: 'a', description: 'A', parameters: schema } },
        { type: 'function', function: { name: 'b', strict: true } },
      ],
      tool_choice: { type: 'function', function: { name: 'a' } },
      parallel_tool_calls: false,
    })
    expect(sent({ tools, toolChoice: 'required' })).toMatchObject({ tool_choice: 'required' })
    expect(sent({ tools: [], toolChoice: 'none', parallelToolCalls: true })).toEqual({})
  })

  test.each<[ChatRequest['responseFormat'], Vendor, object]>([
    [{ type: 'text' }, OPENAI, {}],
    [{ type: 'json' }, OPENAI, { response_format: { type: 'json_object' } }],
    [
      { type: 'json-schema', schema },
      OPENAI,
      { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } },
    ],
    [
      { type: 'json-schema', name: 'my answer!', schema: closed },
      OPENAI,
      { response_format: { type: 'json_schema', json_schema: { name: 'my_answer_', schema: closed, strict: true } } },
    ],
    [
      { type: 'json-schema', schema: closed, strict: false },
      OPENAI,
      { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: closed } } },
    ],
    [
      { type: 'json-schema', schema },
      vendor('deepseek'),
      { response_format: { type: 'json_object' }, notSent: ['response_format.json_schema'] },
    ],
  ])('%j', (responseFormat, quirks, fields) => {
    expect(sent(responseFormat === undefined ? {} : { responseFormat }, quirks)).toEqual(fields)
  })

  test.each([
    [closed, true],
    [schema, false],
    [{ ...closed, properties: { a: { type: 'array', items: closed } } }, true],
    [{ ...closed, properties: { a: { type: 'array', items: schema } } }, false],
    [{ anyOf: [closed, { type: 'null' }] }, true],
    [{ anyOf: [closed, schema] }, false],
    [{ ...closed, $defs: { x: schema } }, false],
    [{ type: 'object', additionalProperties: false }, true],
    ['text', false],
  ])('%j may be strict: %s', (value, isStrict) => {
    expect(isStrictSchema(value)).toBe(isStrict)
  })
})

describe('reasoning', () => {
  test('a server that nobody knows is not told not to think, as it may refuse every effort', () => {
    expect(sent({ reasoning: { enabled: false } }, COMPATIBLE)).toEqual({ notSent: ['reasoning_effort'] })
    expect(sent({ reasoning: { effort: 'low' } }, COMPATIBLE)).toEqual({ reasoning_effort: 'low' })
  })

  test.each<[ChatRequest['reasoning'], string, string, object]>([
    [{ effort: 'high' }, 'openai', 'o3', { reasoning_effort: 'high' }],
    [{ enabled: true }, 'openai', 'o3', {}],
    [{ effort: 'high' }, 'openai', 'gpt-4o', { notSent: ['reasoning_effort'] }],
    [{ enabled: false }, 'openai', 'gpt-4o', {}],
    [{ enabled: false }, 'openai', 'gpt-5', { reasoning_effort: 'minimal' }],
    [{ enabled: false }, 'openai', 'gpt-5.1', { reasoning_effort: 'none' }],
    [{ enabled: false }, 'openai', 'o3', { notSent: ['reasoning_effort'] }],
    [{ budgetTokens: 1024 }, 'openai', 'o3', { reasoning_effort: 'low', notSent: ['reasoning.max_tokens'] }],
    [{ budgetTokens: 8192 }, 'openai', 'o3', { reasoning_effort: 'medium', notSent: ['reasoning.max_tokens'] }],
    [{ budgetTokens: 32000 }, 'openai', 'o3', { reasoning_effort: 'high', notSent: ['reasoning.max_tokens'] }],
    [{ effort: 'low' }, 'openrouter', 'x', { reasoning: { effort: 'low' } }],
    [{ budgetTokens: 99 }, 'openrouter', 'x', { reasoning: { max_tokens: 99 } }],
    [{ enabled: true }, 'openrouter', 'x', { reasoning: { enabled: true } }],
    [{ enabled: false, budgetTokens: 9 }, 'openrouter', 'x', { reasoning: { enabled: false } }],
    [{ enabled: false }, 'deepseek', 'x', { thinking: { type: 'disabled' } }],
    [{ effort: 'low' }, 'deepseek', 'x', { thinking: { type: 'enabled' }, notSent: ['reasoning_effort'] }],
    [{ enabled: false }, 'vllm', 'x', { chat_template_kwargs: { enable_thinking: false } }],
    [
      { enabled: true, effort: 'low' },
      'llama.cpp',
      'x',
      { reasoning_effort: 'low', chat_template_kwargs: { enable_thinking: true } },
    ],
    [{ enabled: false }, 'groq', 'llama-3.3-70b-versatile', { notSent: ['reasoning_effort'] }],
    [{ enabled: false }, 'groq', 'qwen/qwen3-32b', { reasoning_effort: 'none' }],
    [{ enabled: false }, 'google', 'gemini-2.5-flash-lite', { reasoning_effort: 'none' }],
    [{ enabled: false }, 'google', 'models/gemini-2.5-pro', { notSent: ['reasoning_effort'] }],
    [{ enabled: false }, 'fireworks', 'x', { reasoning_effort: 'none' }],
    [{ enabled: false }, 'ollama', 'x', { reasoning_effort: 'none' }],
    [{ enabled: false }, 'xai', 'x', { notSent: ['reasoning_effort'] }],
    [{ effort: 'low' }, 'mistral', 'x', { notSent: ['reasoning_effort'] }],
  ])('%j to %s, %s', (reasoning, name, model, fields) => {
    expect(sent(reasoning === undefined ? {} : { reasoning }, vendor(name), model)).toEqual(fields)
  })
})

test('what only a local runtime understands is said, but not how long a model stays', () => {
  const runtime = {
    contextSize: 4096,
    gpuLayers: 0,
    threads: 2,
    batchSize: 1,
    mmap: false,
    mlock: true,
    shift: true,
    keepAliveSeconds: 60,
    overflow: 'truncate' as const,
    options: { mirostat: 2, tfs_z: 1, none: null },
  }
  const names = ['num_ctx', 'num_gpu', 'num_thread', 'num_batch', 'use_mmap', 'use_mlock', 'shift']
  expect(sent({ runtime })).toEqual({ notSent: [...names, 'mirostat', 'tfs_z'] })
  expect(sent({ runtime }, vendor('llama.cpp'))).toEqual({ mirostat: 2, notSent: [...names, 'tfs_z'] })
  expect(sent({ runtime: { keepAliveSeconds: 0, overflow: 'error' } })).toEqual({})
})

test('extra fields go along, but never over what the engine knows', () => {
  const extra = { service_tier: 'flex', model: 'other', stream: false, messages: [], temperature: 2, top_k: 1 }
  expect(sent({ extra, user: 'u', sampling: { temperature: 1 } })).toEqual({
    service_tier: 'flex',
    user: 'u',
    temperature: 1,
    notSent: ['top_k'],
  })
})

test('usage is asked for where that is understood', () => {
  const { body } = toOpenAiChatBody({ model: 'm', messages: [HI], sampling: {} }, 'm', OPENAI)
  expect(body.stream_options).toEqual({ include_usage: true })
  const mistral = toOpenAiChatBody({ model: 'm', messages: [HI], sampling: {} }, 'm', vendor('mistral'))
  expect(mistral).toEqual({
    body: { model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream: true },
    notSent: [],
  })
})

test('a completion', () => {
  const request = {
    model: 'm',
    prompt: 'Once',
    suffix: 'end',
    sampling: { maxTokens: 8, topK: 3 },
    runtime: { threads: 1 },
  }
  expect(toOpenAiCompletionBody(request, 'm', OPENAI)).toEqual({
    body: {
      model: 'm',
      prompt: 'Once',
      suffix: 'end',
      max_tokens: 8,
      stream: true,
      stream_options: { include_usage: true },
    },
    notSent: ['top_k', 'num_thread'],
  })
})

test('who asks is told in at most 64 characters', () => {
  const fits = 'u'.repeat(64)
  expect(sent({ user: fits })).toEqual({ user: fits })
  const long = sent({ user: `${fits}u` })
  expect(long).toEqual({ user: expect.stringMatching(/^[0-9a-f]{64}$/), notSent: ['user (hashed)'] })
  expect(sent({ user: `${fits}v` })).not.toEqual(long)
  expect(sent({ user: `${fits}u` }, vendor('mistral'))).toEqual({ notSent: ['user'] })
})
