import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createModelCatalog, type ModelCatalog } from '../../../src/main/engine/catalog/model-catalog.ts'
import { createHealthBoard } from '../../../src/main/engine/health/create-health-board.ts'
import { createUpstream } from '../../../src/main/engine/http/create-upstream.ts'
import { createPipeline } from '../../../src/main/engine/pipeline/create-pipeline.ts'
import { createAnthropicAdapter } from '../../../src/main/engine/providers/anthropic/anthropic-adapter.ts'
import { systemClock } from '../../../src/main/engine/spec/system-clock.ts'
import type { Upstream } from '../../../src/main/engine/spec/upstream.ts'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import { type ConnectionConfig, connectionConfigSchema } from '../../../src/shared/connections.ts'
import { createFakeEngine, type FakeEngine } from '../../support/fake-engine.ts'
import { http, post } from '../../support/http-client.ts'
import { connectionSetOf, testConnection } from '../../support/test-connections.ts'
import { until } from '../../support/until.ts'
import { SIGNATURE } from '../../support/upstreams/anthropic-answers.ts'
import { type AnthropicUpstream, startAnthropicUpstream } from '../../support/upstreams/anthropic-upstream.ts'

const KEY = 'sk-ant-canary-0123456789'
const OPUS = 'claude-opus-4-6'
const ASK = { model: OPUS, max_tokens: 2000, messages: [{ role: 'user' as const, content: 'Tell me a joke' }] }
const JOKE = 'Why did the llama cross the road? To prompt the other side.'
const WEATHER = { type: 'object' as const, properties: { city: { type: 'string' } } }

let claude: AnthropicUpstream
let engine: FakeEngine
let upstream: Upstream
let catalog: ModelCatalog
let gateway: Gateway
let port: number
let anthropic: Anthropic
let openai: OpenAI

async function start(config: Partial<ConnectionConfig> = {}): Promise<void> {
  claude = await startAnthropicUpstream({ behaviour: { key: KEY } })
  engine = createFakeEngine()
  const full = connectionConfigSchema.parse({ provider: 'anthropic', baseUrl: claude.url, ...config })
  upstream = createUpstream({ config: full, title: 'Claude', secrets: { keys: [KEY], headers: {} }, log: engine.log })
  const adapter = createAnthropicAdapter(upstream, engine.log)
  const connections = connectionSetOf(
    testConnection('claude', adapter, full, { provider: 'anthropic', name: 'Claude' }),
  )
  const health = createHealthBoard({ now: () => systemClock.now() })
  catalog = createModelCatalog({ connections, health, clock: systemClock, log: engine.log })
  await catalog.start(5_000)
  const pipeline = createPipeline({
    catalog,
    resolver: engine.resolver,
    access: engine.access,
    connections,
    health,
    clock: systemClock,
    log: engine.log,
    isClosing: () => false,
  })
  Object.assign(engine, { catalog, pipeline })
  gateway = createGateway({ engine, host: '127.0.0.1', port: 0, rendererFolder: null })
  port = (await gateway.listen()).port
  anthropic = new Anthropic({ baseURL: `http://127.0.0.1:${port}`, apiKey: 'unused', maxRetries: 0 })
  openai = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'unused', maxRetries: 0 })
}

async function stop(): Promise<void> {
  await gateway.close()
  catalog.close()
  await upstream.close()
  await claude.stop()
}

beforeEach(() => start())
afterEach(stop)

