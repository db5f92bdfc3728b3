import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createUpstream } from '../../../../src/main/engine/http/create-upstream.ts'
import { createAnthropicAdapter } from '../../../../src/main/engine/providers/anthropic/anthropic-adapter.ts'
import type { ChatMessage, ChatRequest } from '../../../../src/main/engine/spec/chat-request.ts'
import type { ProviderAdapter } from '../../../../src/main/engine/spec/provider-adapter.ts'
import type { StreamPart } from '../../../../src/main/engine/spec/stream-part.ts'
import type { Upstream } from '../../../../src/main/engine/spec/upstream.ts'
import { type ConnectionConfig, connectionConfigSchema } from '../../../../src/shared/connections.ts'
import { createTestLog } from '../../../support/test-log.ts'
import { until } from '../../../support/until.ts'
import { HUGE_TEXT_BYTES, SIGNATURE } from '../../../support/upstreams/anthropic-answers.ts'
import {
  type AnthropicUpstream,
  scriptedClaude,
  startAnthropicUpstream,
} from '../../../support/upstreams/anthropic-upstream.ts'

const KEY = 'sk-ant-canary-0123456789'
const OPUS_46 = 'claude-opus-4-6'
const OPUS_47 = 'claude-opus-4-7'
const SONNET_45 = 'claude-sonnet-4-5-20250929'
const HAIKU_3 = 'claude-3-haiku-20240307'
const PERSON = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
const WEATHER = { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }

let claude: AnthropicUpstream
const upstreams: Upstream[] = []
beforeEach(async () => {
  claude = await startAnthropicUpstream({ behaviour: { key: KEY } })
})
afterEach(async () => {
  await Promise.all(upstreams.splice(0).map((upstream) => upstream.close()))
  await claude.stop()
})

function adapterFor(config: Partial<ConnectionConfig> = {}, key = KEY): ProviderAdapter {
  const upstream = createUpstream({
    config: connectionConfigSchema.parse({ provider: 'anthropic', baseUrl: claude.url, ...config }),
    title: 'Claude',
    secrets: { keys: [key], headers: {} },
    log: createTestLog(),
  })
  upstreams.push(upstream)
  return createAnthropicAdapter(upstream)
}

function user(text: string): ChatMessage {
  return { role: 'user', content: [{ type: 'text', text }] }
}

interface Asked {
  parts: StreamPart[]
  text: string
  reasoning: string
  notSent: string[]
  /** The body that the server got. */
  body: Record<string, unknown>
}

async function ask(
  model: string,
  question: string | ChatMessage[],
  fields: Partial<ChatRequest> = {},
  adapter = adapterFor(),
): Promise<Asked> {
  const parts: StreamPart[] = []
  const notSent: string[] = []
  const messages = typeof question === 'string' ? [user(question)] : question
  const answer = adapter.chat({
    request: { model, messages, sampling: {}, ...fields },
    upstreamModel: model,
    requestId: 'test',
    signal: new AbortController().signal,
    onNotSent: (names) => notSent.push(...names),
  })
  for await (const part of answer) parts.push(part)
  const said = (type: StreamPart['type']) =>
    parts.map((part) => (part.type === type && 'text' in part ? part.text : ''))
  return {
    parts,
    text: said('text-delta').join(''),
    reasoning: said('reasoning-delta').join(''),
    notSent,
    body: claude.requestsTo('/v1/messages').at(-1)?.body ?? {},
  }
}

