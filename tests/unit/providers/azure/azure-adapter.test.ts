import { afterEach, describe, expect, test } from 'vitest'
import { createAzureAdapter } from '../../../../src/main/engine/providers/azure/azure-adapter.ts'
import type { ProviderAdapter } from '../../../../src/main/engine/spec/provider-adapter.ts'
import type { StreamPart } from '../../../../src/main/engine/spec/stream-part.ts'
import { type ConnectedOpenAi, connectOpenAi, upstreamTo } from '../../../support/upstreams/connect-openai.ts'
import { scriptedOpenAiModel } from '../../../support/upstreams/openai-answers.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

async function connect(...options: Parameters<typeof connectOpenAi>): Promise<ConnectedOpenAi> {
  const connected = await connectOpenAi({ flavour: 'azure', ...options[0] }, options[1])
  closing.push(connected.close)
  return connected
}

async function ask(adapter: ProviderAdapter, text: string, model: string): Promise<StreamPart[]> {
  const parts: StreamPart[] = []
  const answer = adapter.chat({
    request: { model, messages: [{ role: 'user', content: [{ type: 'text', text }] }], sampling: { maxTokens: 50 } },
    upstreamModel: model,
    requestId: 'r',
    signal: new AbortController().signal,
  })
  for await (const part of answer) parts.push(part)
  return parts
}

describe('classic', () => {
  test('asks the deployment, with the version and the key as Azure wants them', async () => {
    const { adapter, server } = await connect({ behaviour: { key: 'sk-scripted' } })
    expect((await ask(adapter, 'Tell me a joke', 'gpt-4o')).at(-1)).toMatchObject({ type: 'finish', reason: 'stop' })
    const request = server.requests.at(-1)
    expect(request?.path).toBe('/openai/deployments/gpt-4o/chat/completions')
    expect(request?.query.get('api-version')).toBe('2024-10-21')
    expect(request?.headers['api-key']).toBe('sk-scripted')
    expect(request?.body).toMatchObject({ max_tokens: 50, stream_options: { include_usage: true } })
  })

  test('an older version is not asked for usage', async () => {
    const { adapter, server } = await connect({}, { apiVersion: '2024-02-01' })
    const parts = await ask(adapter, 'Tell me a joke', 'gpt-4o')
    expect(parts.some((part) => part.type === 'usage')).toBe(false)
    expect(server.requests.at(-1)?.query.get('api-version')).toBe('2024-02-01')
    expect(server.requests.at(-1)?.body).not.toHaveProperty('stream_options')
  })

  test('lists what the resource could run, or the deployments that are named', async () => {
    const { adapter, server } = await connect()
    const models = await adapter.listModels()
    expect(models.map((model) => [model.upstreamModel, model.capabilities[0]])).toEqual([
      ['gpt-4o', 'chat'],
      ['o3-mini', 'chat'],
      ['text-embedding-3-small', 'embedding'],
    ])
    expect(server.requests[0]?.query.get('api-version')).toBe('2023-03-15-preview')
    const named = await connect({}, { modelIds: ['my-deployment'] })
    expect((await named.adapter.listModels()).map((model) => model.upstreamModel)).toEqual(['my-deployment'])
    expect(named.server.requests).toEqual([])
  })

  test.each(['a/b', 'a\\b', '..'])('the deployment %s never reaches the server', async (model) => {
    const { adapter, server } = await connect()
    await expect(ask(adapter, 'Hi', model)).rejects.toMatchObject({ code: 'invalid_request', status: 400 })
    expect(() => adapter.passThrough?.('openai:chat', { model, messages: [] }, model)).toThrow(/deployment/)
    expect(server.requests).toEqual([])
  })

  test('a filtered prompt keeps its reason; an unknown deployment is a missing model', async () => {
    const { adapter } = await connect()
    await expect(ask(adapter, '#content-filter', 'gpt-4o')).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('content management policy'),
      upstream: { status: 400, bodyExcerpt: expect.stringContaining('ResponsibleAIPolicyViolation') },
    })
    await expect(ask(adapter, 'Hi', 'nobody')).rejects.toMatchObject({ code: 'model_not_found' })
  })

  test('the fast path leaves out what a deployment refuses', () => {
    const upstream = upstreamTo({ provider: 'azure', baseUrl: 'https://x.openai.azure.com' })
    closing.push(() => upstream.close())
    const pass = createAzureAdapter(upstream).passThrough
    const messages = [{ role: 'user', content: 'Hi' }]
    const clean = { model: 'gpt-4o', messages, stream: true, stream_options: { include_usage: true } }
    expect(pass?.('openai:chat', clean, 'gpt-4o')).toEqual({
      path: '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
      body: null,
      notSent: [],
    })
    const request = pass?.('openai:chat', { ...clean, store: true, temperature: 0.3, max_tokens: 3 }, 'o3-mini')
    expect(request?.notSent).toEqual(['temperature', 'store'])
    expect(JSON.parse(String(request?.body))).toEqual({ ...clean, model: 'o3-mini', max_completion_tokens: 3 })
  })
})

