import { expect, onTestFinished, test } from 'vitest'
import { startAnthropicUpstream } from '../../support/upstreams/anthropic-upstream.ts'
import { scriptedModel } from '../../support/upstreams/ollama-answers.ts'
import { type Bench, startBench, startOllama, startOpenAi } from './open-webui-bench.ts'

const KEY = 'sk-canary-1234567890'
const HELLO = [{ role: 'user', content: 'Tell me a joke' }]

async function preset(bench: Bench, id: string, baseModelId: string, params: object): Promise<void> {
  const answer = await bench.post('/api/v1/models/create', {
    id,
    name: id,
    base_model_id: baseModelId,
    params,
    meta: {},
  })
  expect(answer.status).toBe(200)
}

test('what only Anthropic’s own API knows reaches it under a preset too', async () => {
  const claude = await startAnthropicUpstream({ behaviour: { key: KEY } })
  onTestFinished(() => claude.stop())
  const bench = await startBench()
  await bench.add({ provider: 'anthropic', baseUrl: claude.url, keys: [{ value: KEY }] })
  await preset(bench, 'agent', 'claude-opus-4-6', {
    system: 'You help {{USER_NAME}}.',
    temperature: 0.4,
    max_tokens: 64,
  })
  const marked = { cache_control: { type: 'ephemeral' } }
  const body = {
    model: 'agent',
    max_tokens: 2000,
    system: [{ type: 'text', text: 'Be kind.', ...marked }],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Tell me a joke', ...marked }] }],
    tools: [{ name: 'weather', input_schema: { type: 'object' }, ...marked }],
  }
  for (const stream of [false, true]) {
    const answer = await bench.post('/v1/messages', { ...body, stream })
    expect(answer.status).toBe(200)
    expect(answer.body).toContain('prompt')
    const { model: _name, ...rest } = body
    expect(claude.requestsTo('/v1/messages').at(-1)?.body).toEqual({
      ...rest,
      model: 'claude-opus-4-6',
      stream,
      max_tokens: 64,
      temperature: 0.4,
      system: [{ type: 'text', text: 'You help owner.\nBe kind.', ...marked }],
    })
  }
})

test('a conversation that Anthropic keeps is asked for in full under a preset, which would change its prompt', async () => {
  const claude = await startAnthropicUpstream({ behaviour: { key: KEY } })
  onTestFinished(() => claude.stop())
  const bench = await startBench()
  await bench.add({ provider: 'anthropic', baseUrl: claude.url, keys: [{ value: KEY }] })
  await preset(bench, 'agent', 'claude-opus-4-6', { system: 'You help.' })
  const thread = { type: 'continue', previous_message_id: 'msg_1' }
  const body = { max_tokens: 2000, messages: [{ role: 'user', content: 'Tell me a joke' }], thread }
  const refused = await bench.post('/v1/messages', { ...body, model: 'agent' })
  expect(refused.status).toBe(400)
  expect(JSON.parse(refused.body).error.details).toEqual({ error_code: 'thread_unsupported_request' })
  expect(claude.requestsTo('/v1/messages')).toEqual([])
})

test('of a preset’s sampling a Claude gets what it takes, and the rest is named', async () => {
  const claude = await startAnthropicUpstream({ behaviour: { key: KEY } })
  onTestFinished(() => claude.stop())
  const bench = await startBench()
  await bench.add({ provider: 'anthropic', baseUrl: claude.url, keys: [{ value: KEY }] })
  await preset(bench, 'warm', 'claude-opus-4-6', { temperature: 1.6, top_p: 0.5, stop: ['END', ' '] })
  const ask = { model: 'warm', max_tokens: 2000, messages: HELLO }
  const plain = await bench.post('/v1/messages', ask)
  expect(plain.headers['x-switchyard-not-sent']).toBe('temperature (limited to 1), top_p, stop')
  expect(claude.requestsTo('/v1/messages').at(-1)?.body).toEqual({
    ...ask,
    model: 'claude-opus-4-6',
    temperature: 1,
    stop_sequences: ['END'],
  })
  const thinking = { type: 'enabled', budget_tokens: 1024 }
  const thinks = await bench.post('/v1/messages', { ...ask, thinking })
  expect(thinks.status).toBe(200)
  expect(thinks.headers['x-switchyard-not-sent']).toBe('temperature, top_p, stop')
  expect(claude.requestsTo('/v1/messages').at(-1)?.body).toEqual({
    ...ask,
    model: 'claude-opus-4-6',
    thinking,
    stop_sequences: ['END'],
  })
})

