import { Ollama } from 'ollama'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import { createFakeEngine, FAKE_USAGE, type FakeEngine, fakeFile, fakeModel, says } from '../../support/fake-engine.ts'
import { http, post } from '../../support/http-client.ts'

let engine: FakeEngine
let gateway: Gateway
let port: number
let client: Ollama

beforeEach(async () => {
  engine = createFakeEngine()
  gateway = createGateway({
    engine,
    host: '127.0.0.1',
    port: 0,
    rendererFolder: null,
    timing: { commitAfterMs: 50, keepAliveMs: 20 },
  })
  port = (await gateway.listen()).port
  client = new Ollama({ host: `http://127.0.0.1:${port}` })
})
afterEach(() => gateway.close())

const MESSAGES = [{ role: 'user', content: 'Hi' }]
const DETAILS = {
  parent_model: '',
  format: 'gguf',
  family: 'llama',
  families: ['llama'],
  parameter_size: '1M',
  quantization_level: 'F16',
}

describe('the official client', () => {
  test('lists models with a tag', async () => {
    engine.models.push(fakeModel('tagged:7b', { state: 'checking' }), fakeModel('broken', { state: 'unavailable' }))
    const { models } = await client.list()
    expect(models.map((model) => model.name)).toEqual(['demo:latest', 'embedder:latest', 'tagged:7b'])
    expect(models[0]).toEqual({
      name: 'demo:latest',
      model: 'demo:latest',
      modified_at: '2026-01-02T03:04:05.678000000Z',
      size: 1234,
      digest: 'ab'.repeat(32),
      details: DETAILS,
    })
  })

  test('lists what is loaded', async () => {
    expect(await client.ps()).toEqual({ models: [] })
    const loaded = {
      state: 'loaded' as const,
      progress: 1,
      loadedAt: 1,
      expiresAt: Date.UTC(2026, 0, 1),
      activeRequests: 0,
      queuedRequests: 0,
      contextSize: 2048,
      sequences: 1,
      memory: { ram: 100, vram: 20 },
      gpuLayers: 0,
      options: {},
    }
    engine.files.push(fakeFile('demo', { loaded }), fakeFile('embedder', { loaded: { ...loaded, expiresAt: null } }))
    const { models } = await client.ps()
    expect(models).toMatchObject([
      {
        name: 'demo:latest',
        size: 120,
        size_vram: 20,
        context_length: 2048,
        expires_at: '2026-01-01T00:00:00.000000000Z',
      },
      { name: 'embedder:latest', expires_at: '2318-01-01T00:00:00.000000000Z' },
    ])
  })

  test('shows a model', async () => {
    engine.files.push(fakeFile('demo', { options: { contextSize: 2048 } }))
    expect(await client.show({ model: 'demo:latest' })).toEqual({
      modelfile: '# Modelfile written by Switchyard\nFROM /models/demo.gguf\nTEMPLATE """{{ messages }}"""\n',
      parameters: `${'num_ctx'.padEnd(30)} 2048`,
      template: '{{ messages }}',
      details: DETAILS,
      model_info: { 'general.architecture': 'llama', 'llama.context_length': 4096, 'tokenizer.ggml.tokens': null },
      capabilities: ['completion', 'tools'],
      modified_at: '2026-01-02T03:04:05.678000000Z',
    })
    await expect(client.show({ model: 'nobody' })).rejects.toMatchObject({
      status_code: 404,
      error: "model 'nobody' not found",
    })
  })

  test('is not told of vectors by a model that answers: `ollama run` would show those alone', async () => {
    engine.files.push(fakeFile('both'), fakeFile('vectors'))
    engine.models.push(fakeModel('both', { capabilities: ['chat', 'completion', 'embedding', 'tools'] }))
    expect((await client.show({ model: 'both' })).capabilities).toEqual(['completion', 'tools'])
    engine.models.push(fakeModel('vectors', { capabilities: ['embedding'] }))
    expect((await client.show({ model: 'vectors' })).capabilities).toEqual(['embedding'])
  })

  test('gets a whole chat', async () => {
    const answer = await client.chat({
      model: 'demo:latest',
      messages: MESSAGES,
      options: { num_ctx: 512 },
      keep_alive: '5m',
    })
    expect(answer).toMatchObject({
      model: 'demo:latest',
      message: { role: 'assistant', content: 'Hello there' },
      done: true,
      done_reason: 'stop',
      load_duration: 2_000_000,
      prompt_eval_count: 7,
      prompt_eval_duration: 3_000_000,
      eval_count: 2,
      eval_duration: 4_000_000,
    })
    expect(answer.total_duration).toBeGreaterThan(0)
    expect(engine.calls[0]).toMatchObject({
      caller: { via: 'ollama' },
      request: { runtime: { contextSize: 512, keepAliveSeconds: 300, overflow: 'truncate' } },
    })
  })

  test('gets a streamed chat with thinking and a tool call', async () => {
    engine.models.push(fakeModel('thinker', { capabilities: ['chat', 'reasoning'] }))
    engine.script = says(
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'text-delta', text: 'Hel' },
      { type: 'text-delta', text: 'lo' },
      { type: 'tool-call-delta', index: 0, id: 'call_a', name: 'weather', argumentsDelta: '{"city":"Ulm"}' },
      FAKE_USAGE,
      { type: 'finish', reason: 'tool-calls' },
    )
    let text = ''
    let thinking = ''
    const calls: unknown[] = []
    let last: unknown
    for await (const part of await client.chat({ model: 'thinker', messages: MESSAGES, stream: true, think: true })) {
      text += part.message.content
      thinking += part.message.thinking ?? ''
      calls.push(...(part.message.tool_calls ?? []))
      last = part
    }
    expect({ text, thinking, calls }).toEqual({
      text: 'Hello',
      thinking: 'hm',
      calls: [{ id: 'call_a', function: { index: 0, name: 'weather', arguments: { city: 'Ulm' } } }],
    })
    expect(last).toMatchObject({ done: true, done_reason: 'stop', eval_count: 2 })
  })

  test('generates from a prompt, and raw', async () => {
    const whole = await client.generate({ model: 'demo', prompt: 'Hi', system: 'S' })
    expect(whole).toMatchObject({
      model: 'demo',
      response: 'Hello there',
      done: true,
      done_reason: 'stop',
      eval_count: 2,
    })
    let text = ''
    for await (const part of await client.generate({ model: 'demo', prompt: 'Hi', raw: true, stream: true }))
      text += part.response
    expect(text).toBe('Hello there')
    expect(engine.calls.map((call) => call.kind)).toEqual(['chat', 'completion'])
  })

  test('loads with an empty prompt and unloads with keep_alive 0', async () => {
    const load = await client.generate({ model: 'demo', prompt: '', keep_alive: '10m', options: { num_ctx: 256 } })
    expect(load).toMatchObject({ response: '', done: true, done_reason: 'load' })
    const unload = await client.chat({ model: 'demo:latest', messages: [], keep_alive: 0 })
    expect(unload).toMatchObject({ message: { role: 'assistant', content: '' }, done: true, done_reason: 'unload' })
    expect(engine.loads).toEqual([{ id: 'demo', options: { contextSize: 256, keepAliveSeconds: 600 } }])
    expect(engine.unloads).toEqual(['demo'])
    expect(engine.calls).toEqual([])
    await expect(client.generate({ model: 'nobody', prompt: '' })).rejects.toMatchObject({
      status_code: 404,
      error: "model 'nobody' not found",
    })
  })

  test('embeds, new call and old', async () => {
    expect(await client.embed({ model: 'embedder', input: ['a', 'b'] })).toEqual({
      model: 'embedder',
      embeddings: [
        [0.5, -0.25, 0],
        [0.5, -0.25, 1],
      ],
      total_duration: 2_000_000,
      load_duration: 1_000_000,
      prompt_eval_count: 5,
    })
    expect(await client.embeddings({ model: 'embedder', prompt: 'a' })).toEqual({ embedding: [0.5, -0.25, 0] })
    expect(await client.embed({ model: 'embedder', input: [] })).toMatchObject({ embeddings: [] })
  })

  test('an unknown model is refused in words that clients know', async () => {
    await expect(client.chat({ model: 'nobody', messages: MESSAGES })).rejects.toMatchObject({
      status_code: 404,
      error: "model 'nobody' not found",
    })
    await expect(client.chat({ model: 'nobody', messages: MESSAGES, stream: true })).rejects.toMatchObject({
      status_code: 404,
    })
  })

  test('an error after the first line is a line', async () => {
    engine.script = says(
      { type: 'text-delta', text: 'partial' },
      { type: 'error', error: new EngineError('runtime_crashed', 'The runtime stopped.') },
    )
    let text = ''
    const reading = (async () => {
      for await (const part of await client.chat({ model: 'demo', messages: MESSAGES, stream: true }))
        text += part.message.content
    })()
    await expect(reading).rejects.toThrow('The runtime stopped.')
    expect(text).toBe('partial')
  })

  test('a slow start sends empty pieces, which change nothing', async () => {
    let go = (): void => {}
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    engine.script = async function* () {
      await gate
      yield { type: 'text-delta', text: 'late' }
      yield { type: 'finish', reason: 'stop' }
    }
    const pieces: string[] = []
    for await (const part of await client.chat({ model: 'demo', messages: MESSAGES, stream: true })) {
      pieces.push(part.message.content)
      if (pieces.length === 2) go()
    }
    expect(pieces.slice(0, 2)).toEqual(['', ''])
    expect(pieces.join('')).toBe('late')
  })
})

