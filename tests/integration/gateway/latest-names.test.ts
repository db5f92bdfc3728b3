import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { scriptedModel } from '../../support/upstreams/ollama-answers.ts'
import type { OllamaUpstream } from '../../support/upstreams/ollama-upstream.ts'
import { type Bench, jsonOf, type OpenAiServer, startBench, startOllama, startOpenAi } from './open-webui-bench.ts'

const KEY = 'sk-canary-1234567890'
const HELLO = [{ role: 'user' as const, content: 'Hello' }]

interface Opened {
  bench: Bench
  ollama: OllamaUpstream
  openAi: OpenAiServer
}

/** Ollama lists `llama3.2:latest`, a server of the OpenAI kind `llama3.2`. */
async function setUp(first: 'ollama' | 'openai'): Promise<Opened> {
  const ollama = await startOllama({ models: [scriptedModel('llama3.2:latest')] })
  const openAi = await startOpenAi(['llama3.2'])
  const bench = await startBench()
  const add = {
    ollama: () => bench.add({ provider: 'ollama', baseUrl: ollama.url }),
    openai: () => bench.add({ provider: 'openai', baseUrl: openAi.url, keys: [{ value: KEY }] }),
  }
  await add[first]()
  await add[first === 'ollama' ? 'openai' : 'ollama']()
  return { bench, ollama, openAi }
}

async function idsAt(bench: Bench, path: string): Promise<unknown[]> {
  const { data, models } = jsonOf(await bench.get(path)) as Record<'data' | 'models', Record<string, unknown>[]>
  return (data ?? models).map(({ id, model }) => id ?? model)
}

test.each([
  ['ollama', 'llama3.2:latest'],
  ['openai', 'llama3.2'],
] as const)('one model over both kinds, under the id of the first in the list: %s', async (first, id) => {
  const { bench } = await setUp(first)
  expect(await idsAt(bench, '/api/tags')).toEqual(['llama3.2:latest'])
  expect(await idsAt(bench, '/v1/models')).toEqual([id])
  expect(await idsAt(bench, '/api/models')).toEqual([id])
  expect(await idsAt(bench, '/api/models/base')).toEqual([id])
  // A family's own lists keep what its servers say.
  expect(await idsAt(bench, '/ollama/api/tags')).toEqual(['llama3.2:latest'])
  expect(await idsAt(bench, '/openai/models')).toEqual(['llama3.2'])
  const [entry] = (jsonOf(await bench.get('/api/models')) as { data: Record<string, unknown>[] }).data
  expect(entry).toMatchObject({ owned_by: 'ollama', ollama: { urls: [0], model: 'llama3.2:latest' } })
})

test('either name reaches either server, also when one of them is gone', async () => {
  const { bench, ollama, openAi } = await setUp('ollama')
  const local = new Ollama({ host: `http://127.0.0.1:${bench.port}` })
  const client = new OpenAI({ baseURL: `http://127.0.0.1:${bench.port}/v1`, apiKey: 'unused', maxRetries: 0 })
  for (const model of ['llama3.2', 'llama3.2:latest']) {
    for (const path of ['/ollama/api/chat', '/openai/chat/completions']) {
      expect((await bench.post(path, { model, messages: HELLO, stream: false })).status).toBe(200)
    }
  }
  // Ollama takes both, so the bytes go on as they came.
  expect(ollama.requestsTo('/api/chat').map(({ body }) => body?.model)).toEqual(['llama3.2', 'llama3.2:latest'])
  await ollama.kill()
  for (const model of ['llama3.2', 'llama3.2:latest']) {
    expect((await local.chat({ model, messages: HELLO })).message.content).toBe('Hello there')
    const answer = await client.chat.completions.create({ model, messages: HELLO })
    expect(answer.choices[0]?.message.content).toBe('Hello there')
  }
  const asked = openAi.requests.filter(({ path }) => path === '/v1/chat/completions')
  expect(new Set(asked.map(({ body }) => (body as { model: string }).model))).toEqual(new Set(['llama3.2']))
})

test('records over either name stand on it, and notes beside it stay', async () => {
  const { bench } = await setUp('openai')
  for (const [id, base] of [
    ['plain', 'llama3.2'],
    ['tagged', 'llama3.2:latest'],
  ]) {
    const record = { id, name: id, base_model_id: base, meta: {}, params: {} }
    expect((await bench.post('/api/v1/models/create', record)).status).toBe(200)
  }
  expect((await idsAt(bench, '/api/models')).toSorted()).toEqual(['llama3.2', 'plain', 'tagged'])
  const override = { id: 'llama3.2:latest', name: 'Llama', base_model_id: null, meta: {}, params: {} }
  expect((await bench.post('/api/v1/models/create', override)).status).toBe(200)
  expect(jsonOf(await bench.get('/v1/models'))).toMatchObject({ data: [{ id: 'llama3.2', name: 'Llama' }, {}, {}] })

  bench.engine.modelMetadata.save('llama3.2:latest', { note: 'kept' })
  expect(bench.engine.modelMetadata.get('llama3.2')).toEqual({ note: 'kept' })
  bench.engine.modelMetadata.save('llama3.2', {})
  expect(bench.engine.modelMetadata.get('llama3.2:latest')).toEqual({})
})
