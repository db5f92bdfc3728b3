import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import { createModelCatalog } from '../../../src/main/engine/catalog/model-catalog.ts'
import { createHealthBoard } from '../../../src/main/engine/health/create-health-board.ts'
import { createPipeline } from '../../../src/main/engine/pipeline/create-pipeline.ts'
import { systemClock } from '../../../src/main/engine/spec/system-clock.ts'
import { createGateway } from '../../../src/main/gateway/index.ts'
import { createFakeEngine } from '../../support/fake-engine.ts'
import { post } from '../../support/http-client.ts'
import { connectionSetOf, testConnection } from '../../support/test-connections.ts'
import { type ConnectedOpenAi, connectOpenAi } from '../../support/upstreams/connect-openai.ts'
import { scriptedOpenAiModel } from '../../support/upstreams/openai-answers.ts'
import type { OpenAiUpstream } from '../../support/upstreams/openai-upstream.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface Started {
  server: OpenAiUpstream
  anthropic: Anthropic
  openai: OpenAI
  port: number
}

/** A gateway before one scripted server of the OpenAI family, and the official clients of two dialects. */
async function start(...options: Parameters<typeof connectOpenAi>): Promise<Started> {
  const connected = await connectOpenAi(...options)
  closing.push(connected.close)
  return { server: connected.server, ...(await serve([connected])) }
}

/** A gateway before these servers, the first preferred. */
async function serve(servers: readonly ConnectedOpenAi[]): Promise<Omit<Started, 'server'>> {
  const engine = createFakeEngine()
  const connections = connectionSetOf(
    ...servers.map(({ adapter, upstream: { config } }, index) =>
      testConnection(index === 0 ? 'scripted' : `scripted-${index + 1}`, adapter, config, {
        provider: config.provider,
      }),
    ),
  )
  const health = createHealthBoard({ now: () => systemClock.now() })
  const catalog = createModelCatalog({ connections, health, clock: systemClock, log: engine.log })
  closing.push(() => catalog.close())
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
  const gateway = createGateway({ engine, host: '127.0.0.1', port: 0, rendererFolder: null })
  closing.push(() => gateway.close())
  const { port } = await gateway.listen()
  return {
    port,
    anthropic: new Anthropic({ baseURL: `http://127.0.0.1:${port}`, apiKey: 'unused', maxRetries: 0 }),
    openai: new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'unused', maxRetries: 0 }),
  }
}

const JOKE = 'Why did the llama cross the road? To prompt the other side.'
const ASK = { model: 'gpt-4o', max_tokens: 2_000, messages: [{ role: 'user' as const, content: 'Tell me a joke' }] }

test('a model that knows no effort answers an Anthropic client that wants it to think, or not to', async () => {
  const { anthropic, server } = await start({ flavour: 'compatible', behaviour: { efforts: [] } })
  for (const thinking of [{ type: 'enabled', budget_tokens: 1_500 } as const, { type: 'disabled' } as const]) {
    const { data, response } = await anthropic.messages.create({ ...ASK, model: 'some-model', thinking }).withResponse()
    expect(data.content.at(-1)).toMatchObject({ text: JOKE })
    expect(response.headers.get('x-switchyard-not-sent')).toContain('reasoning_effort')
    expect(response.headers.get('x-switchyard-attempts')).toBe('1')
  }
  const efforts = server.requestsTo('/v1/chat/completions').map(({ body }) => body?.reasoning_effort)
  expect(efforts).toEqual(['low', undefined, undefined])
})

test.each([
  ['chat completions', {}],
  ['the Responses API', { apiType: 'responses' as const }],
])('the long user id of Claude Code reaches %s as its hash', async (_name, config) => {
  const { anthropic, server } = await start({ flavour: 'openai' }, config)
  const userId = `user_${'ab12'.repeat(16)}_account__session_${'0f'.repeat(18)}`
  const ask = () => anthropic.messages.create({ ...ASK, metadata: { user_id: userId } }).withResponse()
  const { data, response } = await ask()
  await ask()
  expect(data.content).toMatchObject([{ text: JOKE }])
  expect(response.headers.get('x-switchyard-not-sent')).toBe('user (hashed)')
  const users = server.requests.flatMap(({ body }) => (body === null ? [] : [body.user]))
  expect(users).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), users[0]])
})

test('sampling that a reasoning model refuses is left out and said', async () => {
  const models = [scriptedOpenAiModel('gpt-5-mini', { reasons: true })]
  const { anthropic, port } = await start({ flavour: 'openai', models })
  const { data, response } = await anthropic.messages
    .create({ ...ASK, model: 'gpt-5-mini', stop_sequences: ['END'] })
    .withResponse()
  expect(data.content).toMatchObject([{ text: JOKE }])
  expect(response.headers.get('x-switchyard-not-sent')).toBe('stop')
  const answer = await post(port, '/api/chat', {
    model: 'gpt-5-mini',
    messages: ASK.messages,
    stream: false,
    options: { presence_penalty: 0.5, frequency_penalty: 0, stop: ['END'] },
  })
  expect(answer.status).toBe(200)
  expect(answer.headers['x-switchyard-not-sent']).toBe('presence_penalty, stop')
})