describe('models', () => {
  test('are read page by page, with what the server says of them', async () => {
    claude.behaviour.pageSize = 3
    const models = await adapterFor().listModels()
    expect(claude.requestsTo('/v1/models').map(({ query }) => query)).toEqual([
      'limit=1000',
      `limit=1000&after_id=${SONNET_45}`,
    ])
    expect(claude.requests[0]?.headers).toMatchObject({ 'x-api-key': KEY, 'anthropic-version': '2023-06-01' })
    expect(models.map(({ upstreamModel, name }) => [upstreamModel, name])).toEqual([
      [OPUS_47, 'Claude Opus 4.7'],
      [OPUS_46, 'Claude Opus 4.6'],
      [SONNET_45, 'Claude Sonnet 4.5'],
      [HAIKU_3, 'Claude Haiku 3'],
    ])
    expect(models[0]).toMatchObject({
      contextLength: 1_000_000,
      modifiedAt: Date.UTC(2026, 1, 4),
      ownedBy: 'anthropic',
      capabilities: ['chat', 'tools', 'json-schema', 'vision', 'reasoning'],
      raw: { id: OPUS_47 },
    })
    // Known by name where the server tells nothing.
    expect(models[3]).toMatchObject({
      contextLength: 200_000,
      capabilities: ['chat', 'tools', 'json-schema', 'vision'],
    })
  })

  test('of an allow-list are listed without asking', async () => {
    claude.behaviour.dead = true
    const models = await adapterFor({ modelIds: [OPUS_46, 'my-own'] }).listModels()
    expect(models.map(({ upstreamModel }) => upstreamModel)).toEqual([OPUS_46, 'my-own'])
    expect(claude.requests).toEqual([])
  })

  test('that the table does not know are asked by the rules that the server told', async () => {
    const fields = { maxTokens: 7000, thinking: { enabled: true, adaptive: false, disabled: true } }
    claude.models.push(scriptedClaude('claude-next-9', fields))
    const adapter = adapterFor()
    await adapter.listModels()
    const { body } = await ask('claude-next-9', 'Hi', { reasoning: { enabled: true, effort: 'high' } }, adapter)
    expect(body).toMatchObject({ max_tokens: 7000, thinking: { type: 'enabled', budget_tokens: 5600 } })
  })

  test.each(['', '/', '/v1', '/v1/'])('are found below a base URL that ends in "%s"', async (end) => {
    const adapter = adapterFor({ baseUrl: claude.url + end })
    expect(await adapter.listModels()).toHaveLength(4)
    expect((await ask(OPUS_46, 'Tell me a joke', {}, adapter)).text).toContain('llama')
  })
})

