import Anthropic from '@anthropic-ai/sdk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../../src/main/engine/spec/chat-request.ts'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import { OWNER } from '../../../src/main/engine/spec/principal.ts'
import type { StreamPart } from '../../../src/main/engine/spec/stream-part.ts'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import {
  createFakeEngine,
  FAKE_USAGE,
  type FakeEngine,
  fakeModel,
  says,
  saysText,
  untilAborted,
} from '../../support/fake-engine.ts'
import { http, post } from '../../support/http-client.ts'
import { until } from '../../support/until.ts'

let engine: FakeEngine
let gateway: Gateway
let port: number
let client: Anthropic

beforeEach(async () => {
  engine = createFakeEngine()
  gateway = createGateway({
    engine,
    host: '127.0.0.1',
    port: 0,
    rendererFolder: null,
    timing: { commitAfterMs: 50, keepAliveMs: 20 },
  })
  port = (await gateway.listen()).port
  client = new Anthropic({ baseURL: `http://127.0.0.1:${port}`, apiKey: 'unused', maxRetries: 0 })
})
afterEach(() => gateway.close())

const ASK = { model: 'demo', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hi' }] }
const WEATHER = {
  name: 'get_weather',
  description: 'The weather',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
}

function asked(): ChatRequest {
  return engine.calls.at(-1)?.request as ChatRequest
}

describe('the official client', () => {
  test('gets a whole message, with counts and where it came from', async () => {
    const { data, response } = await client.messages.create(ASK).withResponse()
    expect(data).toMatchObject({
      id: expect.stringMatching(/^msg_/),
      type: 'message',
      role: 'assistant',
      model: 'demo',
      content: [{ type: 'text', text: 'Hello there' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 4,
        cache_read_input_tokens: 3,
        cache_creation_input_tokens: 0,
        output_tokens: 2,
        output_tokens_details: { thinking_tokens: 1 },
      },
    })
    // `citations: null` is no array for clients that check answers, such as the AI SDK.
    expect(data.content).toStrictEqual([{ type: 'text', text: 'Hello there' }])
    expect(response.headers.get('x-switchyard-connection')).toBe('here')
    expect(engine.calls[0]).toMatchObject({ kind: 'chat', caller: { principal: OWNER, via: 'anthropic' } })
    expect(asked().sampling).toEqual({ maxTokens: 100 })
  })

  test('gets a streamed message through its helper: thinking, text and two tool calls', async () => {
    engine.script = says(
      { type: 'progress', phase: 'reading', value: null },
      { type: 'reasoning-delta', text: 'Hm' },
      { type: 'reasoning-delta', text: '.' },
      { type: 'reasoning-delta', text: '', signature: 'sig' },
      { type: 'text-delta', text: 'I ' },
      { type: 'text-delta', text: 'look.' },
      { type: 'tool-call-delta', index: 0, id: 'call_a', name: 'get_weather', argumentsDelta: '{"city"' },
      { type: 'tool-call-delta', index: 0, argumentsDelta: ':"Ulm"}' },
      { type: 'tool-call-delta', index: 1, id: 'call_b', name: 'get_time', argumentsDelta: '' },
      FAKE_USAGE,
      { type: 'finish', reason: 'tool-calls' },
    )
    const stream = client.messages.stream(ASK)
    const texts: string[] = []
    const thoughts: string[] = []
    stream.on('text', (text) => texts.push(text))
    stream.on('thinking', (text) => thoughts.push(text))
    const message = await stream.finalMessage()
    expect(texts).toEqual(['I ', 'look.'])
    expect(thoughts).toEqual(['Hm', '.'])
    expect(message.content).toEqual([
      { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', id: 'call_a', name: 'get_weather', input: { city: 'Ulm' } },
      { type: 'tool_use', id: 'call_b', name: 'get_time', input: {} },
    ])
    expect(message).toMatchObject({
      stop_reason: 'tool_use',
      usage: { input_tokens: 4, cache_read_input_tokens: 3, output_tokens: 2 },
    })
  })

  test('sends tools, results, images, thinking and a schema', async () => {
    const image = { type: 'base64' as const, media_type: 'image/png' as const, data: 'iVBORw0KGgo=' }
    await client.messages.create({
      ...ASK,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      tools: [WEATHER],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      thinking: { type: 'enabled', budget_tokens: 2048 },
      output_config: { effort: 'high', format: { type: 'json_schema', schema: { type: 'object' } } },
      stop_sequences: ['END'],
      metadata: { user_id: 'u1' },
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image', source: image },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
            { type: 'text', text: 'I look.' },
            { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Ulm' } },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              is_error: true,
              content: [
                { type: 'text', text: 'No.' },
                { type: 'image', source: image },
              ],
            },
            { type: 'text', text: 'Go on.' },
          ],
        },
      ],
    })
    const picture = { type: 'image', mediaType: 'image/png', data: 'iVBORw0KGgo=' }
    expect(asked()).toEqual({
      model: 'demo',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'What is this?' }, picture] },
        {
          role: 'assistant',
          content: 'I look.',
          reasoning: 'Hm.',
          reasoningSignature: 'sig',
          toolCalls: [{ id: 'toolu_1', name: 'get_weather', arguments: '{"city":"Ulm"}' }],
        },
        {
          role: 'tool',
          toolCallId: 'toolu_1',
          toolName: 'get_weather',
          content: 'No.',
          images: [picture],
          isError: true,
        },
        { role: 'user', content: [{ type: 'text', text: 'Go on.' }] },
      ],
      tools: [{ name: 'get_weather', description: 'The weather', parameters: WEATHER.input_schema }],
      toolChoice: 'required',
      parallelToolCalls: false,
      responseFormat: { type: 'json-schema', schema: { type: 'object' } },
      reasoning: { enabled: true, effort: 'high', budgetTokens: 2048 },
      sampling: { maxTokens: 100, stop: ['END'] },
      user: 'u1',
    })
  })

  test('counts tokens; an estimate is marked', async () => {
    let exact = true
    Object.assign(engine.pipeline, {
      countTokens: async (request: ChatRequest) => ({
        route: (
          await engine.pipeline.chat(request, { principal: OWNER, via: 'anthropic' }, new AbortController().signal)
        ).route,
        tokens: 42,
        exact,
      }),
    })
    const { model, messages } = ASK
    const counted = await client.messages.countTokens({ model, messages, tools: [WEATHER] }).withResponse()
    expect(counted.data).toEqual({ input_tokens: 42 })
    expect(counted.response.headers.get('x-switchyard-estimated')).toBeNull()
    expect(asked()).toMatchObject({ tools: [{ name: 'get_weather' }], sampling: {} })
    exact = false
    const estimated = await client.messages.countTokens({ model, messages }).withResponse()
    expect(estimated.response.headers.get('x-switchyard-estimated')).toBe('true')
  })

  test('lists models page by page, and retrieves one', async () => {
    engine.models.push(
      fakeModel('org/deep/model', { capabilities: ['chat', 'vision', 'reasoning'] }),
      fakeModel('broken', { state: 'unavailable' }),
    )
    const ids: string[] = []
    for await (const model of client.models.list({ limit: 2 })) ids.push(model.id)
    expect(ids).toEqual(['demo', 'embedder', 'org/deep/model'])
    expect(await client.models.retrieve('org/deep/model')).toMatchObject({
      type: 'model',
      id: 'org/deep/model',
      display_name: 'org/deep/model',
      created_at: '2026-01-02T03:04:05.678Z',
      max_input_tokens: 4096,
      capabilities: { image_input: { supported: true }, thinking: { supported: true } },
    })
    await expect(client.models.retrieve('nobody')).rejects.toThrow(Anthropic.NotFoundError)
  })

  test('gets errors as its own classes', async () => {
    await expect(client.messages.create({ ...ASK, model: 'nobody' })).rejects.toThrow(Anthropic.NotFoundError)
    await expect(client.messages.create({ ...ASK, max_tokens: 0 })).rejects.toMatchObject({
      status: 400,
      error: {
        type: 'error',
        error: { type: 'invalid_request_error', message: expect.stringContaining('max_tokens') },
      },
    })
    engine.script = async function* () {
      yield* [] as StreamPart[]
      throw new EngineError('rate_limited', 'Too many requests.')
    }
    await expect(client.messages.create(ASK)).rejects.toThrow(Anthropic.RateLimitError)
    engine.script = says(
      { type: 'text-delta', text: 'Once' },
      { type: 'error', error: new EngineError('upstream_error', 'It broke off.') },
    )
    const stream = client.messages.stream(ASK)
    await expect(stream.finalMessage()).rejects.toMatchObject({
      error: { type: 'error', error: { type: 'api_error', message: 'It broke off.' } },
    })
  })
})

