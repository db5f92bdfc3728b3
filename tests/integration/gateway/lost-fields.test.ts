import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../../src/main/engine/spec/chat-request.ts'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import { createFakeEngine, type FakeEngine } from '../../support/fake-engine.ts'
import { type HttpAnswer, post } from '../../support/http-client.ts'

/** What a decoder cannot carry over is said in a header and in the log, whatever the dialect. */
let engine: FakeEngine
let gateway: Gateway
let port: number

beforeEach(async () => {
  engine = createFakeEngine()
  gateway = createGateway({ engine, host: '127.0.0.1', port: 0, rendererFolder: null })
  port = (await gateway.listen()).port
})
afterEach(() => gateway.close())

const USER = { role: 'user', content: 'Hi' }
const PICTURE = 'data:image/png;base64,iVBORw0KGgo='

function asked(): ChatRequest {
  return engine.calls.at(-1)?.request as ChatRequest
}

async function lost(path: string, fields: object): Promise<string | undefined> {
  const answer: HttpAnswer = await post(port, path, { model: 'demo', ...fields })
  expect(answer.status, answer.body).toBe(200)
  const header = answer.headers['x-switchyard-not-sent'] as string | undefined
  const logged = engine.logLines.find(({ fields: line }) => Array.isArray(line.notSent))?.fields.notSent
  expect(logged ?? []).toEqual(header === undefined ? [] : header.split(', '))
  return header
}

describe('POST /v1/responses', () => {
  test('honours what chat completions do, and names the rest', async () => {
    const fields = {
      input: 'Hi',
      seed: 7,
      top_k: 5,
      stop: ['x'],
      max_output_tokens: 32,
      keep_alive: '5m',
      options: { num_ctx: 8192 },
      num_gpu: 3,
      think: true,
      max_tool_calls: 1,
      include: ['reasoning.encrypted_content'],
      store: true,
      client_metadata: { a: 'b' },
      brand_new: 1,
      text: { format: { type: 'text' }, tone: 'warm' },
      reasoning: { effort: 'low', summary: 'auto', context: 'all' },
    }
    expect(await lost('/v1/responses', fields)).toBe(
      'max_tool_calls, include, client_metadata, brand_new, store, text.tone, reasoning.context',
    )
    expect(asked()).toMatchObject({
      sampling: { seed: 7, topK: 5, stop: ['x'], maxTokens: 32 },
      runtime: { keepAliveSeconds: 300 },
      extra: { options: { num_ctx: 8192 }, num_gpu: 3, think: true },
    })
  })

  test('does not name what asks for nothing', async () => {
    const fields = { input: 'Hi', include: [], max_tool_calls: null, store: false, stream_options: null, metadata: {} }
    expect(await lost('/v1/responses', fields)).toBeUndefined()
  })

  test('names what is lost inside tools and items, each kind of item once', async () => {
    const image = { type: 'input_image', image_url: PICTURE, detail: 'high' }
    const thought = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'secret' }
    const fields = {
      tools: [
        { type: 'function', name: 'a', parameters: {}, defer_loading: true, async: false, output_schema: null },
        { type: 'namespace', name: 'n', tools: [{ type: 'function', name: 'b', defer_loading: true }] },
      ],
      input: [thought, { role: 'user', content: [image, image] }, thought, { role: 'user', content: [image] }],
    }
    expect(await lost('/v1/responses', fields)).toBe(
      'tools[0].defer_loading, tools[1].tools[0].defer_loading, input[].encrypted_content, input[].content[].detail',
    )
  })

  test('goes on without thoughts that are only referred to, as the AI SDK sends them, and names them', async () => {
    const call = { type: 'function_call', call_id: 'c1', name: 'a', arguments: '{}' }
    const input = [
      { role: 'user', content: 'Hi' },
      { type: 'item_reference', id: 'rs_5f1' },
      call,
      { type: 'function_call_output', call_id: 'c1', output: 'done' },
    ]
    expect(await lost('/v1/responses', { input })).toBe('input[].item_reference')
  })
})

describe('POST /v1/chat/completions', () => {
  test('names the names of speakers and the detail of pictures, once', async () => {
    const picture = { type: 'image_url', image_url: { url: PICTURE, detail: 'high' } }
    const messages = [
      { role: 'system', name: 'boss', content: 'S' },
      { ...USER, name: 'ada' },
      { role: 'user', content: [picture, picture] },
    ]
    for (const stream of [false, true]) {
      expect(await lost('/v1/chat/completions', { messages, stream })).toBe(
        'messages[].name, messages[].content[].image_url.detail',
      )
    }
  })

  test('does not name what is the default, nor the name of a tool, which is kept', async () => {
    const messages = [
      { role: 'user', content: [{ type: 'image_url', image_url: { url: PICTURE, detail: 'auto' } }] },
      { role: 'tool', tool_call_id: 'call_x', name: 'get_weather', content: 'Rain' },
    ]
    expect(await lost('/v1/chat/completions', { messages })).toBeUndefined()
    expect(asked().messages[1]).toMatchObject({ toolName: 'get_weather' })
  })

  test('keeps to the schema of a json_object, as llama.cpp does', async () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } }
    const fields = { messages: [USER], response_format: { type: 'json_object', schema } }
    expect(await lost('/v1/chat/completions', fields)).toBeUndefined()
    expect(asked().responseFormat).toEqual({ type: 'json-schema', schema })
  })

  test('does so at Open WebUI’s own path too', async () => {
    expect(await lost('/api/chat/completions', { messages: [{ ...USER, name: 'ada' }] })).toBe('messages[].name')
  })
})

