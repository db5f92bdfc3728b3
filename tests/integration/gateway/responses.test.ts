import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../../src/main/engine/spec/chat-request.ts'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import type { StreamPart } from '../../../src/main/engine/spec/stream-part.ts'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import {
  createFakeEngine,
  FAKE_USAGE,
  type FakeEngine,
  says,
  saysText,
  untilAborted,
} from '../../support/fake-engine.ts'
import { post } from '../../support/http-client.ts'
import { until } from '../../support/until.ts'

let engine: FakeEngine
let gateway: Gateway
let port: number
let client: OpenAI

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
  client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'unused', maxRetries: 0 })
})
afterEach(() => gateway.close())

const ASK = { model: 'demo', input: 'Hi' }
const REFUSES = says({ type: 'text-delta', text: 'No.', isRefusal: true }, { type: 'finish', reason: 'stop' })
const WEATHER = {
  type: 'function' as const,
  name: 'get_weather',
  description: 'The weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
  strict: false,
}
const EVERYTHING: StreamPart[] = [
  { type: 'reasoning-delta', text: 'Hm' },
  { type: 'reasoning-delta', text: '.' },
  { type: 'text-delta', text: 'I ' },
  { type: 'text-delta', text: 'look.' },
  { type: 'tool-call-delta', index: 0, id: 'call_a', name: 'get_weather', argumentsDelta: '{"city"' },
  { type: 'tool-call-delta', index: 0, argumentsDelta: ':"Ulm"}' },
  { type: 'tool-call-delta', index: 1, id: 'call_b', name: 'get_time', argumentsDelta: '{}' },
  FAKE_USAGE,
  { type: 'finish', reason: 'tool-calls' },
]

function asked(): ChatRequest {
  return engine.calls.at(-1)?.request as ChatRequest
}

