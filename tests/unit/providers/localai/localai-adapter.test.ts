import { afterEach, expect, test } from 'vitest'
import { type ConnectedOpenAi, connectOpenAi } from '../../../support/upstreams/connect-openai.ts'
import { scriptedOpenAiModel } from '../../../support/upstreams/openai-answers.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

async function connect(...options: Parameters<typeof connectOpenAi>): Promise<ConnectedOpenAi> {
  const connected = await connectOpenAi({ flavour: 'localai', ...options[0] }, options[1])
  closing.push(connected.close)
  return connected
}

const MODELS = [
  scriptedOpenAiModel('qwen3-vl'),
  scriptedOpenAiModel('bert-embeddings', { kind: 'embedding' }),
  scriptedOpenAiModel('README.md'),
  scriptedOpenAiModel('gallery.yaml'),
]

test('lists models, without stray files, with abilities and what is loaded', async () => {
  const { adapter, server } = await connect({ models: MODELS })
  server.loaded.add('qwen3-vl')
  expect(await adapter.listModels()).toMatchObject([
    { upstreamModel: 'qwen3-vl', loaded: true, capabilities: expect.arrayContaining(['chat', 'vision']) },
    { upstreamModel: 'bert-embeddings', loaded: false, capabilities: ['embedding'] },
  ])
})

test('an older release without the extra routes still lists', async () => {
  const missing = new Set(['/readyz', '/system', '/v1/models/capabilities', '/version'])
  const { adapter } = await connect({ behaviour: { missing } })
  const models = await adapter.listModels()
  expect(models.map((model) => [model.upstreamModel, model.loaded])).toEqual([
    ['qwen3-vl', false],
    ['bert-embeddings', false],
  ])
  await expect(adapter.version?.(new AbortController().signal)).resolves.toBeNull()
})

test('says that it is still starting', async () => {
  const { adapter, server } = await connect({ behaviour: { starting: true } })
  await expect(adapter.listModels()).rejects.toMatchObject({
    code: 'upstream_unavailable',
    message: expect.stringContaining('still starting'),
  })
  server.behaviour.starting = false
  expect(await adapter.listModels()).toHaveLength(2)
})

test('tells its version', async () => {
  const { adapter } = await connect()
  await expect(adapter.version?.(new AbortController().signal)).resolves.toBe('v3.8.0 (a1b2c3d4)')
})

test('its address is taken with and without /v1', async () => {
  for (const suffix of ['', '/', '/v1']) {
    const { adapter, server } = await connect({}, (listening) => ({ baseUrl: listening.url + suffix }))
    await adapter.listModels()
    expect(server.requestsTo('/v1/models')).toHaveLength(1)
    const pass = adapter.passThrough?.('openai:chat', { model: 'm', messages: [] }, 'm')
    expect(pass?.path).toBe(suffix === '/v1' ? '/chat/completions' : '/v1/chat/completions')
  }
})

test('an allow-list is the list, and nobody is asked', async () => {
  const { adapter, server } = await connect({}, { modelIds: ['a'] })
  expect((await adapter.listModels()).map((model) => model.upstreamModel)).toEqual(['a'])
  expect(server.requests).toEqual([])
})