describe('POST /v1/completions and /v1/embeddings', () => {
  test('carry over what has no field of its own', async () => {
    await lost('/v1/completions', { prompt: 'Hi', user: 'u1', options: { mirostat: 1 }, num_ctx: 8192, best_of: 1 })
    expect(asked()).toMatchObject({ user: 'u1', extra: { options: { mirostat: 1 }, num_ctx: 8192 } })
    await lost('/v1/embeddings', { input: 'Hi', user: 'u1', input_type: 'query', dimensions: null })
    expect(asked()).toMatchObject({ user: 'u1', extra: { input_type: 'query' } })
    await lost('/v1/embeddings', { input: 'Hi' })
    expect(asked()).not.toHaveProperty('extra')
  })
})

describe('Ollama’s dialect', () => {
  test.each([
    ['/api/chat', { messages: [USER] }],
    ['/api/generate', { prompt: 'Hi' }],
  ])(
    '%s names probabilities, of which nobody is asked, and hands on whether a full context shifts',
    async (path, ask) => {
      for (const stream of [false, true]) {
        const fields = { ...ask, stream, logprobs: true, top_logprobs: 3, shift: false }
        expect(await lost(path, fields)).toBe('logprobs, top_logprobs')
        expect(asked()).toMatchObject({ runtime: { shift: false } })
        expect(asked()).not.toHaveProperty('extra')
      }
      engine.logLines.length = 0
      expect(await lost(path, { ...ask, logprobs: false, top_logprobs: 0 })).toBeUndefined()
      expect(asked().runtime).not.toHaveProperty('shift')
    },
  )
})

describe('POST /v1/messages', () => {
  const ASK = { max_tokens: 10 }

  test('names citations and what is lost inside tools', async () => {
    const source = { type: 'text', media_type: 'text/plain', data: 'Paris is in France.' }
    const cited = { type: 'document', source, citations: { enabled: true } }
    const search = { type: 'search_result', title: 'T', source: 'S', content: [{ type: 'text', text: 'x' }] }
    const fields = {
      ...ASK,
      messages: [
        { role: 'user', content: [cited, cited, { ...search, citations: { enabled: true } }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'a', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [cited] }] },
      ],
      tools: [
        {
          name: 'a',
          input_schema: { type: 'object' },
          defer_loading: true,
          input_examples: [{}],
          eager_input_streaming: false,
          cache_control: { type: 'ephemeral' },
        },
      ],
    }
    expect(await lost('/v1/messages', fields)).toBe(
      'messages[].content[].citations, tools[0].defer_loading, tools[0].input_examples',
    )
  })

  test('does not name citations that are off, nor marks for a prompt cache', async () => {
    const source = { type: 'text', media_type: 'text/plain', data: 'x' }
    const document = { type: 'document', source, citations: { enabled: false }, cache_control: { type: 'ephemeral' } }
    expect(await lost('/v1/messages', { ...ASK, messages: [{ role: 'user', content: [document] }] })).toBeUndefined()
  })

  test('names what is lost inside thinking, output_config and metadata', async () => {
    const fields = {
      ...ASK,
      max_tokens: 5_000,
      messages: [USER],
      thinking: { type: 'enabled', budget_tokens: 2_000, display: 'omitted' },
      output_config: { effort: 'low', task_budget: { type: 'tokens', total: 20_000 } },
      metadata: { user_id: 'u', team: 't' },
    }
    expect(await lost('/v1/messages', fields)).toBe('thinking.display, output_config.task_budget, metadata.team')
    const told = { ...fields, output_config: {}, metadata: {}, thinking: { type: 'adaptive', display: 'summarized' } }
    engine.logLines.length = 0
    expect(await lost('/v1/messages', told)).toBeUndefined()
  })

  test('a system message counts as long as it says, and names a change of effort', async () => {
    const once = { role: 'system', content: 'once', clear_at: 'next_user_message' }
    const effort = { role: 'system', output_config: { effort: 'low' } }
    const messages = [USER, once, { role: 'assistant', content: 'Yes' }, USER, effort, once]
    expect(await lost('/v1/messages', { ...ASK, messages })).toBe('messages[].output_config')
    expect(asked().messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'system'])
    const empty = await post(port, '/v1/messages', { model: 'demo', ...ASK, messages: [USER, { role: 'system' }] })
    expect(empty.body).toContain("Missing required parameter: 'messages[1].content'.")
  })
})