describe('thinking', () => {
  test('by budget, and its signature goes back with the tool result', async () => {
    const reasoning = { enabled: true, effort: 'low' } as const
    const tools = [WEATHER]
    const first = await ask(SONNET_45, 'What is the weather?', { tools, reasoning })
    expect(first.body).toMatchObject({ max_tokens: 64_000, thinking: { type: 'enabled', budget_tokens: 4096 } })
    expect(first.reasoning).toBe('Let me think.')
    const signature = first.parts.flatMap((part) => (part.type === 'reasoning-delta' ? (part.signature ?? []) : []))
    expect(signature).toEqual([SIGNATURE])

    const turn = {
      role: 'assistant',
      content: '',
      toolCalls: [{ id: 'toolu_1', name: 'get_weather', arguments: '{}' }],
    } as const
    const result: ChatMessage = { role: 'tool', toolCallId: 'toolu_1', content: '21 degrees' }
    const proven = {
      ...turn,
      toolCalls: [...turn.toolCalls],
      reasoning: 'Let me think.',
      reasoningSignature: SIGNATURE,
    }
    const second = await ask(SONNET_45, [user('What is the weather?'), proven, result], { tools, reasoning })
    expect(second.text).toBe('The tool says 21 degrees.')
    expect(second.notSent).toEqual([])
    expect(second.body.messages).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        content: [{ type: 'thinking', thinking: 'Let me think.', signature: SIGNATURE }, { type: 'tool_use' }],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1' }] },
    ])

    // Thoughts without their proof would be refused.
    const unproven = { ...turn, toolCalls: [...turn.toolCalls], reasoning: 'Let me think.' }
    const third = await ask(SONNET_45, [user('What is the weather?'), unproven, result], { tools, reasoning })
    expect(third.text).toBe('The tool says 21 degrees.')
    expect(third.body.thinking).toEqual({ type: 'disabled' })
    expect(third.notSent).toEqual(['messages[].reasoning_content', 'reasoning_effort'])
  })

  test.each([
    [
      'adaptive with an effort',
      OPUS_47,
      { enabled: true, effort: 'xhigh' },
      { type: 'adaptive', display: 'summarized' },
      'xhigh',
      [],
    ],
    [
      'the next lower effort',
      OPUS_46,
      { enabled: true, effort: 'xhigh' },
      { type: 'adaptive' },
      'high',
      ['reasoning_effort (limited to high)'],
    ],
    [
      'an effort for a budget',
      OPUS_47,
      { enabled: true, budgetTokens: 9000 },
      { type: 'adaptive', display: 'summarized' },
      'medium',
      ['thinking.budget_tokens'],
    ],
    [
      'a budget where it is still taken',
      OPUS_46,
      { enabled: true, budgetTokens: 9000 },
      { type: 'enabled', budget_tokens: 9000 },
      undefined,
      [],
    ],
    [
      'the smallest budget',
      SONNET_45,
      { enabled: true, effort: 'minimal' },
      { type: 'enabled', budget_tokens: 1024 },
      undefined,
      [],
    ],
    ['none if it is off', OPUS_47, { enabled: false }, { type: 'disabled' }, undefined, []],
    ['nothing for a model that cannot', HAIKU_3, { enabled: true }, undefined, undefined, ['reasoning_effort']],
    ['nothing to switch off for a model that cannot', HAIKU_3, { enabled: false }, undefined, undefined, []],
  ] as const)('is told as %s', async (_what, model, reasoning, thinking, effort, notSent) => {
    const asked = await ask(model, 'Why?', { reasoning })
    expect(asked.body.thinking).toEqual(thinking)
    expect((asked.body.output_config as { effort?: string } | undefined)?.effort).toBe(effort)
    expect(asked.notSent).toEqual(notSent)
    expect(asked.reasoning).toBe(thinking === undefined || thinking.type === 'disabled' ? '' : 'Let me think.')
  })

  test('stays within the limit, and is left out where none fits or a tool is forced', async () => {
    const reasoning = { enabled: true, effort: 'high' } as const
    expect((await ask(SONNET_45, 'Why?', { reasoning, sampling: { maxTokens: 4000 } })).body).toMatchObject({
      max_tokens: 4000,
      thinking: { type: 'enabled', budget_tokens: 3200 },
    })
    const small = await ask(SONNET_45, 'Why?', { reasoning, sampling: { maxTokens: 500 } })
    expect(small).toMatchObject({ notSent: ['reasoning_effort'], body: { thinking: { type: 'disabled' } } })
    const forced = await ask(OPUS_46, 'Why?', { reasoning, tools: [WEATHER], toolChoice: 'required' })
    expect(forced).toMatchObject({ notSent: ['reasoning_effort'], body: { thinking: { type: 'disabled' } } })
  })

  test('takes the sampling that does not go with it away', async () => {
    const sampling = { temperature: 0.5, topK: 20, topP: 0.5 }
    const thinks = await ask(OPUS_46, 'Why?', { reasoning: { enabled: true }, sampling })
    expect(thinks.notSent).toEqual(['temperature', 'top_p', 'top_k'])
    const plain = await ask(OPUS_46, 'Why?', { sampling })
    expect(plain).toMatchObject({ notSent: ['top_p'], body: { temperature: 0.5, top_k: 20 } })
    const none = await ask(OPUS_47, 'Why?', { sampling })
    expect(none.notSent).toEqual(['temperature', 'top_p', 'top_k'])
  })
})