describe('Anthropic to Anthropic: bytes pass through', () => {
  test('as they come, both ways', async () => {
    // Spaces and order of a body are the client's own.
    const body = `{ "stream":true, "messages":[{"role":"user","content":"Tell me a joke"}],"max_tokens":50,  "model":"${OPUS}" }`
    const answer = await http(port, '/v1/messages', { method: 'POST', body })
    const headers = { 'x-api-key': KEY, 'anthropic-version': '2023-06-01' }
    const direct = await http(claude.port, '/v1/messages', { method: 'POST', body, headers })
    expect(answer.body).toBe(direct.body)
    expect(answer.headers['content-type']).toBe(direct.headers['content-type'])
    const [passed] = claude.requestsTo('/v1/messages')
    expect(passed?.raw.toString()).toBe(body)
    expect(passed?.headers).toMatchObject(headers)
    expect(answer.headers).toMatchObject({ 'x-switchyard-connection': 'claude', 'x-switchyard-model': OPUS })
  })

  test('for the official client: stream, thinking with its signature, tools, counts', async () => {
    const message = await anthropic.messages
      .stream({
        ...ASK,
        thinking: { type: 'adaptive' },
        tools: [{ name: 'get_weather', input_schema: WEATHER }],
        messages: [{ role: 'user', content: 'What is the weather?' }],
      })
      .finalMessage()
    expect(message.content).toMatchObject([
      { type: 'thinking', thinking: 'Let me think.', signature: SIGNATURE },
      { type: 'tool_use', name: 'get_weather', input: { city: 'Paris' } },
    ])
    const answered = await anthropic.messages.create({
      ...ASK,
      thinking: { type: 'adaptive' },
      tools: [{ name: 'get_weather', input_schema: WEATHER }],
      messages: [
        { role: 'user', content: 'What is the weather?' },
        { role: 'assistant', content: message.content },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: message.content[1]?.type === 'tool_use' ? message.content[1].id : '',
              content: 'Rain',
            },
          ],
        },
      ],
    })
    expect(answered.content.at(-1)).toMatchObject({ text: 'The tool says Rain.' })
    expect(await anthropic.messages.countTokens({ model: OPUS, messages: ASK.messages })).toEqual({ input_tokens: 7 })
  })

  test('for a server that has no token counts: an estimate that says so', async () => {
    claude.behaviour.failing.set('/v1/messages/count_tokens', 404)
    const { data, response } = await anthropic.messages
      .countTokens({ model: OPUS, messages: ASK.messages })
      .withResponse()
    expect(data.input_tokens).toBeGreaterThan(0)
    expect(response.headers.get('x-switchyard-estimated')).toBe('true')
    expect(response.headers.get('x-switchyard-connection')).toBe('claude')
  })

  test('with the features in test that the client asks for', async () => {
    const headers = { 'anthropic-beta': 'interleaved-thinking-2025-05-14,context-management-2025-06-27' }
    await post(port, '/v1/messages', ASK, headers)
    await post(port, '/v1/messages', ASK)
    const [asked, plain] = claude.requestsTo('/v1/messages')
    expect(asked?.headers).toMatchObject({ ...headers, 'x-api-key': KEY, 'content-type': 'application/json' })
    expect(plain?.headers['anthropic-beta']).toBeUndefined()
  })

  test('and errors keep their class and reason', async () => {
    const ask = (content: string) => anthropic.messages.create({ ...ASK, messages: [{ role: 'user', content }] })
    const limited = await ask('#429').catch((error: unknown) => error)
    expect(limited).toBeInstanceOf(Anthropic.RateLimitError)
    const { headers } = limited as { headers: Headers }
    const told = ['retry-after', 'anthropic-ratelimit-requests-remaining', 'x-ratelimit-secret']
    expect(told.map((name) => headers.get(name))).toEqual(['7', '0', null])
    await expect(ask('#too-long')).rejects.toMatchObject({
      status: 400,
      error: { error: { type: 'invalid_request_error', message: expect.stringContaining('205233 tokens') } },
    })
    await expect(ask('#529')).rejects.toMatchObject({ status: 529, error: { error: { type: 'overloaded_error' } } })
    // What its clients decide by: they send a conversation whole that the server has lost.
    await expect(ask('#lost-thread')).rejects.toMatchObject({
      status: 404,
      details: { error_code: 'thread_not_found' },
    })
    const cut = anthropic.messages.stream({ ...ASK, messages: [{ role: 'user', content: '#cut' }] })
    await expect(cut.finalMessage()).rejects.toThrow()
    const inside = anthropic.messages.stream({ ...ASK, messages: [{ role: 'user', content: '#error-in-stream' }] })
    await expect(inside.finalMessage()).rejects.toMatchObject({ error: { error: { type: 'overloaded_error' } } })
    expect(JSON.stringify(engine.logLines)).not.toContain(KEY)
  })

  test('a client that leaves ends the request at the server within 200 ms', async () => {
    const stream = anthropic.messages.stream({ ...ASK, messages: [{ role: 'user', content: '#endless' }] })
    for await (const event of stream) if (event.type === 'content_block_delta') break
    await until('the server sees the end', () => (claude.openRequests() === 0 ? true : null), 200)
  })
})

test('a prefixed model goes upstream by its own name, with the rest of the body as it was', async () => {
  await stop()
  await start({ prefixId: 'work' })
  const listed = await anthropic.models.list()
  expect(listed.data.map(({ id }) => id)).toContain(`work.${OPUS}`)
  const message = await anthropic.messages.create({ ...ASK, model: `work.${OPUS}`, metadata: { user_id: 'u' } })
  expect(message.content).toMatchObject([{ text: JOKE }])
  expect(claude.requestsTo('/v1/messages')[0]?.body).toEqual({ ...ASK, metadata: { user_id: 'u' } })
})