describe('the official client', () => {
  test('gets a whole response', async () => {
    const { data, response } = await client.responses
      .create({ ...ASK, instructions: 'Be brief.', store: true })
      .withResponse()
    expect(data.output_text).toBe('Hello there')
    expect(data).toMatchObject({
      id: expect.stringMatching(/^resp_/),
      object: 'response',
      status: 'completed',
      model: 'demo',
      instructions: 'Be brief.',
      store: false,
      error: null,
      incomplete_details: null,
      output: [
        {
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'Hello there' }],
        },
      ],
      usage: {
        input_tokens: 7,
        input_tokens_details: { cached_tokens: 3 },
        output_tokens: 2,
        output_tokens_details: { reasoning_tokens: 1 },
        total_tokens: 9,
      },
    })
    expect(response.headers.get('x-switchyard-connection')).toBe('here')
    expect(engine.calls[0]).toMatchObject({ kind: 'chat', caller: { principal: { kind: 'owner' }, via: 'openai' } })
    expect(asked()).toEqual({
      model: 'demo',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      ],
      sampling: {},
    })
  })

  test('gets thoughts, text and tool calls, whole and through its stream helper alike', async () => {
    engine.script = says(...EVERYTHING)
    const items = [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] },
      { type: 'message', content: [{ type: 'output_text', text: 'I look.' }] },
      {
        type: 'function_call',
        call_id: 'call_a',
        name: 'get_weather',
        arguments: '{"city":"Ulm"}',
        status: 'completed',
      },
      { type: 'function_call', call_id: 'call_b', name: 'get_time', arguments: '{}', status: 'completed' },
    ]
    expect((await client.responses.create({ ...ASK, tools: [WEATHER] })).output).toMatchObject(items)

    const stream = client.responses.stream({ ...ASK, tools: [WEATHER] })
    const texts: string[] = []
    const types: string[] = []
    stream.on('response.output_text.delta', ({ delta }) => texts.push(delta))
    stream.on('event', ({ type, sequence_number: number }) => {
      expect(number).toBe(types.length)
      types.push(type)
    })
    const response = await stream.finalResponse()
    expect(texts).toEqual(['I ', 'look.'])
    expect(response.output).toMatchObject(items)
    expect(response).toMatchObject({ status: 'completed', output_text: 'I look.', usage: { total_tokens: 9 } })
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.completed',
    ])
  })

  test('sends a conversation: what the model said in one turn becomes one message', async () => {
    await client.responses.create({
      model: 'demo',
      tools: [WEATHER],
      tool_choice: { type: 'function', name: 'get_weather' },
      parallel_tool_calls: false,
      max_output_tokens: 64,
      temperature: 0.5,
      top_p: 0.9,
      truncation: 'auto',
      reasoning: { effort: 'high' },
      user: 'u1',
      service_tier: 'flex',
      text: {
        verbosity: 'low',
        format: { type: 'json_schema', name: 'city', schema: { type: 'object' }, strict: true },
      },
      input: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What is this?' },
            { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,iVBORw0KGgo=' },
          ],
        },
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }] },
        {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'I look.', annotations: [] }],
        },
        { type: 'function_call', call_id: 'call_a', name: 'get_weather', arguments: '{"city":"Ulm"}' },
        { type: 'function_call', call_id: 'call_b', name: 'get_weather', arguments: '{}' },
        { type: 'function_call_output', call_id: 'call_a', output: 'Rain' },
        { type: 'function_call_output', call_id: 'call_b', output: [{ type: 'input_text', text: 'Sun' }] },
      ],
    })
    expect(asked()).toEqual({
      model: 'demo',
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
          ],
        },
        {
          role: 'assistant',
          content: 'I look.',
          reasoning: 'Hm.',
          toolCalls: [
            { id: 'call_a', name: 'get_weather', arguments: '{"city":"Ulm"}' },
            { id: 'call_b', name: 'get_weather', arguments: '{}' },
          ],
        },
        { role: 'tool', toolCallId: 'call_a', toolName: 'get_weather', content: 'Rain' },
        { role: 'tool', toolCallId: 'call_b', toolName: 'get_weather', content: 'Sun' },
      ],
      tools: [{ name: 'get_weather', description: 'The weather', parameters: WEATHER.parameters, strict: false }],
      toolChoice: { name: 'get_weather' },
      parallelToolCalls: false,
      responseFormat: { type: 'json-schema', name: 'city', schema: { type: 'object' }, strict: true },
      reasoning: { enabled: true, effort: 'high' },
      sampling: { maxTokens: 64, temperature: 0.5, topP: 0.9 },
      runtime: { overflow: 'truncate' },
      user: 'u1',
      extra: { service_tier: 'flex', verbosity: 'low' },
    })
  })

  test('parses an answer that keeps to a schema', async () => {
    engine.script = saysText('{"name":', '"Ada"}')
    const format = {
      type: 'json_schema' as const,
      name: 'person',
      schema: { type: 'object', properties: { name: { type: 'string' } } },
    }
    const response = await client.responses.create({ ...ASK, text: { format } })
    expect(JSON.parse(response.output_text)).toEqual({ name: 'Ada' })
    expect(response.text?.format).toMatchObject({ type: 'json_schema', name: 'person' })
  })

  test('learns that an answer is cut short, or failed', async () => {
    engine.script = says({ type: 'text-delta', text: 'Once' }, FAKE_USAGE, { type: 'finish', reason: 'length' })
    const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    expect(await client.responses.create(ASK)).toMatchObject(cut)
    expect(await client.responses.stream(ASK).finalResponse()).toMatchObject({ ...cut, output_text: 'Once' })

    engine.script = says(
      { type: 'text-delta', text: 'Once' },
      { type: 'error', error: new EngineError('upstream_error', 'It broke off.') },
    )
    const events = []
    for await (const event of await client.responses.create({ ...ASK, stream: true })) events.push(event)
    expect(events.at(-1)).toMatchObject({
      type: 'response.failed',
      response: {
        status: 'failed',
        error: { code: 'server_error', message: 'It broke off.' },
        output: [{ type: 'message', status: 'incomplete', content: [{ text: 'Once' }] }],
      },
    })
    await expect(client.responses.create(ASK)).rejects.toMatchObject({ status: 502, code: 'upstream_error' })
    await expect(client.responses.create({ ...ASK, model: 'nobody' })).rejects.toThrow(OpenAI.NotFoundError)
  })
})