describe('JSON answers', () => {
  test('by structured outputs, where the model and the schema allow it', async () => {
    const responseFormat = { type: 'json-schema', name: 'person', schema: PERSON } as const
    const asked = await ask(SONNET_45, 'Who?', { responseFormat, reasoning: { enabled: true } })
    expect(JSON.parse(asked.text)).toEqual({ name: 'Ada' })
    expect(asked.body.output_config).toEqual({
      format: { type: 'json_schema', schema: { ...PERSON, additionalProperties: false } },
    })
    expect(asked.body.tools).toBeUndefined()
    expect(asked.parts.at(-1)).toEqual({ type: 'finish', reason: 'stop', raw: 'end_turn' })
  })

  test.each([
    ['an older model', HAIKU_3, PERSON, { name: 'Ada' }],
    [
      'a schema that cannot be promised',
      OPUS_46,
      { ...PERSON, properties: { name: { type: 'string', minLength: 2 } } },
      { name: 'Ada' },
    ],
    ['a schema that is no object', HAIKU_3, { type: 'array', items: { type: 'integer' } }, [42]],
  ])('through a tool for %s', async (_what, model, schema, expected) => {
    const asked = await ask(model, 'Who?', { responseFormat: { type: 'json-schema', name: 'the person', schema } })
    expect(JSON.parse(asked.text)).toEqual(expected)
    expect(asked.body.tool_choice).toEqual({ type: 'tool', name: 'the_person', disable_parallel_tool_use: true })
    expect(asked.parts.some((part) => part.type === 'tool-call-delta')).toBe(false)
    expect(asked.parts.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' })
  })

  test('through a tool beside others, which may be called first', async () => {
    const fields = { responseFormat: { type: 'json-schema', schema: PERSON }, tools: [WEATHER] } as const
    const called = await ask(HAIKU_3, 'What is the weather?', { ...fields, tools: [WEATHER] })
    expect(called.body.tool_choice).toEqual({ type: 'any' })
    expect(called.parts.at(-1)).toMatchObject({ type: 'finish', reason: 'tool-calls' })
    const answered = await ask(HAIKU_3, 'Who?', { ...fields, tools: [WEATHER] })
    expect(JSON.parse(answered.text)).toEqual({ name: 'Ada' })
    expect(answered.parts.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' })
  })

  test('without a schema are asked for in words', async () => {
    const asked = await ask(OPUS_46, [{ role: 'system', content: 'Be kind.' }, user('Who?')], {
      responseFormat: { type: 'json' },
    })
    expect(asked.body.system).toMatch(/^Be kind\.\n\n.*JSON/)
    expect(asked.notSent).toEqual(['response_format (asked for in words)'])
  })
})

describe('an answer', () => {
  test('ends with the reason that the API gave', async () => {
    const end = async (question: string, fields: Partial<ChatRequest> = {}) =>
      (await ask(OPUS_46, question, fields)).parts.at(-1)
    expect(await end('#refusal')).toEqual({ type: 'finish', reason: 'content-filter', raw: 'refusal' })
    expect(await end('#pause')).toEqual({ type: 'finish', reason: 'other', raw: 'pause_turn' })
    expect(await end('#window')).toEqual({ type: 'finish', reason: 'length', raw: 'model_context_window_exceeded' })
    expect(await end('a joke', { sampling: { stop: [' the '] } })).toEqual({
      type: 'finish',
      reason: 'stop',
      raw: 'stop_sequence',
      stopSequence: ' the ',
    })
    expect(await end('a joke', { sampling: { maxTokens: 2 } })).toEqual({
      type: 'finish',
      reason: 'length',
      raw: 'max_tokens',
    })
  })

  test('tells usage with what the cache served', async () => {
    const { parts } = await ask(OPUS_46, 'Tell me a joke')
    expect(parts.at(-2)).toMatchObject({
      type: 'usage',
      usage: {
        promptTokens: 11,
        cachedPromptTokens: 4,
        completionTokens: 12,
        raw: { input_tokens: 7, cache_read_input_tokens: 4, service_tier: 'standard' },
      },
    })
  })

  test('passes over thoughts that only the API can read', async () => {
    const { parts } = await ask(OPUS_46, '#redacted', { reasoning: { enabled: true } })
    expect(parts.some((part) => part.type === 'reasoning-delta')).toBe(false)
    expect(parts.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' })
  })

  test('calls tools by the names that the caller gave them', async () => {
    const tools = [
      { ...WEATHER, name: 'get.weather' },
      { name: 'get weather', parameters: { type: 'object' } },
    ]
    const { parts, body } = await ask(OPUS_46, '#tools', { tools })
    expect(body.tools).toMatchObject([{ name: 'get_weather' }, { name: 'get_weather_2' }])
    const names = parts.flatMap((part) =>
      part.type === 'tool-call-delta' && part.name !== undefined ? [part.name] : [],
    )
    expect(names).toEqual(['get.weather', 'get weather'])
    const texts = [0, 1].map((index) =>
      parts
        .map((part) => (part.type === 'tool-call-delta' && part.index === index ? part.argumentsDelta : ''))
        .join(''),
    )
    expect(texts).toEqual(['{"city":"Paris"}', '{}'])
  })

  test('is read too where it comes in one piece although a stream was asked for', async () => {
    const reasoning = { enabled: true } as const
    const { parts } = await ask(OPUS_46, 'What is the weather? #whole', { tools: [WEATHER], reasoning })
    expect(parts).toMatchObject([
      { type: 'reasoning-delta', text: 'Let me think.' },
      { type: 'reasoning-delta', text: '', signature: SIGNATURE },
      { type: 'tool-call-delta', index: 0, name: 'get_weather', argumentsDelta: '' },
      { type: 'tool-call-delta', index: 0, argumentsDelta: '{"city":"Paris"}' },
      { type: 'usage', usage: { cachedPromptTokens: 4, completionTokens: 9 } },
      { type: 'finish', reason: 'tool-calls' },
    ])
    expect((await ask(OPUS_46, 'Tell me a joke #whole')).text).toContain('llama')
  })

  test('holds tools to their schemas where that was asked for and can be', async () => {
    const bounded = { type: 'object', properties: { a: { type: 'integer', minimum: 1 } } }
    const tools = [
      { ...WEATHER, strict: true },
      { name: 'count', parameters: bounded, strict: true },
      { name: 'free', parameters: bounded, strict: false },
    ]
    const asked = await ask(OPUS_46, 'Tell me a joke', { tools })
    expect(asked.body.tools).toEqual([
      { name: 'get_weather', input_schema: { ...WEATHER.parameters, additionalProperties: false }, strict: true },
      { name: 'count', input_schema: bounded },
      { name: 'free', input_schema: bounded },
    ])
    expect(asked.notSent).toEqual(['tools[1].function.strict'])
    expect((await ask(HAIKU_3, 'Tell me a joke', { tools })).notSent).toEqual([
      'tools[0].function.strict',
      'tools[1].function.strict',
    ])
  })

  test('may be one line of 10 MB', async () => {
    const { text } = await ask(OPUS_46, '#huge')
    expect(text).toHaveLength(HUGE_TEXT_BYTES)
  })

  test('ends where the server leaves its line open behind the end', async () => {
    const { text, parts } = await ask(OPUS_46, '#stays-open')
    expect([text, parts.at(-1)?.type]).toEqual(['Once', 'finish'])
  })

  test('frees its socket for the next request', async () => {
    const adapter = adapterFor()
    for (let round = 0; round < 5; round += 1) await ask(OPUS_46, 'Tell me a joke', {}, adapter)
    expect(claude.openSockets()).toBe(1)
  })
})

describe('failures keep the reason of the server', () => {
  test.each([
    ['#400', { code: 'invalid_request', status: 400, retryable: false, said: 'something is wrong' }],
    ['#401', { code: 'auth_failed', status: 401, retryable: false, said: 'invalid x-api-key' }],
    ['#403', { code: 'forbidden', status: 403, retryable: false, said: 'permission' }],
    ['#too-long', { code: 'context_length_exceeded', status: 400, retryable: false, said: '205233 tokens' }],
    ['#credit', { code: 'quota_exceeded', status: 400, retryable: false, said: 'credit balance' }],
    ['#529', { code: 'upstream_unavailable', status: 529, retryable: true, said: 'Overloaded' }],
    ['#error-in-stream', { code: 'upstream_unavailable', status: 529, retryable: true, said: 'Claude: Overloaded' }],
    ['#malformed', { code: 'upstream_error', status: 502, retryable: false, said: 'not a JSON object' }],
    ['#html', { code: 'upstream_error', status: 502, retryable: false, said: 'text/html' }],
    ['#not-sse', { code: 'upstream_unavailable', status: 529, retryable: true, said: 'Overloaded' }],
  ])('%s', async (question, { said, ...fields }) => {
    const failure = ask(OPUS_46, question)
    await expect(failure).rejects.toMatchObject({ ...fields, message: expect.stringContaining(said) })
    await expect(failure).rejects.toMatchObject({ upstream: { provider: 'anthropic' } })
  })

  test('an unknown model, a redirect, a wrong key; the key is in none of them', async () => {
    await expect(ask('claude-0', 'Hi')).rejects.toMatchObject({ code: 'model_not_found' })
    const redirected = await ask(OPUS_46, '#redirect').catch((error: unknown) => error)
    expect(redirected).toMatchObject({ message: expect.stringContaining('192.0.2.1') })
    const refused = await ask(OPUS_46, 'Hi', {}, adapterFor({}, `${KEY}x`)).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'auth_failed' })
    expect(JSON.stringify([redirected, refused])).not.toContain(KEY)
  })

  test('what Anthropic has not', async () => {
    const adapter = adapterFor()
    const call = { upstreamModel: OPUS_46, requestId: 'test', signal: new AbortController().signal }
    const completion = adapter.complete({ ...call, request: { model: OPUS_46, prompt: 'x', sampling: {} } })
    await expect(completion[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'unsupported' })
    await expect(adapter.embed({ ...call, request: { model: OPUS_46, inputs: ['x'] } })).rejects.toMatchObject({
      code: 'unsupported',
    })
    expect(claude.requests).toEqual([])
  })
})

test('a thousand cancelled streams leave nothing open', { timeout: 60_000 }, async () => {
  const adapter = adapterFor()
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const abort = new AbortController()
        const parts = adapter.chat({
          request: { model: OPUS_46, messages: [user('#endless')], sampling: {} },
          upstreamModel: OPUS_46,
          requestId: 'test',
          signal: abort.signal,
        })
        await expect(
          (async () => {
            for await (const part of parts) if (part.type === 'text-delta') abort.abort()
          })(),
        ).rejects.toMatchObject({ code: 'aborted' })
      }),
    )
  }
  await until('no request is open', () => (claude.openRequests() === 0 ? true : null))
  await until('no socket is open', () => (claude.openSockets() === 0 ? true : null))
  expect(claude.requestsTo('/v1/messages')).toHaveLength(1000)
})

