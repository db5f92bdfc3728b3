import { describe, expect, test } from 'vitest'
import { isEngineError } from '../../../src/main/engine/spec/engine-error.ts'
import { decodeOpenAiChat } from '../../../src/main/engine/wire/openai/chat-request.ts'

const USER = { role: 'user', content: 'Hi' }

function refusal(body: unknown): { code: string; param: string | undefined; message: string } {
  try {
    decodeOpenAiChat(body)
  } catch (error) {
    if (isEngineError(error)) return { code: error.code, param: error.param, message: error.message }
    throw error
  }
  throw new Error('it was accepted')
}

describe('decodeOpenAiChat', () => {
  test('a minimal request sets nothing else', () => {
    expect(decodeOpenAiChat({ model: 'demo', messages: [USER] })).toEqual({
      request: { model: 'demo', messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }], sampling: {} },
      stream: false,
      includeUsage: false,
      notSent: [],
    })
  })

  test('every field arrives in its place', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } }
    const body = {
      model: 'demo',
      messages: [
        { role: 'system', content: 'S' },
        {
          role: 'developer',
          content: [
            { type: 'text', text: 'D1' },
            { type: 'text', text: 'D2' },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'look' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'hm',
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Ulm"}' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: 'sunny' }] },
        { role: 'assistant', content: '', function_call: { name: 'old', arguments: '{}' } },
        { role: 'function', name: 'old', content: 'fine' },
      ],
      tools: [{ type: 'function', function: { name: 'weather', description: 'W', parameters: schema, strict: true } }],
      tool_choice: { type: 'function', function: { name: 'weather' } },
      parallel_tool_calls: false,
      response_format: { type: 'json_schema', json_schema: { name: 'out', schema, strict: true } },
      stop: ['a', ''],
      seed: 1,
      max_tokens: 5,
      max_completion_tokens: 6,
      temperature: 0.5,
      top_p: 0.9,
      top_k: -1,
      min_p: 0.1,
      frequency_penalty: 1,
      presence_penalty: -1,
      repetition_penalty: 1.1,
      logit_bias: { '42': -100 },
      reasoning_effort: 'xhigh',
      stream: true,
      stream_options: { include_usage: true },
      n: 1,
      logprobs: false,
      keep_alive: '5m',
      user: 'somebody',
      store: true,
    }
    expect(decodeOpenAiChat(body)).toEqual({
      request: {
        model: 'demo',
        messages: [
          { role: 'system', content: 'S' },
          { role: 'system', content: 'D1D2' },
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
            toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{"city":"Ulm"}' }],
          },
          { role: 'tool', toolCallId: 'call_1', toolName: 'weather', content: 'sunny' },
          { role: 'assistant', content: '', toolCalls: [{ id: 'call_5', name: 'old', arguments: '{}' }] },
          { role: 'tool', toolCallId: 'call_5', toolName: 'old', content: 'fine' },
        ],
        tools: [{ name: 'weather', description: 'W', parameters: schema, strict: true }],
        toolChoice: { name: 'weather' },
        parallelToolCalls: false,
        responseFormat: { type: 'json-schema', name: 'out', schema, strict: true },
        sampling: {
          temperature: 0.5,
          topP: 0.9,
          topK: 0,
          minP: 0.1,
          seed: 1,
          maxTokens: 6,
          frequencyPenalty: 1,
          presencePenalty: -1,
          repeatPenalty: 1.1,
          stop: ['a'],
          logitBias: { '42': -100 },
        },
        reasoning: { enabled: true, effort: 'xhigh' },
        runtime: { keepAliveSeconds: 300 },
        user: 'somebody',
        extra: { store: true },
      },
      stream: true,
      includeUsage: true,
      notSent: ['messages[].content[].image_url.detail'],
    })
  })

  test('null means absent', () => {
    const body = {
      model: 'demo',
      messages: [USER],
      tools: null,
      stop: null,
      temperature: null,
      response_format: null,
      n: null,
    }
    expect(decodeOpenAiChat(body).request).toEqual(decodeOpenAiChat({ model: 'demo', messages: [USER] }).request)
  })

  test('what is empty asks for nothing', () => {
    const body = { model: 'demo', messages: [USER] }
    const empty = { stop: '', tools: [], functions: [], logit_bias: {}, user: '' }
    expect(decodeOpenAiChat({ ...body, ...empty }).request).toEqual({
      ...decodeOpenAiChat(body).request,
      sampling: { stop: [] },
    })
  })

  test.each([
    [{ messages: [USER] }, 'invalid_request', 'model', "Missing required parameter: 'model'."],
    [{ model: 'm' }, 'invalid_request', 'messages', "Missing required parameter: 'messages'."],
    [{ model: 'm', messages: [] }, 'invalid_request', 'messages', /at least|>=1/],
    [{ model: 'm', messages: [{ role: 'robot', content: 'x' }] }, 'invalid_request', 'messages[0].role', /role/],
    [
      { model: 'm', messages: [{ role: 'user', content: 5 }] },
      'invalid_request',
      'messages[0].content',
      /expected string or array/,
    ],
    [
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'text', text: 5 }] }] },
      'invalid_request',
      'messages[0].content[0].text',
      /expected string/,
    ],
    [{ model: 'm', messages: [USER], temperature: 'hot' }, 'invalid_request', 'temperature', /expected number/],
    [{ model: 'm', messages: [USER], temperature: 3 }, 'invalid_request', 'temperature', /2/],
    [{ model: 'm', messages: [USER], max_tokens: 0 }, 'invalid_request', 'max_tokens', /at least 1/],
    [{ model: 'm', messages: [USER], stop: new Array(17).fill('x') }, 'invalid_request', 'stop', /16/],
    [{ model: 'm', messages: [USER], n: 2 }, 'unsupported', 'n', /must be 1/],
    [{ model: 'm', messages: [USER], logprobs: true }, 'unsupported', 'logprobs', /not available/],
    [
      { model: 'm', messages: [USER], tool_choice: 'required' },
      'invalid_request',
      'tool_choice',
      /only allowed when 'tools'/,
    ],
    [
      {
        model: 'm',
        messages: [USER],
        tools: [{ type: 'function', function: { name: 'a' } }],
        tool_choice: { type: 'function', function: { name: 'b' } },
      },
      'invalid_request',
      'tool_choice',
      /no tool named 'b'/,
    ],
    [{ model: 'm', messages: [USER], tools: [{ type: 'web_search' }] }, 'unsupported', 'tools[0]', /type 'function'/],
    [
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }] },
      'unsupported',
      'messages[0].content[0]',
      /input_audio/,
    ],
    [
      { model: 'm', messages: [USER, { role: 'assistant', audio: { id: 'audio_1' } }] },
      'unsupported',
      'messages[1].audio',
      /text and images/,
    ],
    [{ model: 'm', messages: [USER], keep_alive: 'soon' }, 'invalid_request', 'keep_alive', /not a duration/],
    ['text', 'invalid_request', undefined, /request body is wrong/],
    [[1], 'invalid_request', undefined, /request body is wrong/],
  ])('refuses %j', (body, code, param, message) => {
    expect(refusal(body)).toEqual({
      code,
      param,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    })
  })

  test('logit_bias may be a text, as Open WebUI writes it', () => {
    const body = { model: 'm', messages: [USER] }
    const biasOf = (bias: unknown) => decodeOpenAiChat({ ...body, logit_bias: bias }).request.sampling.logitBias
    expect(biasOf('50256:-100, 42:500,7:-3.7')).toEqual({ '50256': -100, '42': 100, '7': -3 })
    expect(biasOf({ '42': -100 })).toEqual({ '42': -100 })
    expect(biasOf(null)).toBeUndefined()
    expect(refusal({ ...body, logit_bias: '50256' })).toEqual({
      code: 'invalid_request',
      param: 'logit_bias',
      message: expect.stringContaining('token:bias'),
    })
    expect(refusal({ ...body, logit_bias: { '42': 500 } }).param).toBe('logit_bias.42')
    expect(refusal({ ...body, logit_bias: 5 })).toMatchObject({ code: 'invalid_request', param: 'logit_bias' })
  })

  test('what a tool gives back may hold pictures', () => {
    const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'high' } }
    const content = [{ type: 'text', text: 'Here: ' }, picture, { type: 'text', text: 'that.' }]
    const { request, notSent } = decodeOpenAiChat({
      model: 'm',
      messages: [USER, { role: 'tool', tool_call_id: 'call_1', content }],
    })
    expect(request.messages[1]).toEqual({
      role: 'tool',
      toolCallId: 'call_1',
      content: 'Here: that.',
      images: [{ type: 'image', mediaType: 'image/png', data: 'AAAA' }],
    })
    expect(notSent).toEqual(['messages[].content[].image_url.detail'])
  })

  test('the highest effort that OpenAI has a word for is the highest here', () => {
    const body = { model: 'm', messages: [USER], reasoning_effort: 'max' }
    expect(decodeOpenAiChat(body).request.reasoning).toEqual({ enabled: true, effort: 'xhigh' })
  })

  test('a list of allowed tools leaves the others out', () => {
    const tool = (name: string) => ({ type: 'function', function: { name } })
    const chosen = (mode: string, ...names: string[]) => ({
      model: 'm',
      messages: [USER],
      tools: [tool('a'), tool('b'), tool('c')],
      tool_choice: { type: 'allowed_tools', allowed_tools: { mode, tools: names.map(tool) } },
    })
    const { request } = decodeOpenAiChat(chosen('required', 'c', 'a'))
    expect(request).toMatchObject({ tools: [{ name: 'a' }, { name: 'c' }], toolChoice: 'required' })
    expect(decodeOpenAiChat(chosen('auto', 'b')).request.toolChoice).toBe('auto')
    expect(refusal(chosen('auto', 'd'))).toMatchObject({ code: 'invalid_request', param: 'tool_choice' })
  })

  test('what a format is described with stands in its schema', () => {
    const schemaOf = (schema: object, description: string | null) =>
      decodeOpenAiChat({
        model: 'm',
        messages: [USER],
        response_format: { type: 'json_schema', json_schema: { name: 'p', description, schema } },
      }).request.responseFormat
    const open = { type: 'json-schema', name: 'p' }
    expect(schemaOf({ type: 'object' }, 'A person')).toEqual({
      ...open,
      schema: { type: 'object', description: 'A person' },
    })
    expect(schemaOf({ type: 'object', description: 'Who' }, 'A person')).toEqual({
      ...open,
      schema: { type: 'object', description: 'A person\nWho' },
    })
    expect(schemaOf({ type: 'object' }, null)).toEqual({ ...open, schema: { type: 'object' } })
  })

  test('a __proto__ key reaches no prototype', () => {
    const body = JSON.parse(
      '{"model":"m","messages":[{"role":"user","content":"x","__proto__":{"polluted":1}}],"__proto__":{"polluted":1},' +
        '"logit_bias":{"__proto__":1}}',
    )
    const { request } = decodeOpenAiChat(body)
    expect((request as unknown as { polluted?: number }).polluted).toBeUndefined()
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    expect(Object.getPrototypeOf(request.sampling.logitBias ?? {})).toBe(Object.prototype)
  })
})
