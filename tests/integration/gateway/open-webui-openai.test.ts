import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { OWNER } from '../../../src/main/engine/spec/principal.ts'
import { http, post } from '../../support/http-client.ts'
import { scriptedModel } from '../../support/upstreams/ollama-answers.ts'
import { eventsOf, jsonOf, startBench, startOllama, startOpenAi } from './open-webui-bench.ts'

const KEY = 'sk-canary-1234567890'
const HELLO = [{ role: 'user' as const, content: 'Hello' }]

describe('/openai', () => {
  test('the configuration shows masks; a mask sent back keeps its key, and a list is replaced as a whole', async () => {
    const server = await startOpenAi(['gpt-4o'])
    const bench = await startBench()
    const update = {
      ENABLE_OPENAI_API: true,
      OPENAI_API_BASE_URLS: [server.url],
      OPENAI_API_KEYS: [KEY, 'one too many'],
      OPENAI_API_CONFIGS: { 0: { prefix_id: 'cloud', tags: [{ name: 'paid' }] }, 7: { prefix_id: 'stale' } },
    }
    const updated = await bench.post('/openai/config/update', update)
    expect(updated.status).toBe(200)
    expect(jsonOf(updated)).toMatchObject({
      ENABLE_OPENAI_API: true,
      OPENAI_API_BASE_URLS: [server.url],
      OPENAI_API_KEYS: ['••••7890'],
      OPENAI_API_CONFIGS: {
        0: { enable: true, prefix_id: 'cloud', tags: [{ name: 'paid' }], connection_type: 'external' },
      },
    })
    expect(updated.body).not.toContain(KEY)
    const shown = jsonOf(await bench.get('/openai/config')) as typeof update
    expect(shown).toEqual(jsonOf(updated))
    expect(Object.keys(shown.OPENAI_API_CONFIGS)).toEqual(['0'])
    const [id] = bench.engine.connections.family('openai')

    // What is shown is sent back, with another server before it.
    const other = await startOpenAi(['other'], 'sk-other-0000001111')
    const again = await bench.post('/openai/config/update', {
      ...shown,
      OPENAI_API_BASE_URLS: [other.url, server.url],
      OPENAI_API_KEYS: ['sk-other-0000001111', '••••7890'],
      OPENAI_API_CONFIGS: { 1: shown.OPENAI_API_CONFIGS[0] },
    })
    expect((jsonOf(again) as typeof update).OPENAI_API_KEYS).toEqual(['••••1111', '••••7890'])
    expect(bench.engine.connections.family('openai')[1]).toBe(id)
    const chat = await bench.post('/openai/chat/completions', { model: 'cloud.gpt-4o', messages: HELLO })
    expect(chat.status).toBe(200)
    expect(server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${KEY}`)

    const moved = await bench.post('/openai/config/update', {
      ...(jsonOf(again) as typeof update),
      OPENAI_API_BASE_URLS: ['http://127.0.0.1:1/v1', server.url],
    })
    expect([moved.status, jsonOf(moved)]).toEqual([
      400,
      { detail: expect.stringMatching(/^The masked key or header was given for 127\.0\.0\.1:\d+\. Enter it again/) },
    ])
    const broken = await bench.post('/openai/config/update', {
      ...shown,
      OPENAI_API_BASE_URLS: ['not an address'],
      OPENAI_API_KEYS: ['sk-new'],
    })
    expect(broken.status).toBe(400)
    expect(jsonOf(await bench.get('/openai/config'))).toEqual(jsonOf(again))
  })

  test('verify gives the server’s list or its refusal; a saved mask stands for its key', async () => {
    const server = await startOpenAi(['gpt-4o'])
    const bench = await startBench()
    const good = await bench.post('/openai/verify', { url: server.url, key: KEY })
    expect([good.status, jsonOf(good)]).toEqual([
      200,
      { object: 'list', data: [{ id: 'gpt-4o', object: 'model', created: 1_715_367_049, owned_by: 'system' }] },
    ])
    const bad = await bench.post('/openai/verify', { url: server.url, key: 'sk-wrong' })
    expect([bad.status, jsonOf(bad)]).toEqual([
      401,
      {
        error: {
          message: 'Incorrect API key provided: it does not match.',
          type: 'invalid_request_error',
          param: null,
          code: 'invalid_api_key',
        },
      },
    ])
    const nobody = await bench.post('/openai/verify', { url: 'http://127.0.0.1:1/v1', key: KEY })
    expect(nobody.status).toBe(500)
    expect(jsonOf(nobody)).toEqual({
      detail: 'Open WebUI: Server Connection Error',
      reason: expect.stringMatching(/127\.0\.0\.1/),
    })
    await bench.add({ provider: 'openai', baseUrl: server.url, keys: [{ value: KEY }] })
    expect((await bench.post('/openai/verify', { url: server.url, key: '••••7890' })).status).toBe(200)
    expect(bench.engine.connections.family('openai')).toHaveLength(1)
  })

  test('models are merged, the first of equal ids stands', async () => {
    const first = await startOpenAi(['gpt-4o', 'same'])
    const second = await startOpenAi(['same', 'extra'])
    const ollama = await startOllama({ models: [scriptedModel('only-ollama:1b')] })
    const bench = await startBench()
    await bench.add({ provider: 'openai', baseUrl: first.url, keys: [{ value: KEY }] })
    await bench.add({ provider: 'openai', baseUrl: second.url, keys: [{ value: KEY }] })
    await bench.add({ provider: 'openai', baseUrl: second.url, keys: [{ value: KEY }], prefixId: 'b', tags: ['t'] })
    await bench.add({ provider: 'ollama', baseUrl: ollama.url })
    const answer = jsonOf(await bench.get('/openai/models')) as { data: Record<string, unknown>[] }
    expect(answer.data.map(({ id, urlIdx }) => [id, urlIdx])).toEqual([
      ['gpt-4o', 0],
      ['same', 0],
      ['extra', 1],
      ['b.same', 2],
      ['b.extra', 2],
    ])
    const raw = { id: 'same', object: 'model', created: 1_715_367_049, owned_by: 'system' }
    expect(answer.data[3]).toEqual({
      ...raw,
      id: 'b.same',
      name: 'same',
      owned_by: 'openai',
      openai: raw,
      connection_type: 'external',
      tags: [{ name: 't' }],
      urlIdx: 2,
    })
    expect(jsonOf(await bench.get('/openai/models/1'))).toMatchObject({
      object: 'list',
      data: [{ id: 'same' }, { id: 'extra' }],
    })

    const all = jsonOf(await bench.get('/api/models')) as { data: Record<string, unknown>[] } & Record<string, unknown>
    expect(Object.keys(all)).toEqual(['data'])
    expect(all.data.map(({ id }) => id)).toEqual(['gpt-4o', 'same', 'extra', 'b.same', 'b.extra', 'only-ollama:1b'])
    expect(all.data.at(-1)).toMatchObject({ owned_by: 'ollama', object: 'model', ollama: { urls: [0] }, tags: [] })
    expect(jsonOf(await bench.get('/api/v1/models?refresh=true'))).toEqual(all)
  })

  test('each entry has the tags of its connection and its record, and what holds for all models', async () => {
    const server = await startOpenAi(['plain', 'named'])
    const bench = await startBench()
    await bench.add({ provider: 'openai', baseUrl: server.url, keys: [{ value: KEY }], tags: ['t', 'both'] })
    const { presets } = bench.engine
    const record = { params: {}, grants: [] }
    const tags = [{ name: 'own' }, { name: 'both' }]
    const capabilities = { vision: true }
    const meta = { tags, capabilities, description: null }
    presets.create({ ...record, id: 'named', baseModelId: null, name: 'Named', meta }, OWNER)
    presets.create({ ...record, id: 'over', baseModelId: 'plain', name: 'Over', meta: { description: 'Mine' } }, OWNER)
    const facts = async (): Promise<unknown[]> => {
      const { data } = jsonOf(await bench.get('/api/models')) as { data: Record<string, unknown>[] }
      return data.map(({ id, tags, info, actions, filters }) => {
        return [id, tags, (info as { meta: unknown } | undefined)?.meta, actions, filters]
      })
    }
    const ofConnection = [{ name: 't' }, { name: 'both' }]
    expect(await facts()).toEqual([
      ['plain', ofConnection, undefined, [], []],
      ['named', [...ofConnection, { name: 'own' }], meta, [], []],
      ['over', [], { description: 'Mine' }, [], []],
    ])
    const everywhere = {
      description: 'Of the house',
      capabilities: { vision: false, usage: true },
      tags: ['all'],
      profile_image_url: '/static/favicon.png',
    }
    await bench.post('/api/v1/configs/models', { DEFAULT_MODEL_METADATA: everywhere })
    const { profile_image_url: _picture, ...shown } = everywhere
    expect(await facts()).toEqual([
      ['plain', [...ofConnection, { name: 'all' }], shown, [], []],
      [
        'named',
        [...ofConnection, { name: 'own' }],
        { tags, description: 'Of the house', capabilities: { vision: true, usage: true } },
        [],
        [],
      ],
      ['over', [{ name: 'all' }], { ...shown, description: 'Mine' }, [], []],
    ])
  })

  test('refusals are the upstream’s own; unknown models and other paths have Open WebUI’s words', async () => {
    const server = await startOpenAi(['gpt-4o'])
    const ollama = await startOllama({ models: [scriptedModel('only-ollama:1b')] })
    const bench = await startBench()
    await bench.add({ provider: 'openai', baseUrl: server.url, keys: [{ value: KEY }] })
    await bench.add({ provider: 'ollama', baseUrl: ollama.url })
    server.refusal = { status: 429, body: '{"error":{"message":"Slow down","type":"requests","code":"rate_limit"}}' }
    for (const stream of [false, true]) {
      const answer = await bench.post('/openai/chat/completions', { model: 'gpt-4o', messages: HELLO, stream })
      expect([answer.status, jsonOf(answer)]).toEqual([429, JSON.parse(server.refusal.body)])
    }
    server.refusal = { status: 500, body: '<h1>Oh no</h1>' }
    const page = await bench.post('/openai/chat/completions', { model: 'gpt-4o', messages: HELLO })
    expect(page.status).toBe(500)
    expect(jsonOf(page)).toEqual({ error: { message: expect.any(String), code: 'upstream_error' } })

    for (const model of ['none', 'only-ollama:1b']) {
      const unknown = await bench.post('/openai/chat/completions', { model, messages: HELLO })
      expect([unknown.status, jsonOf(unknown)]).toEqual([404, { detail: "Model '' was not found" }])
    }
    for (const [method, path] of [
      ['GET', '/openai/files'],
      ['POST', '/openai/v1/images/generations'],
      ['DELETE', '/openai/x/y'],
      ['PUT', '/openai/files/1'],
      ['PATCH', '/openai/files/1'],
    ] as const) {
      const other = await http(bench.port, path, { method })
      expect([other.status, jsonOf(other)]).toEqual([
        403,
        { detail: 'Direct API passthrough is disabled. Set ENABLE_OPENAI_API_PASSTHROUGH=True to enable.' },
      ])
    }
    // A path that there is says which methods it takes.
    const wrongMethod = await http(bench.port, '/openai/config', { method: 'PUT' })
    expect([wrongMethod.status, wrongMethod.headers.allow]).toEqual([405, 'GET, HEAD'])
    await bench.engine.connections.setFamilyEnabled('openai', false)
    const off = await bench.get('/openai/models')
    expect([off.status, jsonOf(off)]).toEqual([503, { detail: 'OpenAI API is disabled' }])
    expect((await bench.get('/openai/config')).status).toBe(200)
  })
})

describe('/ollama configuration', () => {
  test('is replaced as a whole; keys are masked; verify asks the version', async () => {
    const server = await startOllama({ behaviour: { key: 'canary-key-12345' } })
    const bench = await startBench()
    const updated = await bench.post('/ollama/config/update', {
      ENABLE_OLLAMA_API: null,
      OLLAMA_BASE_URLS: [server.url],
      OLLAMA_API_CONFIGS: { 0: { key: 'canary-key-12345', prefix_id: 'gpu' }, 3: {} },
    })
    expect(jsonOf(updated)).toMatchObject({
      ENABLE_OLLAMA_API: true,
      OLLAMA_BASE_URLS: [server.url],
      OLLAMA_API_CONFIGS: { 0: { key: '••••2345', prefix_id: 'gpu', connection_type: 'local' } },
    })
    expect(jsonOf(await bench.post('/ollama/config/update', jsonOf(updated)))).toEqual(jsonOf(updated))
    expect(jsonOf(await bench.get('/ollama/api/version/0'))).toEqual({ version: '0.13.5' })

    expect(jsonOf(await bench.post('/ollama/verify', { url: server.url, key: '••••2345' }))).toEqual({
      version: '0.13.5',
    })
    const refused = await bench.post('/ollama/verify', { url: server.url, key: 'wrong' })
    expect([refused.status, jsonOf(refused)]).toEqual([
      500,
      { detail: 'Unexpected error: External Error: unauthorized' },
    ])
    server.behaviour.missing.add('/api/version')
    const old = await bench.post('/ollama/verify', { url: server.url, key: '••••2345' })
    expect([old.status, jsonOf(old)]).toEqual([500, { detail: 'Unexpected error: HTTP Error: 404' }])
    await server.kill()
    const dead = await bench.post('/ollama/verify', { url: server.url })
    expect(dead.status).toBe(500)
    expect(jsonOf(dead)).toEqual({
      detail: 'Open WebUI: Server Connection Error',
      reason: expect.stringMatching(/127\.0\.0\.1/),
    })
    const off = await bench.post('/ollama/config/update', { ENABLE_OLLAMA_API: false, OLLAMA_BASE_URLS: [] })
    expect(jsonOf(off)).toEqual({ ENABLE_OLLAMA_API: false, OLLAMA_BASE_URLS: [], OLLAMA_API_CONFIGS: {} })
  })
})

describe('/api/chat/completions', () => {
  test('the official client; Open WebUI’s fields stay here, its parameters go on', async () => {
    const server = await startOpenAi(['gpt-4o'])
    const bench = await startBench()
    await bench.add({ provider: 'openai', baseUrl: server.url, keys: [{ value: KEY }] })
    const client = new OpenAI({ baseURL: `http://127.0.0.1:${bench.port}/api`, apiKey: 'unused', maxRetries: 0 })
    const whole = await client.chat.completions.create({ model: 'gpt-4o', messages: HELLO })
    expect(whole.choices[0]?.message.content).toBe('Hello there')
    let text = ''
    const stream = await client.chat.completions.create({ model: 'gpt-4o', messages: HELLO, stream: true })
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe('Hello there')

    const answer = await bench.post('/api/v1/chat/completions', {
      model: 'gpt-4o',
      messages: HELLO,
      chat_id: 'c1',
      session_id: 's1',
      features: { web_search: true },
      options: { num_ctx: 1 },
      variables: { '{{USER_LANGUAGE}}': 'Welsh' },
      params: { temperature: '0.5', stop: 'END\\n', system: 'Speak {{USER_LANGUAGE}}.', function_calling: 'native' },
    })
    expect(answer.status).toBe(200)
    const sent = server.requests.at(-1)?.body as Record<string, unknown>
    expect(sent).toMatchObject({
      model: 'gpt-4o',
      temperature: 0.5,
      messages: [{ role: 'system', content: 'Speak Welsh.' }, ...HELLO],
    })
    for (const field of ['chat_id', 'session_id', 'features', 'options', 'variables', 'params', 'system']) {
      expect(sent).not.toHaveProperty(field)
    }
  })

  test('Ollama gets parameters as options; its answer has Open WebUI’s usage', async () => {
    const server = await startOllama({ models: [scriptedModel('a:1b')] })
    const bench = await startBench()
    await bench.add({ provider: 'ollama', baseUrl: server.url, prefixId: 'gpu' })
    const body = {
      model: 'gpu.a:1b',
      messages: [{ role: 'user', content: 'Tell me a joke' }],
      top_p: 0.3,
      options: { top_k: 7, top_p: 0.9, temperature: 0.1, num_keep: 3 },
      params: { temperature: 0.7, num_ctx: 8192, mirostat: 1, max_tokens: 500, think: false, keep_alive: '10m' },
    }
    const answer = await bench.post('/api/chat/completions', body)
    expect(answer.status).toBe(200)
    expect(server.requestsTo('/api/chat').at(-1)?.body).toMatchObject({
      model: 'a:1b',
      think: false,
      options: { temperature: 0.7, top_p: 0.3, top_k: 7, num_ctx: 8192, num_keep: 3, mirostat: 1, num_predict: 500 },
    })
    const usage = {
      'response_token/s': expect.any(Number),
      eval_count: expect.any(Number),
      approximate_total: expect.stringMatching(/^\d+h\d+m\d+s$/),
      total_tokens: expect.any(Number),
    }
    expect(jsonOf(answer)).toMatchObject({ object: 'chat.completion', usage })
    const events = eventsOf(await bench.post('/api/chat/completions', { ...body, stream: true }))
    expect(events.at(-1)).toMatchObject({ choices: [{ delta: {}, finish_reason: 'stop' }], usage })
    expect(events.every(({ model }) => model === 'gpu.a:1b')).toBe(true)
  })

  test('a system message has its variables filled in, whatever the upstream', async () => {
    const openAi = await startOpenAi(['gpt-4o'])
    const ollama = await startOllama({ models: [scriptedModel('a:1b')] })
    const bench = await startBench()
    await bench.add({ provider: 'openai', baseUrl: openAi.url, keys: [{ value: KEY }] })
    await bench.add({ provider: 'ollama', baseUrl: ollama.url })
    const messages = [{ role: 'system', content: 'Help {{USER_NAME}}, {{USER_EMAIL}}.' }, ...HELLO]
    const filled = [{ role: 'system', content: 'Help owner, None.' }, ...HELLO]
    for (const stream of [false, true]) {
      expect((await bench.post('/api/chat/completions', { model: 'gpt-4o', messages, stream })).status).toBe(200)
      expect(openAi.requests.at(-1)?.body).toMatchObject({ messages: filled })
      expect((await bench.post('/api/chat/completions', { model: 'a:1b', messages, stream })).status).toBe(200)
      expect(ollama.requestsTo('/api/chat').at(-1)?.body).toMatchObject({ messages: filled })
    }
  })

  test('a logit_bias as Open WebUI writes it is no mistake where the model cannot be told it', async () => {
    const server = await startOllama({ models: [scriptedModel('a:1b')] })
    const bench = await startBench()
    await bench.add({ provider: 'ollama', baseUrl: server.url })
    for (const path of ['/api/chat/completions', '/v1/chat/completions']) {
      const body = { model: 'a:1b', messages: HELLO, logit_bias: '50256:-100,42:500' }
      const { status, headers } = await bench.post(path, body)
      expect([status, headers['x-switchyard-not-sent']]).toEqual([200, 'logit_bias'])
    }
  })

  test('every failure of a provider is a 400 with its words', async () => {
    const server = await startOpenAi(['gpt-4o'])
    const bench = await startBench()
    await bench.add({ provider: 'openai', baseUrl: server.url, keys: [{ value: KEY }] })
    const unknown = await bench.post('/api/chat/completions', { model: 'none', messages: HELLO })
    expect([unknown.status, jsonOf(unknown)]).toEqual([400, { detail: 'Model not found' }])
    server.refusal = { status: 503, body: '{"error":{"message":"The engine is overloaded"}}' }
    const failed = await bench.post('/api/chat/completions', { model: 'gpt-4o', messages: HELLO })
    expect([failed.status, jsonOf(failed)]).toEqual([400, { detail: 'The engine is overloaded' }])
  })
})

describe('the rest of /api', () => {
  test('embeddings: OpenAI’s and Ollama’s at one path', async () => {
    const server = await startOllama()
    const bench = await startBench()
    await bench.add({ provider: 'ollama', baseUrl: server.url })
    for (const path of ['/api/embeddings', '/api/v1/embeddings']) {
      const answer = await bench.post(path, { model: 'all-minilm', input: ['a', 'b'] })
      expect(answer.status).toBe(200)
      expect(jsonOf(answer)).toMatchObject({ object: 'list', data: [{ index: 0 }, { index: 1 }] })
    }
    const old = jsonOf(await bench.post('/api/embeddings', { model: 'all-minilm', prompt: 'a' })) as {
      embedding: number[]
    }
    expect(old.embedding).toHaveLength(16)
    const unknown = await bench.post('/api/embeddings', { model: 'none', input: 'a' })
    expect([unknown.status, jsonOf(unknown)]).toEqual([400, { detail: 'Model not found' }])
    const unknownOld = await bench.post('/api/embeddings', { model: 'none', prompt: 'a' })
    expect([unknownOld.status, jsonOf(unknownOld)]).toEqual([404, { error: "model 'none' not found" }])
  })

  test('messages, unloading, facts and health', async () => {
    const server = await startOllama({ models: [scriptedModel('a:1b')] })
    const remote = await startOpenAi(['gpt-4o'])
    const bench = await startBench()
    await bench.add({ provider: 'ollama', baseUrl: server.url })
    await bench.add({ provider: 'openai', baseUrl: remote.url, keys: [{ value: KEY }] })
    for (const path of ['/api/message', '/api/v1/messages']) {
      const answer = await bench.post(path, { model: 'a:1b', max_tokens: 50, messages: HELLO })
      expect(jsonOf(answer)).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' })
    }
    const count = jsonOf(await bench.post('/api/v1/messages/count_tokens', { model: 'a:1b', messages: HELLO }))
    expect(count).toEqual({ input_tokens: expect.any(Number) })
    const wrong = await bench.post('/api/v1/messages', { model: 'none', max_tokens: 5, messages: HELLO })
    expect([wrong.status, jsonOf(wrong)]).toMatchObject([404, { type: 'error', error: { type: 'not_found_error' } }])

    expect(server.loaded.size).toBe(1)
    expect(jsonOf(await bench.post('/api/models/unload', { model: 'a:1b' }))).toEqual({ status: true })
    expect(server.loaded.size).toBe(0)
    const cannot = await bench.post('/api/models/unload', { model: 'gpt-4o' })
    expect([cannot.status, jsonOf(cannot)]).toEqual([
      400,
      { detail: 'Provider "openai" does not support model unloading' },
    ])
    const missing = await bench.post('/api/models/unload', { model: 'none' })
    expect([missing.status, jsonOf(missing)]).toEqual([404, { detail: 'Model "none" not found' }])

    expect(jsonOf(await bench.get('/api/config'))).toMatchObject({ status: true, name: 'Switchyard', version: '1.2.3' })
    expect(jsonOf(await bench.get('/api/usage'))).toEqual({ model_ids: [], user_count: 1 })
    for (const path of ['/ready', '/health/db']) expect(jsonOf(await bench.get(path))).toEqual({ status: true })
    const nothing = await post(bench.port, '/api/v1/nothing', {})
    expect([nothing.status, jsonOf(nothing)]).toEqual([404, { detail: expect.stringMatching(/^There is nothing/) }])
  })
})