test('a cap of a preset that is below a client’s budget for thoughts cuts the budget', async () => {
  const claude = await startAnthropicUpstream({ behaviour: { key: KEY } })
  onTestFinished(() => claude.stop())
  const bench = await startBench()
  await bench.add({ provider: 'anthropic', baseUrl: claude.url, keys: [{ value: KEY }] })
  for (const [cap, thinking, named] of [
    [4096, { type: 'enabled', budget_tokens: 3276 }, 'thinking.budget_tokens (limited to 3276)'],
    [1000, { type: 'disabled' }, 'thinking'],
  ] as const) {
    await preset(bench, `cap-${cap}`, 'claude-sonnet-4-5-20250929', { max_tokens: cap })
    const answer = await bench.post('/v1/messages', {
      model: `cap-${cap}`,
      max_tokens: 32_000,
      thinking: { type: 'enabled', budget_tokens: 16_000 },
      messages: HELLO,
    })
    expect(answer.status).toBe(200)
    expect(answer.headers['x-switchyard-not-sent']).toBe(named)
    expect(claude.requestsTo('/v1/messages').at(-1)?.body).toMatchObject({ max_tokens: cap, thinking })
  }
})

test('OpenAI’s and Ollama’s dialects keep their fields under a preset, with its parameters as they take them', async () => {
  const openAi = await startOpenAi(['gpt-5', 'gpt-4o'])
  const ollama = await startOllama({ models: [scriptedModel('a:1b')] })
  const bench = await startBench()
  await bench.add({ provider: 'openai', baseUrl: openAi.url, keys: [{ value: KEY }] })
  await bench.add({ provider: 'ollama', baseUrl: ollama.url })
  await preset(bench, 'brief', 'gpt-4o', { system: 'Be brief.', max_tokens: 50 })
  await preset(bench, 'brief-5', 'gpt-5', { system: 'Be brief.', max_tokens: 50 })
  await preset(bench, 'brief-a', 'a:1b', { system: 'Be brief.', num_ctx: 8192 })
  const named = [{ role: 'user', name: 'ada', content: 'Tell me a joke' }]
  const ask = { messages: named, service_tier: 'flex', metadata: { a: '1' } }

  expect((await bench.post('/v1/chat/completions', { model: 'brief', ...ask })).status).toBe(200)
  expect(openAi.requests.at(-1)?.body).toEqual({
    ...ask,
    model: 'gpt-4o',
    messages: [{ role: 'system', content: 'Be brief.' }, ...named],
    max_completion_tokens: 50,
  })
  expect((await bench.post('/v1/chat/completions', { model: 'brief-5', ...ask })).status).toBe(200)
  expect(openAi.requests.at(-1)?.body).toMatchObject({
    messages: [{ role: 'developer', content: 'Be brief.' }, ...named],
    max_completion_tokens: 50,
  })
  await preset(bench, 'firm-5', 'gpt-5', { stop: ['END'], presence_penalty: 1, temperature: 0.2 })
  const firm = await bench.post('/v1/chat/completions', { model: 'firm-5', ...ask, frequency_penalty: 0.5 })
  expect(firm.headers['x-switchyard-not-sent']).toBe('presence_penalty, stop, temperature')
  expect(openAi.requests.at(-1)?.body).toEqual({ ...ask, model: 'gpt-5', frequency_penalty: 0.5 })

  const answer = await bench.post('/api/chat', { model: 'brief-a', messages: HELLO, stream: false, logprobs: true })
  expect(answer.status).toBe(200)
  expect(ollama.requestsTo('/api/chat').at(-1)?.body).toEqual({
    model: 'a:1b',
    messages: [{ role: 'system', content: 'Be brief.' }, ...HELLO],
    stream: false,
    logprobs: true,
    options: { num_ctx: 8192 },
  })
})