describe('POST /v1/messages', () => {
  test('streams events in the order and shape of the API', async () => {
    engine.script = saysText('Hello', ' \u2028there')
    const { body, headers } = await post(port, '/v1/messages', { ...ASK, stream: true })
    expect(headers['content-type']).toBe('text/event-stream; charset=utf-8')
    const events = eventsOf(body)
    expect(events.map(({ event, data }) => [event, (data as { type: string }).type])).toEqual(
      [
        'message_start',
        'content_block_start',
        'ping',
        'content_block_delta',
        'content_block_delta',
        'content_block_stop',
        'message_delta',
        'message_stop',
      ].map((type) => [type, type]),
    )
    expect(events[0]?.data).toEqual({
      type: 'message_start',
      message: {
        id: expect.stringMatching(/^msg_/),
        type: 'message',
        role: 'assistant',
        model: 'demo',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0 },
      },
    })
    expect(events[1]?.data).toEqual({
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'text', text: '' },
    })
    expect(events[4]?.data).toEqual({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: ' \u2028there' },
    })
    expect(events[6]?.data).toMatchObject({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 2 },
    })
  })

  test('keeps a waiting stream open with pings, and says an error in the stream once it has begun', async () => {
    engine.script = async function* ({ signal }) {
      await until('the client was pinged', () => (pings > 0 ? true : null))
      signal.throwIfAborted()
      yield* [] as StreamPart[]
      throw new EngineError('upstream_unavailable', 'Nobody is there.')
    }
    let pings = 0
    const response = await fetch(`http://127.0.0.1:${port}/v1/messages`, {
      method: 'POST',
      body: JSON.stringify({ ...ASK, stream: true }),
    })
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString('utf8')
      pings = text.split('event: ping').length - 1
    }
    expect(response.status).toBe(200)
    expect(eventsOf(text).at(-1)).toMatchObject({
      event: 'error',
      data: {
        type: 'error',
        error: { type: 'api_error', message: 'Nobody is there.' },
        request_id: expect.any(String),
      },
    })
  })

  test('names what it cannot carry over, in a header and the log', async () => {
    const { headers, status } = await post(port, '/v1/messages', {
      ...ASK,
      service_tier: 'auto',
      cache_control: { type: 'ephemeral' },
      context_management: { edits: [] },
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            { type: 'redacted_thinking', data: 'x' },
            { type: 'text', text: 'Yes?' },
          ],
        },
        { role: 'user', content: 'Go on' },
      ],
    })
    expect(status).toBe(200)
    expect(headers['x-switchyard-not-sent']).toBe(
      'messages[].content[] (redacted_thinking), service_tier, context_management',
    )
    expect(engine.logLines).toContainEqual(
      expect.objectContaining({
        fields: expect.objectContaining({ notSent: expect.arrayContaining(['service_tier']) }),
      }),
    )
  })

  test.each([
    ['a server tool', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, "'tools[0]'"],
    ['an MCP server', { mcp_servers: [{ type: 'url', url: 'https://x.example', name: 'x' }] }, "'mcp_servers'"],
    [
      'a PDF',
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'x' } }],
          },
        ],
      },
      "'messages[0].content[0]'",
    ],
    [
      'a stored file',
      { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'file', file_id: 'f' } }] }] },
      "'messages[0].content[0].source'",
    ],
    [
      'a block of a server tool',
      {
        messages: [
          { role: 'assistant', content: [{ type: 'server_tool_use', id: 's', name: 'web_search', input: {} }] },
        ],
      },
      "'messages[0].content[0]'",
    ],
  ])('refuses %s by name', async (_what, fields, name) => {
    const { status, body } = await post(port, '/v1/messages', { ...ASK, ...fields })
    expect(status).toBe(400)
    const { type, error, request_id: id } = JSON.parse(body)
    expect({ type, kind: error.type }).toEqual({ type: 'error', kind: 'invalid_request_error' })
    expect(error.message).toContain(`${name} is not supported`)
    expect(id).toMatch(/^req_/)
    expect(engine.calls).toEqual([])
  })

  test.each([
    ['no body', '', 'missing request body'],
    ['no JSON', '{"model":', 'not valid JSON'],
    ['no messages', { ...ASK, messages: undefined }, "'messages'"],
    ['a wrong role', { ...ASK, messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
    [
      'an unknown block',
      { ...ASK, messages: [{ role: 'user', content: [{ type: 'smell' }] }] },
      'messages[0].content[0].type',
    ],
    ['too hot', { ...ASK, temperature: 1.5 }, "'temperature'"],
    ['a tool that is not there', { ...ASK, tools: [WEATHER], tool_choice: { type: 'tool', name: 'x' } }, "named 'x'"],
    ['a choice without tools', { ...ASK, tool_choice: { type: 'any' } }, "'tool_choice'"],
  ])('refuses %s and says where', async (_what, given, said) => {
    const body = typeof given === 'string' ? given : JSON.stringify(given)
    const answer = await http(port, '/v1/messages', { method: 'POST', body })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body).error).toEqual({
      type: 'invalid_request_error',
      message: expect.stringContaining(said),
    })
  })

  test('takes documents and search results as text, and instructions in between', async () => {
    await post(port, '/v1/messages', {
      ...ASK,
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'document',
              title: 'Report',
              source: { type: 'text', media_type: 'text/plain', data: 'All is well.' },
            },
            {
              type: 'search_result',
              title: 'T',
              source: 'https://x.example',
              content: [{ type: 'text', text: 'found' }],
            },
          ],
        },
        { role: 'assistant', content: 'Yes?' },
        { role: 'system', content: 'Now in German.' },
        { role: 'user', content: 'Go on' },
      ],
    })
    expect(asked().messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Report\n\nAll is well.' },
          { type: 'text', text: 'T\nhttps://x.example\n\nfound' },
        ],
      },
      { role: 'assistant', content: 'Yes?' },
      { role: 'system', content: 'Now in German.' },
      { role: 'user', content: [{ type: 'text', text: 'Go on' }] },
    ])
  })

  test('a client that leaves ends the work', async () => {
    let ended = false
    engine.script = async function* ({ signal }) {
      yield { type: 'text-delta', text: 'Hello' }
      try {
        await untilAborted(signal)
      } finally {
        ended = true
      }
    }
    const stream = client.messages.stream(ASK)
    for await (const event of stream) if (event.type === 'content_block_delta') break
    await until('the work has ended', () => (ended ? true : null))
  })
})

