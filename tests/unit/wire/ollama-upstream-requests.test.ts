import { describe, expect, test } from 'vitest'
import type { ChatMessage, ChatRequest } from '../../../src/main/engine/spec/chat-request.ts'
import {
  lostInOllamaEmbed,
  ollamaChatBody,
  ollamaCompletionBody,
  ollamaEmbedBody,
  ollamaOldEmbedBody,
} from '../../../src/main/engine/wire/ollama/upstream-request.ts'

const PNG = 'iVBORw0KGgoAAAANSUhEUg'
const TOOL = { name: 'get_weather', description: 'Weather', parameters: { type: 'object', required: ['city'] } }

function chat(fields: Partial<ChatRequest>, thinking: 'levels' | 'switch' | 'none' = 'levels') {
  return ollamaChatBody({ model: 'gpu.demo', messages: [], sampling: {}, ...fields }, 'demo:8b', thinking)
}

describe('ollamaChatBody', () => {
  test('every field arrives in its place', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } }
    const { body, notSent } = chat({
      messages: [{ role: 'system', content: 'S' }],
      tools: [TOOL, { name: 'now' }],
      toolChoice: 'auto',
      responseFormat: { type: 'json-schema', name: 'x', schema },
      reasoning: { effort: 'high' },
      sampling: {
        temperature: 0,
        topP: 0.9,
        topK: 40,
        minP: 0.05,
        seed: 3,
        repeatPenalty: 1.1,
        repeatLastN: 64,
        frequencyPenalty: 0.2,
        presencePenalty: 0.1,
        maxTokens: 9,
        stop: ['END'],
      },
      runtime: {
        contextSize: 8192,
        gpuLayers: 0,
        threads: 2,
        batchSize: 128,
        mmap: false,
        mlock: true,
        keepAliveSeconds: -1,
        options: { mirostat: 2, temperature: 1 },
        overflow: 'truncate',
      },
    })
    expect(body).toEqual({
      model: 'demo:8b',
      messages: [{ role: 'system', content: 'S' }],
      stream: true,
      tools: [
        {
          type: 'function',
          function: {
            name: 'get_weather',
            description: 'Weather',
            parameters: { type: 'object', properties: {}, required: ['city'] },
          },
        },
        {
          type: 'function',
          function: { name: 'now', description: '', parameters: { type: 'object', properties: {} } },
        },
      ],
      format: schema,
      think: 'high',
      options: {
        mirostat: 2,
        temperature: 0,
        top_p: 0.9,
        top_k: 40,
        min_p: 0.05,
        seed: 3,
        repeat_penalty: 1.1,
        repeat_last_n: 64,
        frequency_penalty: 0.2,
        presence_penalty: 0.1,
        num_predict: 9,
        stop: ['END'],
        num_ctx: 8192,
        num_gpu: 0,
        num_thread: 2,
        num_batch: 128,
        use_mmap: false,
        use_mlock: true,
      },
      keep_alive: -1,
    })
    expect(notSent).toEqual([])
  })

  test('a prompt that does not fit is an error unless the caller asked for less', () => {
    expect(chat({}).body).toEqual({ model: 'demo:8b', messages: [], stream: true, truncate: false, shift: false })
    expect(chat({ runtime: { overflow: 'truncate' } }).body).toEqual({ model: 'demo:8b', messages: [], stream: true })
  })

  test('messages: parts, images, thinking, calls and results', () => {
    const messages: ChatMessage[] = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image', mediaType: 'image/png', data: PNG },
          { type: 'text', text: 'here' },
        ],
      },
      {
        role: 'assistant',
        content: 'I ask.',
        reasoning: 'hm',
        reasoningSignature: 'sig',
        toolCalls: [
          { id: 'c1', name: 'get_weather', arguments: '{"city":"Ulm","deep":{"a":[1]}}' },
          { id: 'c2', name: 'now', arguments: '' },
        ],
      },
      { role: 'tool', toolCallId: 'c2', content: '12:00', isError: true },
      {
        role: 'tool',
        toolCallId: 'c1',
        toolName: 'get_weather',
        content: 'sunny',
        images: [{ type: 'image', mediaType: 'image/png', data: PNG }],
      },
    ]
    const { body, notSent } = chat({ messages })
    expect(body.messages).toEqual([
      { role: 'user', content: 'look\nhere', images: [PNG] },
      {
        role: 'assistant',
        content: 'I ask.',
        thinking: 'hm',
        tool_calls: [
          { id: 'c1', function: { index: 0, name: 'get_weather', arguments: { city: 'Ulm', deep: { a: [1] } } } },
          { id: 'c2', function: { index: 1, name: 'now', arguments: {} } },
        ],
      },
      { role: 'tool', content: '12:00', tool_name: 'now', tool_call_id: 'c2' },
      { role: 'tool', content: 'sunny', tool_name: 'get_weather', tool_call_id: 'c1', images: [PNG] },
    ])
    expect(notSent).toEqual(['messages[2].is_error'])
  })

  test('a link to a picture is refused with what to do', () => {
    const messages: ChatMessage[] = [
      { role: 'user', content: [{ type: 'image-url', url: 'https://example.org/a.png' }] },
    ]
    expect(() => chat({ messages })).toThrow(
      expect.objectContaining({ code: 'unsupported', param: 'messages[0]', message: expect.stringMatching(/base64/) }),
    )
  })

  test.each(['{"city":', '[1]', '"x"', 'null'])('arguments %s are refused by name', (text) => {
    const messages: ChatMessage[] = [
      { role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'f', arguments: text }] },
    ]
    expect(() => chat({ messages })).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'messages[0].tool_calls[0].function.arguments' }),
    )
  })

  test('what cannot be said is named', () => {
    const { body, notSent } = chat({
      tools: [TOOL],
      toolChoice: { name: 'get_weather' },
      parallelToolCalls: false,
      user: 'u',
      sampling: { logitBias: { '1': 1 } },
      extra: { service_tier: 'flex', metadata: null, logprobs: true },
    })
    expect(notSent).toEqual(['tool_choice', 'parallel_tool_calls', 'logit_bias', 'user', 'service_tier', 'logprobs'])
    expect(body).not.toHaveProperty('service_tier')
    expect(body.tools).toHaveLength(1)
  })

  test('tool choice "none" takes the tools away', () => {
    const { body, notSent } = chat({ tools: [TOOL], toolChoice: 'none' })
    expect(body).not.toHaveProperty('tools')
    expect(notSent).toEqual([])
  })

  test("Ollama's own fields in another dialect's request are taken, below the named ones", () => {
    const { body, notSent } = chat({
      sampling: { temperature: 0.5 },
      runtime: { options: { num_keep: 2 } },
      extra: {
        options: { temperature: 1, num_ctx: 4096, num_keep: 1 },
        num_ctx: 8192,
        keep_alive: '10m',
        think: false,
        format: 'json',
        shift: true,
      },
    })
    expect(notSent).toEqual([])
    expect(body).toMatchObject({
      options: { temperature: 0.5, num_ctx: 8192, num_keep: 2 },
      keep_alive: '10m',
      think: false,
      format: 'json',
      truncate: false,
      shift: true,
    })
  })

  test.each([
    [{ enabled: false }, 'levels', false, []],
    [{ enabled: false }, 'none', false, []],
    [{ enabled: true }, 'levels', true, []],
    [{ enabled: true }, 'none', undefined, ['thinking']],
    [{ effort: 'medium' }, 'levels', 'medium', []],
    [{ effort: 'minimal' }, 'levels', 'low', ['reasoning_effort']],
    [{ effort: 'xhigh' }, 'levels', 'high', ['reasoning_effort']],
    [{ effort: 'low' }, 'switch', true, ['reasoning_effort']],
    [{ effort: 'low' }, 'none', undefined, ['reasoning_effort']],
    [{ budgetTokens: 1024 }, 'switch', true, ['thinking.budget_tokens']],
    [{}, 'levels', undefined, []],
  ] as const)('reasoning %j for a model that takes %s', (reasoning, support, think, missing) => {
    const { body, notSent } = chat({ reasoning }, support)
    expect(body.think).toBe(think)
    expect(notSent).toEqual(missing)
  })
})