describe('an answer that its server gives up', () => {
  test('goes to the next server that has the model, if nothing came', async () => {
    const first = await connectOpenAi({ flavour: 'compatible', behaviour: { givesUp: true } })
    const second = await connectOpenAi({ flavour: 'compatible' })
    closing.push(first.close, second.close)
    const { anthropic } = await serve([first, second])
    const { data, response } = await anthropic.messages.create({ ...ASK, model: 'some-model' }).withResponse()
    expect(data.content.at(-1)).toMatchObject({ text: JOKE })
    expect(response.headers.get('x-switchyard-attempts')).toBe('2')
    expect(first.server.requestsTo('/v1/chat/completions')).toHaveLength(1)
  })

  test.each(['anthropic', 'ollama', 'responses'])('keeps what came, and then is an error: %s', async (dialect) => {
    const { anthropic, openai, port } = await start({ flavour: 'compatible' })
    const messages = [{ role: 'user' as const, content: '#gave-up' }]
    const model = 'some-model'
    let said = ''
    let failure: unknown
    if (dialect === 'anthropic') {
      const stream = anthropic.messages.stream({ ...ASK, model, messages })
      stream.on('text', (text) => {
        said += text
      })
      failure = await stream.finalMessage().catch((error: unknown) => error)
    } else if (dialect === 'responses') {
      const stream = await openai.responses.create({ model, input: '#gave-up', stream: true })
      for await (const event of stream) {
        if (event.type === 'response.output_text.delta') said += event.delta
        if (event.type === 'response.failed') failure = event.response.error
      }
    } else {
      const { body } = await post(port, '/api/chat', { model, messages })
      const lines = body.trim().split('\n')
      for (const line of lines) said += (JSON.parse(line) as { message?: { content: string } }).message?.content ?? ''
      failure = JSON.parse(lines.at(-1) ?? '')
    }
    expect(said).toBe('Once upon ')
    expect(JSON.stringify(failure instanceof Error ? failure.message : failure)).toContain(
      'insufficient_system_resource',
    )
  })

  test('is an error in one piece', async () => {
    const { anthropic } = await start({ flavour: 'compatible' })
    const asked = anthropic.messages.create({
      ...ASK,
      model: 'some-model',
      messages: [{ role: 'user', content: '#gave-up' }],
    })
    await expect(asked).rejects.toMatchObject({
      status: 502,
      message: expect.stringContaining('insufficient_system_resource'),
    })
  })
})

describe.each([
  ['the fast path', {}],
  ['a translated request', { apiType: 'responses' as const }],
])("an upstream's own error code reaches OpenAI clients, over %s", (_name, config) => {
  test.each([false, true])('with what its filters found (stream: %s)', async (stream) => {
    const { openai } = await start({ flavour: 'openai' }, config)
    const messages = [{ role: 'user' as const, content: '#content-filter' }]
    await expect(openai.chat.completions.create({ model: 'gpt-4o', messages, stream })).rejects.toMatchObject({
      status: 400,
      code: 'content_filter',
      param: 'prompt',
      type: 'invalid_request_error',
      error: { innererror: { content_filter_result: { violence: { filtered: true, severity: 'high' } } } },
    })
  })
})

test('chat fields that the Responses API has elsewhere, or not at all', async () => {
  const { openai, server } = await start({ flavour: 'openai' }, { apiType: 'responses' })
  const { data, response } = await openai.chat.completions
    .create({ model: 'gpt-4o', messages: ASK.messages, verbosity: 'low', store: true, prediction: null })
    .withResponse()
  expect(data.choices[0]?.message.content).toBe(JOKE)
  expect(response.headers.get('x-switchyard-not-sent')).toBe('store')
  expect(server.requests.at(-1)?.body).toMatchObject({ text: { verbosity: 'low' }, store: false })
})

describe.each([
  ['chat completions', {}],
  ['the Responses API', { apiType: 'responses' as const }],
])('tool names that OpenAI refuses, over %s', (_name, config) => {
  const stem = `mcp__${'the-weather-service-of-some-far-away-company_'.repeat(2)}`
  const tools = ['get_weather', 'get_time'].map((name) => ({
    name: `${stem}${name}`,
    input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
  }))
  const question = { role: 'user' as const, content: 'What is the weather, and the time?' }

  test.each(['whole', 'streamed'])('come back as the client knows them, %s', async (how) => {
    const { anthropic } = await start({ flavour: 'openai' }, config)
    const body = { ...ASK, tools, messages: [question] }
    const message =
      how === 'whole' ? await anthropic.messages.create(body) : await anthropic.messages.stream(body).finalMessage()
    const calls = message.content.filter((block) => block.type === 'tool_use')
    expect(calls.map(({ name }) => name)).toEqual(tools.map(({ name }) => name))

    const answered = await anthropic.messages.create({
      ...ASK,
      tools,
      tool_choice: { type: 'tool', name: tools[1]?.name ?? '' },
      messages: [
        question,
        { role: 'assistant', content: message.content },
        {
          role: 'user',
          content: calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'Rain' })),
        },
      ],
    })
    expect(answered.content.at(-1)).toMatchObject({ text: expect.stringContaining('Rain') })
  })
})