describe('the wire', () => {
  test('streams NDJSON unless told otherwise, whatever the Content-Type of the request', async () => {
    const answer = await http(port, '/api/chat', {
      method: 'POST',
      body: JSON.stringify({ model: 'demo', messages: MESSAGES }),
    })
    expect(answer.headers['content-type']).toBe('application/x-ndjson')
    const lines = answer.body.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).done)).toEqual([false, false, true])
    expect(lines[0]).toMatch(
      /^\{"model":"demo","created_at":"[\d\-:T.]+Z","message":\{"role":"assistant","content":"Hello"\},"done":false\}$/,
    )
  })

  test('the root says what Ollama says', async () => {
    const answer = await http(port, '/')
    expect([answer.status, answer.headers['content-type'], answer.body]).toEqual([
      200,
      'text/plain; charset=utf-8',
      'Ollama is running',
    ])
    const head = await http(port, '/', { method: 'HEAD' })
    expect([head.status, head.body]).toEqual([200, ''])
  })

  test('version, by GET and HEAD', async () => {
    expect(JSON.parse((await http(port, '/api/version')).body)).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      switchyard: '9.9.9',
    })
    expect((await http(port, '/api/version', { method: 'HEAD' })).status).toBe(200)
    expect((await http(port, '/api/tags', { method: 'HEAD' })).status).toBe(200)
  })

  test.each([
    ['POST', '/api/chat', '{"messages":[]}', 400, 'model is required'],
    ['POST', '/api/show', '{}', 400, 'model is required'],
    ['POST', '/api/chat', '', 400, 'missing request body'],
    ['POST', '/api/chat', '{"model":', 400, /not valid JSON/],
    ['POST', '/api/embed', '{"model":"embedder","input":[1]}', 400, 'invalid input type'],
    ['POST', '/api/pull', '{"model":"x"}', 404, /^No Ollama connection is set up and enabled\./],
    ['DELETE', '/api/delete', '{"model":"x"}', 404, "model 'x' not found"],
    ['POST', '/api/blobs/sha256:00', 'x', 400, 'invalid digest format'],
    ['POST', `/api/blobs/sha256:${'0'.repeat(64)}`, 'x', 404, /^No Ollama connection is set up and enabled\./],
    ['GET', '/api/nothing', undefined, 404, /nothing at GET/],
    ['GET', '/api/chat', undefined, 405, /not allowed/],
  ])('%s %s %s is refused', async (method, path, body, status, error) => {
    const answer = await http(port, path, { method, ...(body === undefined ? {} : { body }) })
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.body)).toEqual({ error: typeof error === 'string' ? error : expect.stringMatching(error) })
  })

  test('show takes name for model', async () => {
    engine.files.push(fakeFile('demo'))
    expect((await post(port, '/api/show', { name: 'demo' })).status).toBe(200)
  })
})