describe('POST /v1/responses', () => {
  test.each([
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['background', { background: true }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
    ['tools[0]', { tools: [{ type: 'web_search' }], tool_choice: { type: 'web_search' } }],
    ['top_logprobs', { top_logprobs: 3 }],
    ['input[0]', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
    [
      'input[1]',
      {
        input: [
          { role: 'user', content: 'x' },
          { type: 'web_search_call', id: 'ws_1' },
        ],
      },
    ],
    ['input[0].content[0]', { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] }],
    ['input[0].content[0]', { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }] }],
  ])('refuses %s, which needs a server that keeps things', async (param, fields) => {
    const { status, body } = await post(port, '/v1/responses', { ...ASK, ...fields })
    expect(status).toBe(400)
    expect(JSON.parse(body).error).toMatchObject({
      code: 'unsupported',
      param,
      message: expect.stringContaining(`'${param}' is not supported: `),
    })
    expect(engine.calls).toEqual([])
  })

  test.each([
    ['no input', { input: undefined }, 'input'],
    ['a wrong role', { input: [{ role: 'robot', content: 'x' }] }, 'input[0].role'],
    ['a tool without a name', { tools: [{ type: 'function' }] }, 'tools[0].name'],
    ['a choice without tools', { tool_choice: 'required' }, 'tool_choice'],
  ])('refuses %s and says where', async (_what, fields, param) => {
    const { status, body } = await post(port, '/v1/responses', { ...ASK, ...fields })
    expect(status).toBe(400)
    expect(JSON.parse(body).error).toMatchObject({ code: 'invalid_request', param })
  })

  test('keeps a waiting stream open, and says an error in it', async () => {
    let pings = 0
    engine.script = async function* () {
      await until('the client was pinged', () => (pings > 0 ? true : null))
      yield* [] as StreamPart[]
      throw new EngineError('upstream_unavailable', 'Nobody is there.')
    }
    const response = await fetch(`http://127.0.0.1:${port}/v1/responses`, {
      method: 'POST',
      body: JSON.stringify({ ...ASK, stream: true }),
    })
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString('utf8')
      pings = text.split(': ping').length - 1
    }
    const types = [...text.matchAll(/^event: (.*)$/gm)].map(([, type]) => type)
    expect(types).toEqual(['response.created', 'response.in_progress', 'response.failed'])
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
    for await (const event of await client.responses.create({ ...ASK, stream: true })) {
      if (event.type === 'response.output_text.delta') break
    }
    await until('the work has ended', () => (ended ? true : null))
  })
})

test('a refusal is one to the official client, whole and streamed', async () => {
  engine.script = REFUSES
  const part = { type: 'refusal', refusal: 'No.' }
  expect((await client.responses.parse(ASK)).output).toMatchObject([{ type: 'message', content: [part] }])
  const streamed = await client.responses.stream(ASK).finalResponse()
  expect(streamed.output).toMatchObject([{ type: 'message', content: [part] }])
})

test('what a format is described with reaches the model', async () => {
  const format = { type: 'json_schema' as const, name: 'a', description: 'A person', schema: { type: 'object' } }
  await client.responses.create({ ...ASK, text: { format } })
  expect(asked().responseFormat).toMatchObject({ schema: { type: 'object', description: 'A person' } })
})

test('without anything to answer it is refused, and instructions alone are something', async () => {
  const { status, body } = await post(port, '/v1/responses', { ...ASK, input: [] })
  expect(status).toBe(400)
  expect(JSON.parse(body).error).toMatchObject({ code: 'invalid_request', param: 'input' })
  expect(engine.calls).toEqual([])
  expect((await post(port, '/v1/responses', { ...ASK, input: [], instructions: 'Greet.' })).status).toBe(200)
})
