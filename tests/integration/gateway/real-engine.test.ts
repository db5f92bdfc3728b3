import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEngine } from '../../../src/main/engine/index.ts'
import type { Engine } from '../../../src/main/engine/spec/engine.ts'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import { eventually, post, rawConnection, rawPost } from '../../support/http-client.ts'
import { ensureTestModels } from '../../support/test-models.ts'

let folder: string
let engine: Engine
let gateway: Gateway
let port: number
let openai: OpenAI
let ollama: Ollama

beforeAll(async () => {
  const models = await ensureTestModels()
  folder = mkdtempSync(join(tmpdir(), 'switchyard-gateway-'))
  const entry = (name: string): URL => new URL(`../../../src/main/${name}.ts`, import.meta.url)
  engine = await createEngine({
    dataFolder: folder,
    mode: 'headless',
    version: '0.0.0',
    workers: { llama: entry('llama-worker'), llamaTrial: entry('llama-trial'), storage: entry('storage-worker') },
    builtInModels: [
      { id: 'demo', path: models.demo },
      { id: 'demo-embed', path: models.demoEmbed },
    ],
    environment: { SWITCHYARD_GPU: 'off' },
  })
  engine.settings.update({ load: { threads: 1 } })
  gateway = createGateway({ engine, host: '127.0.0.1', port: 0, rendererFolder: null })
  const bound = await gateway.listen()
  port = bound.port
  openai = new OpenAI({ baseURL: `${bound.url}/v1`, apiKey: 'unused', maxRetries: 0 })
  ollama = new Ollama({ host: bound.url })
})
afterAll(async () => {
  await gateway?.close()
  await engine?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const STORY = [{ role: 'user' as const, content: 'Tell me a story' }]

describe('the dialects agree on one model', () => {
  test('the same text from both, whole and streamed', async () => {
    const whole = await openai.chat.completions.create({
      model: 'demo',
      messages: STORY,
      temperature: 0,
      max_tokens: 40,
    })
    const text = whole.choices[0]?.message.content
    expect(text?.length).toBeGreaterThan(20)
    let streamed = ''
    const stream = await openai.chat.completions.create({
      model: 'demo',
      messages: STORY,
      temperature: 0,
      max_tokens: 40,
      stream: true,
    })
    for await (const chunk of stream) streamed += chunk.choices[0]?.delta.content ?? ''
    expect(streamed).toBe(text)
    const other = await ollama.chat({
      model: 'demo:latest',
      messages: STORY,
      options: { temperature: 0, num_predict: 40 },
    })
    expect(other.message.content).toBe(text)
    expect([other.done_reason, other.eval_count, other.prompt_eval_count]).toEqual([
      'length',
      40,
      whole.usage?.prompt_tokens,
    ])
  })

  test('raw completions in both', async () => {
    const prompt = 'Once upon a time'
    const completion = await openai.completions.create({ model: 'demo', prompt, temperature: 0, max_tokens: 12 })
    const generated = await ollama.generate({
      model: 'demo',
      prompt,
      raw: true,
      options: { temperature: 0, num_predict: 12 },
    })
    expect(generated.response).toBe(completion.choices[0]?.text)
  })

  test('embeddings in both', async () => {
    const { data } = await openai.embeddings.create({ model: 'demo-embed', input: ['red fox', 'blue whale'] })
    const { embeddings } = await ollama.embed({ model: 'demo-embed', input: ['red fox', 'blue whale'] })
    for (const [index, vector] of embeddings.entries()) {
      expect(vector).toHaveLength(data[index]?.embedding.length ?? 0)
      for (const [at, value] of vector.entries()) expect(value).toBeCloseTo(data[index]?.embedding[at] ?? Number.NaN, 6)
    }
  })
})

test('an empty prompt loads, keep_alive 0 unloads', async () => {
  expect(await ollama.generate({ model: 'demo', prompt: '', keep_alive: '5m' })).toMatchObject({ done_reason: 'load' })
  expect((await ollama.ps()).models.map((model) => model.name)).toContain('demo:latest')
  expect(await ollama.generate({ model: 'demo', prompt: '', keep_alive: 0 })).toMatchObject({ done_reason: 'unload' })
  expect((await ollama.ps()).models.map((model) => model.name)).not.toContain('demo:latest')
})

test('a client that leaves frees its sequence within 500 ms', async () => {
  const endless = { model: 'demo', messages: [{ role: 'user', content: 'Go on in an endless loop' }], stream: true }
  const raw = await rawConnection(port, rawPost('/v1/chat/completions', endless))
  await raw.until('"content":"')
  const active = (): number => engine.runtime.files().find((file) => file.id === 'demo')?.loaded?.activeRequests ?? -1
  await eventually(() => active() === 1)
  raw.socket.destroy()
  expect(await eventually(() => active() === 0)).toBeLessThan(500)
})

test('what cannot be done is refused with its status, in both dialects', async () => {
  const image = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  const withImage = await post(port, '/v1/chat/completions', {
    model: 'demo',
    messages: [
      { role: 'user', content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } }] },
    ],
  })
  expect([withImage.status, JSON.parse(withImage.body).error.code]).toEqual([400, 'unsupported'])
  expect((await post(port, '/api/generate', { model: 'demo', prompt: 'look', images: [image] })).status).toBe(400)
  const long = 'word '.repeat(20_000)
  const tooLong = await post(port, '/v1/chat/completions', {
    model: 'demo',
    messages: [{ role: 'user', content: long }],
  })
  expect([tooLong.status, JSON.parse(tooLong.body).error.code]).toEqual([400, 'context_length_exceeded'])
})
