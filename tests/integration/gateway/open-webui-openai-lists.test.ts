import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { type Bench, jsonOf, startBench, startOpenAi } from './open-webui-bench.ts'

const KEY = 'sk-canary-1234567890'
const ALL = [
  'chatty',
  'whisper-large',
  'stable-diffusion-xl',
  'embark-7b',
  'text-embedding-3-small',
  'gpt-4o-audio-preview',
]

async function idsAt(bench: Bench, path: string): Promise<unknown[]> {
  const { data, models } = jsonOf(await bench.get(path)) as Record<'data' | 'models', Record<string, unknown>[]>
  return (data ?? models).map(({ id, model }) => id ?? model)
}

test('models that do not chat stay in the lists of OpenAI’s form and can be named; Ollama’s clients do not see them', async () => {
  const server = await startOpenAi(ALL)
  const bench = await startBench()
  await bench.add({ provider: 'openai', baseUrl: server.url, keys: [{ value: KEY }] })
  expect(await idsAt(bench, '/openai/models')).toEqual(ALL)
  expect(await idsAt(bench, '/api/models')).toEqual(ALL)
  expect(await idsAt(bench, '/v1/models')).toEqual(ALL)
  expect(await idsAt(bench, '/api/tags')).toEqual([
    'chatty:latest',
    'embark-7b:latest',
    'text-embedding-3-small:latest',
  ])
  const chatting = bench.engine.catalog.list().filter(({ capabilities }) => capabilities.includes('chat'))
  expect(chatting.map(({ id }) => id)).toEqual(['chatty', 'embark-7b'])

  const client = new OpenAI({ baseURL: `http://127.0.0.1:${bench.port}/openai`, apiKey: 'unused', maxRetries: 0 })
  const answer = await client.chat.completions.create({
    model: 'gpt-4o-audio-preview',
    messages: [{ role: 'user', content: 'Hello' }],
  })
  expect(answer.choices[0]?.message.content).toBe('Hello there')
})

test('verify and a numbered list answer what the server says, whatever the allow-list', async () => {
  const server = await startOpenAi(ALL)
  server.beside = { pipelines: true, models: ALL.map((name) => ({ name })) }
  const bench = await startBench()
  const told = { object: 'list', data: ALL.map((id) => expect.objectContaining({ id })), ...server.beside }
  expect(jsonOf(await bench.post('/openai/verify', { url: server.url, key: KEY }))).toEqual(told)
  await bench.add({ provider: 'openai', baseUrl: server.url, keys: [{ value: KEY }], modelIds: ['chatty', 'named'] })
  expect(await idsAt(bench, '/openai/models')).toEqual(['chatty', 'named'])
  expect(jsonOf(await bench.get('/openai/models/0'))).toEqual(told)
})