describe('raw completions of a classic deployment', () => {
  const model = 'gpt-35-turbo-instruct'
  const prompt = 'Once upon a time'

  async function connectInstruct() {
    return connect({ models: [scriptedOpenAiModel(model)] })
  }

  test('are sent with their prompt, and without what a deployment refuses', async () => {
    const { adapter, server } = await connectInstruct()
    const notSent: string[] = []
    const parts: StreamPart[] = []
    const answer = adapter.complete({
      request: { model, prompt, suffix: 'The end', sampling: { maxTokens: 9, temperature: 0.5, topK: 3 } },
      upstreamModel: model,
      requestId: 'r',
      signal: new AbortController().signal,
      onNotSent: (fields) => notSent.push(...fields),
    })
    for await (const part of answer) parts.push(part)
    expect(parts.at(-1)).toMatchObject({ type: 'finish' })
    expect(server.requests.at(-1)?.path).toBe(`/openai/deployments/${model}/completions`)
    expect(server.requests.at(-1)?.body).toEqual({
      model,
      prompt,
      suffix: 'The end',
      max_tokens: 9,
      temperature: 0.5,
      stream: true,
      stream_options: { include_usage: true },
    })
    expect(notSent).toEqual(['top_k'])
  })

  test('pass through as they are, but for what a deployment refuses', async () => {
    const { adapter } = await connectInstruct()
    const clean = { model, prompt, echo: true, best_of: 2, logprobs: 1, suffix: '.', n: 2, user: 'u' }
    expect(adapter.passThrough?.('openai:completions', clean, model)).toEqual({
      path: `/openai/deployments/${model}/completions?api-version=2024-10-21`,
      body: null,
      notSent: [],
    })
    const request = adapter.passThrough?.('openai:completions', { ...clean, store: true, tools: [] }, model)
    expect(request?.notSent).toEqual(['store', 'tools'])
    expect(JSON.parse(String(request?.body))).toEqual(clean)
  })
})

describe('v1', () => {
  test('is addressed as api.openai.com', async () => {
    const { adapter, server } = await connect({}, (listening) => ({ baseUrl: listening.azureV1Url }))
    expect((await adapter.listModels()).map((model) => model.upstreamModel)).toContain('gpt-4o')
    await ask(adapter, 'Tell me a joke', 'gpt-4o')
    expect(server.requests.map(({ path }) => path)).toEqual(['/openai/v1/models', '/openai/v1/chat/completions'])
    expect(server.requests.at(-1)?.body).toMatchObject({ model: 'gpt-4o' })
  })

  test('carries chats over the Responses API if the connection says so', async () => {
    for (const newer of [true, false]) {
      const { adapter, server } = await connect({}, (listening) => ({
        apiType: 'responses',
        ...(newer ? { baseUrl: listening.azureV1Url } : {}),
      }))
      expect((await ask(adapter, 'Tell me a joke', 'gpt-4o')).at(-1)).toMatchObject({ type: 'finish', reason: 'stop' })
      expect(server.requests.at(-1)?.path).toBe(newer ? '/openai/v1/responses' : '/openai/responses')
    }
  })
})