function eventsOf(body: string): { event: string | undefined; data: unknown }[] {
  return body
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const [first, second] = block.split('\n')
      return { event: first?.replace('event: ', ''), data: JSON.parse(second?.replace('data: ', '') ?? 'null') }
    })
}

test('a turn of the person without any block is refused, and not taken for none', async () => {
  const { status, body } = await post(port, '/v1/messages', { ...ASK, messages: [{ role: 'user', content: [] }] })
  expect(status).toBe(400)
  expect(JSON.parse(body).error.message).toBe("Invalid 'messages[0].content': must have at least 1 item.")
  expect(engine.calls).toEqual([])
})

describe('a conversation that Anthropic would keep', () => {
  const IN_THREAD = { ...ASK, thread: { type: 'continue', previous_message_id: 'msg_1' } }

  test('is asked for again in full by the official tool runner', async () => {
    engine.script = (call) =>
      asked().messages.some(({ role }) => role === 'tool')
        ? saysText('Rain in Ulm')(call)
        : says(
            {
              type: 'tool-call-delta',
              index: 0,
              id: 'call_a',
              name: 'get_weather',
              argumentsDelta: '{"city":"Ulm"}',
            },
            { type: 'finish', reason: 'tool-calls' },
          )(call)
    const runner = client.beta.messages.toolRunner({
      ...ASK,
      system: 'Be brief.',
      tools: [{ ...WEATHER, type: 'custom', run: () => 'Rain', parse: (input: unknown) => input }],
    })
    const message = await runner.runUntilDone()
    expect(message.content).toMatchObject([{ type: 'text', text: 'Rain in Ulm' }])
    expect(asked().messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool'])
    expect(asked().tools).toHaveLength(1)
  })

  test('is refused in words that clients decide by, and so is a summary in its place', async () => {
    for (const stream of [false, true]) {
      const refused = await post(port, '/v1/messages', { ...IN_THREAD, stream })
      expect(refused.status).toBe(400)
      expect(JSON.parse(refused.body).error).toMatchObject({
        type: 'invalid_request_error',
        details: { error_code: 'thread_unsupported_request' },
      })
    }
    const summary = await post(port, '/v1/messages', { ...ASK, compaction: { type: 'summarize' } })
    expect(summary.status).toBe(400)
    expect(summary.body).toContain("'compaction' only works where the model runs on an Anthropic connection")
    expect(engine.calls).toEqual([])
  })
})