describe('OpenAI clients use Anthropic', () => {
  test('chat completions, streamed, with reasoning and usage', async () => {
    const stream = await openai.chat.completions.create({
      model: OPUS,
      reasoning_effort: 'low',
      messages: [
        { role: 'system', content: 'Be funny.' },
        { role: 'user', content: 'Tell me a joke' },
      ],
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    let reasoning = ''
    let usage: unknown
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      reasoning += (chunk.choices[0]?.delta as { reasoning_content?: string } | undefined)?.reasoning_content ?? ''
      usage = chunk.usage ?? usage
    }
    expect([text, reasoning]).toEqual([JOKE, 'Let me think.'])
    expect(usage).toMatchObject({ prompt_tokens: 13, prompt_tokens_details: { cached_tokens: 4 } })
    expect(claude.requestsTo('/v1/messages')[0]?.body).toMatchObject({ system: 'Be funny.', stream: true })
  })

  test('what cannot be sent is said in a header', async () => {
    const { status, headers } = await post(port, '/v1/chat/completions', {
      model: OPUS,
      messages: ASK.messages,
      seed: 7,
    })
    expect(status).toBe(200)
    expect(headers['x-switchyard-not-sent']).toBe('seed')
  })

  test('who asks is told by a hash where the id is an e-mail address', async () => {
    const { data, response } = await openai.chat.completions
      .create({ model: OPUS, messages: ASK.messages, user: 'ann@example.com' })
      .withResponse()
    expect(data.choices[0]?.message.content).toBe(JOKE)
    expect(response.headers.get('x-switchyard-not-sent')).toBe('user (hashed)')
    expect(claude.requestsTo('/v1/messages')[0]?.body).toMatchObject({
      metadata: { user_id: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
  })

  test('a picture is sent with the type that its bytes have', async () => {
    const data = '/9j/4AAQSkZJRg=='
    await openai.chat.completions.create({
      model: OPUS,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: `data:image/jpg;base64,${data}` } },
          ],
        },
      ],
    })
    expect(claude.requestsTo('/v1/messages')[0]?.body).toMatchObject({
      messages: [{ content: [{}, { source: { type: 'base64', media_type: 'image/jpeg', data } }] }],
    })
  })

  test('responses: a tool call and its result', async () => {
    const tools = [{ type: 'function' as const, name: 'get_weather', parameters: WEATHER, strict: null }]
    const first = await openai.responses.create({ model: OPUS, input: 'What is the weather?', tools })
    const call = first.output.find((item) => item.type === 'function_call')
    expect(call).toMatchObject({ name: 'get_weather', arguments: '{"city":"Paris"}' })
    const second = await openai.responses.create({
      model: OPUS,
      tools,
      input: [
        { role: 'user', content: 'What is the weather?' },
        ...(first.output as OpenAI.Responses.ResponseInputItem[]),
        { type: 'function_call_output', call_id: call?.call_id ?? '', output: 'Rain' },
      ],
    })
    expect(second.output_text).toBe('The tool says Rain.')
  })

  test('responses: what Codex offers beside functions, from the first call to the last result', async () => {
    const tools: OpenAI.Responses.Tool[] = [
      { type: 'web_search' },
      { type: 'custom', name: 'apply_patch', format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' } },
      { type: 'namespace', name: 'mcp__a', description: 'A', tools: [{ type: 'function', name: 'open' }] },
    ]
    const ask = { model: OPUS, tools, include: ['reasoning.encrypted_content' as const], store: false }
    const question = { role: 'user' as const, content: '#tools' }
    const { data: first, response } = await openai.responses.create({ ...ask, input: [question] }).withResponse()
    expect(response.headers.get('x-switchyard-not-sent')).toBe(
      'include, tools[0], tools[1].format, tools[2].description',
    )
    expect(first.output.map(({ type }) => type)).toEqual(['custom_tool_call', 'function_call'])
    const [patch, open] = first.output as [
      OpenAI.Responses.ResponseCustomToolCall,
      OpenAI.Responses.ResponseFunctionToolCall,
    ]
    expect(patch.name).toBe('apply_patch')
    expect(open).toMatchObject({ name: 'open', namespace: 'mcp__a' })
    const second = await openai.responses.create({
      ...ask,
      input: [
        question,
        patch,
        open,
        { type: 'custom_tool_call_output', call_id: patch.call_id, output: 'Done' },
        { type: 'function_call_output', call_id: open.call_id, output: 'Open' },
      ],
    })
    expect(second.output_text).toContain('The tool says')
    const [, asked] = claude.requests.filter(({ path }) => path.startsWith('/v1/messages'))
    const body = asked?.body as { messages: { role: string; content: unknown }[]; tools: { name: string }[] }
    expect(body.tools.map(({ name }) => name)).toEqual(['apply_patch', 'mcp__a__open'])
    expect(body.messages[1]).toMatchObject({
      role: 'assistant',
      content: [
        { type: 'tool_use', name: 'apply_patch', input: { input: patch.input } },
        { type: 'tool_use', name: 'mcp__a__open', input: {} },
      ],
    })
  })

  test('embeddings are refused with a reason', async () => {
    await expect(openai.embeddings.create({ model: OPUS, input: 'x' })).rejects.toMatchObject({
      status: 400,
      code: 'unsupported',
    })
  })
})