test('tokens are counted by the API, of the prompt alone', async () => {
  const request: ChatRequest = {
    model: OPUS_46,
    messages: [{ role: 'system', content: 'Be kind.' }, user('How are you?')],
    tools: [WEATHER],
    sampling: { maxTokens: 10, temperature: 1 },
  }
  const call = { request, upstreamModel: OPUS_46, requestId: 'test', signal: new AbortController().signal }
  expect(await adapterFor().countTokens?.(call)).toBe(48)
  expect(Object.keys(claude.requestsTo('/v1/messages/count_tokens')[0]?.body ?? {})).toEqual([
    'model',
    'system',
    'messages',
    'tools',
  ])
})

test('its own dialect is passed through; the body only changes where the model has another name', () => {
  const { passThrough } = adapterFor()
  const body = { model: OPUS_46, max_tokens: 5, messages: [], container: 'x' }
  expect(passThrough?.('anthropic:messages', body, OPUS_46)).toEqual({ path: '/v1/messages', body: null, notSent: [] })
  const renamed = passThrough?.('anthropic:count_tokens', { ...body, model: 'work.opus' }, OPUS_46)
  expect(renamed?.path).toBe('/v1/messages/count_tokens')
  expect(JSON.parse(String(renamed?.body))).toEqual(body)
  expect(passThrough?.('openai:chat', body, OPUS_46)).toBeNull()
})

test('fields that a connection passes through are sent as they are', async () => {
  const adapter = adapterFor({ passthroughParams: ['service_tier'] })
  const asked = await ask(OPUS_46, 'Tell me a joke', { extra: { service_tier: 'auto', store: true } }, adapter)
  expect(asked.body.service_tier).toBe('auto')
  expect(asked.notSent).toEqual(['store'])
})