describe('ollamaCompletionBody', () => {
  test('raw, unless a gap is to be filled', () => {
    const request = {
      model: 'x',
      prompt: 'def f(',
      sampling: { maxTokens: 5 },
      runtime: { overflow: 'truncate' as const },
    }
    expect(ollamaCompletionBody(request, 'demo')).toEqual({
      body: { model: 'demo', prompt: 'def f(', raw: true, stream: true, options: { num_predict: 5 } },
      notSent: [],
    })
    expect(
      ollamaCompletionBody(
        { ...request, suffix: ')', sampling: { logitBias: { '1': 1 } }, responseFormat: { type: 'json' } },
        'demo',
      ),
    ).toEqual({
      body: { model: 'demo', prompt: 'def f(', suffix: ')', stream: true, format: 'json' },
      notSent: ['logit_bias'],
    })
  })

  test('takes Ollama’s own fields from other dialects, and names the rest', () => {
    const request = {
      model: 'x',
      prompt: 'a',
      sampling: {},
      user: 'u1',
      extra: { options: { mirostat: 1 }, num_ctx: 512, shift: true, prefix: true, gone: null },
    }
    expect(ollamaCompletionBody(request, 'demo')).toEqual({
      body: {
        model: 'demo',
        prompt: 'a',
        raw: true,
        stream: true,
        options: { mirostat: 1, num_ctx: 512 },
        truncate: false,
        shift: true,
      },
      notSent: ['user', 'prefix'],
    })
  })
})

test('whether a full context shifts is told, raw and in chats', () => {
  const sampling = {}
  for (const shift of [true, false]) {
    const runtime = { overflow: 'truncate' as const, shift }
    expect(ollamaCompletionBody({ model: 'x', prompt: 'a', sampling, runtime }, 'demo').body).toMatchObject({ shift })
    expect(ollamaChatBody({ model: 'x', messages: [], sampling, runtime }, 'demo', 'none').body).toMatchObject({
      shift,
    })
  }
})

test('embeddings take Ollama’s options from other dialects; the rest is named', () => {
  const request = {
    model: 'x',
    inputs: ['a'],
    user: 'u1',
    extra: { options: { num_thread: 2 }, num_ctx: 512, input_type: 'query' },
  }
  expect(ollamaEmbedBody(request, 'demo', ['a'])).toEqual({
    model: 'demo',
    input: ['a'],
    options: { num_thread: 2, num_ctx: 512 },
  })
  expect(lostInOllamaEmbed(request)).toEqual(['user', 'input_type'])
})

test('embedding bodies, new and old', () => {
  const request = {
    model: 'x',
    inputs: ['a', 'b'],
    dimensions: 4,
    truncate: false,
    runtime: { contextSize: 512, keepAliveSeconds: 60 },
  }
  expect(ollamaEmbedBody(request, 'demo', ['a'])).toEqual({
    model: 'demo',
    input: ['a'],
    truncate: false,
    dimensions: 4,
    options: { num_ctx: 512 },
    keep_alive: 60,
  })
  expect(ollamaOldEmbedBody(request, 'demo', 'b')).toEqual({
    model: 'demo',
    prompt: 'b',
    options: { num_ctx: 512 },
    keep_alive: 60,
  })
})
