import { Ollama } from 'ollama'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { http } from '../../support/http-client.ts'
import { until } from '../../support/until.ts'
import { scriptedModel } from '../../support/upstreams/ollama-answers.ts'
import { jsonOf, linesOf, startBench, startOllama, startOpenAi } from './open-webui-bench.ts'

describe('lists', () => {
  test('tags are merged: prefix on `model` alone, tags, kind and list positions', async () => {
    const first = await startOllama({ models: [scriptedModel('llama3.1:8b'), scriptedModel('shared:1b')] })
    const second = await startOllama({ models: [scriptedModel('shared:1b'), scriptedModel('hidden:1b')] })
    const third = await startOllama({ models: [scriptedModel('shared:1b')] })
    const bench = await startBench()
    await bench.add({ provider: 'ollama', baseUrl: first.url })
    await bench.add({ provider: 'ollama', baseUrl: second.url, modelIds: ['shared:1b'], tags: ['lab'] })
    await bench.add({
      provider: 'ollama',
      baseUrl: third.url,
      prefixId: 'gpu',
      tags: ['fast'],
      connectionType: 'external',
    })

    const answer = await bench.get('/ollama/api/tags')
    expect(answer.status).toBe(200)
    const { models } = jsonOf(answer) as { models: Record<string, unknown>[] }
    expect(
      models.map(({ name, model, urls, tags, connection_type }) => ({ name, model, urls, tags, connection_type })),
    ).toEqual([
      { name: 'llama3.1:8b', model: 'llama3.1:8b', urls: [0], tags: undefined, connection_type: 'local' },
      { name: 'shared:1b', model: 'shared:1b', urls: [0, 1], tags: undefined, connection_type: 'local' },
      { name: 'shared:1b', model: 'gpu.shared:1b', urls: [2], tags: [{ name: 'fast' }], connection_type: 'external' },
    ])
    expect(models[0]).toMatchObject({ size: 4_661_224_676, details: { family: 'llama', parameter_size: '8.0B' } })
    expect(answer.headers['x-process-time']).toMatch(/^\d+\.\d{6}$/)

    const own = jsonOf(await bench.get('/ollama/api/tags/2')) as { models: { model: string }[] }
    expect(own.models.map(({ model }) => model)).toEqual(['shared:1b'])
    const names = jsonOf(await bench.get('/ollama/v1/models')) as { data: { id: string; owned_by: string }[] }
    expect(names.data.map(({ id, owned_by }) => [id, owned_by])).toEqual([
      ['llama3.1:8b', 'openai'],
      ['shared:1b', 'openai'],
      ['gpu.shared:1b', 'openai'],
    ])
  })

  test('the root lists the details that the server of a model gives', async () => {
    const families = ['llama', 'clip']
    const first = await startOllama({ models: [scriptedModel('sees:1b', { families }), scriptedModel('old:1b')] })
    const second = await startOllama({
      models: [scriptedModel('sees:1b', { quantization: 'F16', digest: 'ab'.repeat(32) })],
    })
    const bench = await startBench()
    await bench.add({ provider: 'ollama', baseUrl: first.url, prefixId: 'gpu' })
    await bench.add({ provider: 'ollama', baseUrl: second.url })
    const { models } = await new Ollama({ host: `http://127.0.0.1:${bench.port}` }).list()
    const details = {
      parent_model: '',
      format: 'gguf',
      family: 'llama',
      families,
      parameter_size: '8.0B',
      quantization_level: 'Q4_K_M',
    }
    expect(models.map(({ name, digest, details }) => ({ name, digest, details }))).toEqual([
      { name: 'gpu.sees:1b', digest: scriptedModel('sees:1b').digest, details },
      { name: 'gpu.old:1b', digest: scriptedModel('old:1b').digest, details: { ...details, families: ['llama'] } },
      {
        name: 'sees:1b',
        digest: 'ab'.repeat(32),
        details: { ...details, families: ['llama'], quantization_level: 'F16' },
      },
    ])
    expect(models[0]).toMatchObject({ size: 4_661_224_676, modified_at: '2026-08-26T18:46:36.388000000Z' })
  })

  test('what runs is merged, with prefix and positions; the root shows it too', async () => {
    const first = await startOllama({ models: [scriptedModel('a:1b')] })
    const second = await startOllama({ models: [scriptedModel('a:1b')] })
    const bench = await startBench()
    await bench.add({ provider: 'ollama', baseUrl: first.url })
    await bench.add({ provider: 'ollama', baseUrl: second.url, prefixId: 'gpu' })
    for (const index of [0, 1])
      await bench.post(`/ollama/api/chat/${index}`, {
        model: 'a:1b',
        messages: [{ role: 'user', content: 'joke' }],
        stream: false,
      })

    const running = jsonOf(await bench.get('/ollama/api/ps')) as { models: Record<string, unknown>[] }
    expect(running.models.map(({ name, model, urls }) => ({ name, model, urls }))).toEqual([
      { name: 'a:1b', model: 'a:1b', urls: [0] },
      { name: 'a:1b', model: 'gpu.a:1b', urls: [1] },
    ])
    const root = jsonOf(await bench.get('/api/ps')) as { models: { name: string; model: string }[] }
    expect(root.models.map(({ name, model }) => [name, model])).toEqual([
      ['a:1b', 'a:1b'],
      ['gpu.a:1b', 'gpu.a:1b'],
    ])

    const refused = await bench.post('/ollama/api/unload', {})
    expect([refused.status, jsonOf(refused)]).toEqual([400, { detail: 'Missing name of the model to unload.' }])
    expect(jsonOf(await bench.post('/ollama/api/unload', { model: 'none' }))).toEqual({
      detail: "Model 'none' was not found",
    })
    const done = await bench.post('/ollama/api/unload', { model: 'gpu.a:1b' })
    expect([done.status, jsonOf(done)]).toEqual([200, { status: true }])
    expect(first.loaded.has('a:1b')).toBe(true)
    expect(second.loaded.size).toBe(0)
  })

  test('the root loads and unloads at the server that has the model; a failed unload says where', async () => {
    const server = await startOllama({ models: [scriptedModel('a:1b')] })
    const bench = await startBench()
    await bench.add({ provider: 'ollama', baseUrl: server.url, prefixId: 'gpu' })
    const load = await bench.post('/api/generate', { model: 'gpu.a:1b', options: { num_ctx: 2048 }, keep_alive: '1h' })
    expect(jsonOf(load)).toMatchObject({ model: 'gpu.a:1b', done: true, done_reason: 'load' })
    expect(server.requestsTo('/api/generate').at(-1)?.body).toEqual({
      model: 'a:1b',
      stream: false,
      keep_alive: 3600,
      options: { num_ctx: 2048 },
    })
    const unload = await bench.post('/api/chat', { model: 'gpu.a:1b', messages: [], keep_alive: 0 })
    expect(jsonOf(unload)).toMatchObject({ done_reason: 'unload' })
    expect(server.loaded.size).toBe(0)
    server.behaviour.failing.set('/api/generate', 500)
    const failed = await bench.post('/ollama/api/unload', { model: 'gpu.a:1b' })
    expect(failed.status).toBe(500)
    expect((jsonOf(failed) as { detail: string }).detail).toMatch(
      /^Failed to unload model on 1 nodes: \[.*scripted failure/,
    )
  })

  test('what came to a server by other means is loaded and unloaded at once', async () => {
    const server = await startOllama({ models: [] })
    const bench = await startBench()
    const id = await bench.add({ provider: 'ollama', baseUrl: server.url, prefixId: 'gpu' })
    onTestFinished(() => void vi.useRealTimers())
    for (const [path, body] of [
      ['/api/generate', { keep_alive: -1 }],
      ['/api/chat', { messages: [] }],
      ['/api/embed', { input: [] }],
      ['/ollama/api/generate', { keep_alive: -1 }],
    ] as const) {
      await bench.engine.catalog.refresh(id)
      server.library.models.set('new:latest', scriptedModel('new:latest'))
      // Its list is old by now.
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 })
      const loaded = await bench.post(path, { model: 'gpu.new', ...body })
      expect([path, loaded.status]).toEqual([path, 200])
      expect([...server.loaded.keys()]).toEqual(['new:latest'])
      expect((await bench.post('/api/generate', { model: 'gpu.new', keep_alive: 0 })).status).toBe(200)
      expect(server.loaded.size).toBe(0)
      server.library.models.clear()
    }
    const nobody = await bench.post('/api/chat', { model: 'gpu.nobody', messages: [] })
    expect([nobody.status, jsonOf(nobody)]).toEqual([404, { error: "model 'gpu.nobody' not found" }])
  })

  test('the lowest version of all, one server its own with the key, and none', async () => {
    const old = await startOllama({ behaviour: { version: '0.9.12' } })
    const locked = await startOllama({ behaviour: { version: '0.13.5', key: 'canary-key-12345' } })
    const bench = await startBench()
    const dead = await startOllama()
    await bench.add({ provider: 'ollama', baseUrl: locked.url, keys: [{ value: 'canary-key-12345' }] })
    expect(jsonOf(await bench.get('/ollama/api/version'))).toEqual({ version: '0.13.5' })
    await bench.add({ provider: 'ollama', baseUrl: old.url })
    expect(jsonOf(await bench.get('/ollama/api/version'))).toEqual({ version: '0.9.12' })
    expect(jsonOf(await bench.get('/ollama/api/version/0'))).toEqual({ version: '0.13.5' })
    // The update waits for the first look, so a server that dies after it is still known by its version.
    await dead.kill()
    await bench.post('/ollama/config/update', { OLLAMA_BASE_URLS: [dead.url], OLLAMA_API_CONFIGS: {} })
    const none = await bench.get('/ollama/api/version')
    expect([none.status, jsonOf(none)]).toEqual([500, { detail: 'WebUI could not connect to Ollama' }])
    const missing = await bench.get('/ollama/api/version/7')
    expect([missing.status, jsonOf(missing)]).toEqual([404, { detail: 'There is no Ollama connection number 7.' }])
  })

  test('a list does not wait for a slow or dead server', async () => {
    const slow = await startOllama({ models: [scriptedModel('slow:1b')] })
    const dead = await startOllama({ models: [scriptedModel('dead:1b')] })
    const bench = await startBench()
    await bench.add({ provider: 'ollama', baseUrl: slow.url })
    await bench.add({ provider: 'ollama', baseUrl: dead.url })
    slow.behaviour.delayMs = 30_000
    await dead.kill()
    for (const path of ['/ollama/api/tags', '/api/tags', '/api/models', '/openai/models', '/v1/models']) {
      const started = performance.now()
      expect((await bench.get(path)).status).toBe(200)
      expect(performance.now() - started).toBeLessThan(500)
    }
  })
})

describe('answers', () => {
  test('a named index is obeyed; without one the holders of the family serve', async () => {
    const first = await startOllama({ models: [scriptedModel('a:1b')] })
    const second = await startOllama({ models: [scriptedModel('a:1b'), scriptedModel('b:1b')] })
    const bench = await startBench()
    const firstId = await bench.add({ provider: 'ollama', baseUrl: first.url })
    const secondId = await bench.add({ provider: 'ollama', baseUrl: second.url, prefixId: 'gpu' })
    const messages = [{ role: 'user', content: 'Tell me a joke' }]

    const plain = await bench.post('/ollama/api/chat', { model: 'gpu.b:1b', messages, stream: false })
    expect([plain.status, plain.headers['x-switchyard-connection']]).toEqual([200, secondId])
    expect(second.requestsTo('/api/chat').at(-1)?.body).toMatchObject({ model: 'b:1b' })
    const bare = await bench.post('/ollama/api/chat/1', { model: 'b:1b', messages, stream: false })
    expect([bare.status, bare.headers['x-switchyard-connection']]).toEqual([200, secondId])
    const named = await bench.post('/ollama/api/generate/0', { model: 'a:1b', prompt: 'joke' })
    expect([named.status, named.headers['x-switchyard-connection']]).toEqual([200, firstId])
    expect(linesOf(named).at(-1)).toMatchObject({ done: true, done_reason: 'stop' })
    const openAi = await bench.post('/ollama/v1/chat/completions', { model: 'gpu.a:1b', messages })
    expect([openAi.status, openAi.headers['x-switchyard-connection']]).toEqual([200, secondId])
    const embedded = await bench.post('/ollama/api/embed/1', { model: 'gpu.a:1b', input: ['x', 'y'] })
    expect((jsonOf(embedded) as { embeddings: unknown[] }).embeddings).toHaveLength(2)
  })

  test('a message has a content or tool calls; the root is as lenient as Ollama', async () => {
    const server = await startOllama({ models: [scriptedModel('a:1b')] })
    const bench = await startBench()
    await bench.add({ provider: 'ollama', baseUrl: server.url })
    const ask = (path: string, ...messages: object[]) =>
      bench.post(path, { model: 'a:1b', messages: [{ role: 'user', content: 'joke' }, ...messages], stream: false })

    for (const empty of [{ role: 'user' }, { role: 'assistant', content: null, tool_calls: null }]) {
      for (const path of ['/ollama/api/chat', '/ollama/api/chat/0']) {
        const refused = await ask(path, empty)
        expect([refused.status, jsonOf(refused)]).toEqual([
          400,
          { detail: "messages[1]: At least one of 'content' or 'tool_calls' must be provided" },
        ])
      }
      expect(server.requestsTo('/api/chat')).toEqual([])
      expect((await ask('/api/chat', empty)).status).toBe(200)
      server.requests.length = 0
    }
    const call = { function: { name: 'weather', arguments: { city: 'Ulm' } } }
    const full = [
      { role: 'assistant', tool_calls: [call] },
      { role: 'tool', content: '' },
    ]
    expect((await ask('/ollama/api/chat', ...full)).status).toBe(200)
    const load = await bench.post('/ollama/api/chat', { model: 'a:1b' })
    expect(jsonOf(load)).toMatchObject({ done_reason: 'load' })
  })

  test('refusals: unknown model, server error, dead server, bad index, switched off', async () => {
    const server = await startOllama({ models: [scriptedModel('a:1b')] })
    const bench = await startBench()
    await bench.add({ provider: 'ollama', baseUrl: server.url })
    const ask = (content: string, model = 'a:1b', path = '/ollama/api/chat') =>
      bench.post(path, { model, messages: [{ role: 'user', content }] })

    const unknown = await ask('x', 'none')
    expect([unknown.status, jsonOf(unknown)]).toEqual([400, { detail: "Model 'none' was not found" }])
    const failed = await ask('#500')
    expect([failed.status, jsonOf(failed)]).toEqual([
      500,
      { detail: 'llama runner process has terminated: exit status 2' },
    ])
    const index = await ask('x', 'a:1b', '/ollama/api/chat/9')
    expect([index.status, jsonOf(index)]).toEqual([404, { detail: 'There is no Ollama connection number 9.' }])
    await server.kill()
    const dead = await ask('x')
    expect(dead.status).toBe(500)
    expect((jsonOf(dead) as { detail: string }).detail).toMatch(/^Ollama: /)

    await bench.engine.connections.setFamilyEnabled('ollama', false)
    const off = await ask('x')
    expect([off.status, jsonOf(off)]).toEqual([
      503,
      { detail: 'The Ollama API is disabled. Please enable it to use this feature.' },
    ])
    expect(jsonOf(await bench.get('/ollama/api/ps'))).toEqual({ models: [] })
    expect(jsonOf(await bench.get('/ollama/api/version'))).toEqual({ version: false })
    expect(jsonOf(await bench.get('/ollama/'))).toEqual({ status: true })
    expect((await http(bench.port, '/ollama/', { method: 'HEAD' })).status).toBe(200)
  })
})

describe('management', () => {
  test('a pull streams in Ollama’s shape and goes on without its client', async () => {
    const first = await startOllama({ models: [], script: { stepBytes: 50_000 } })
    const second = await startOllama({ models: [], script: { stepBytes: 10_000, stepMs: 5 } })
    first.script.registry.set('tiny', { layers: [200_000] })
    second.script.registry.set('tiny', { layers: [200_000] })
    const bench = await startBench()
    await bench.add({ provider: 'ollama', baseUrl: first.url })
    await bench.add({ provider: 'ollama', baseUrl: second.url, prefixId: 'gpu' })

    const pulled = await bench.post('/ollama/api/pull', { name: 'tiny' })
    expect(pulled.headers['content-type']).toBe('application/x-ndjson')
    const lines = linesOf(pulled)
    expect(lines.at(-1)).toEqual({ status: 'success' })
    expect(first.library.models.has('tiny:latest')).toBe(true)
    expect(second.library.models.size).toBe(0)

    // The official client sees bytes move.
    first.script.registry.set('mid', { layers: [300_000] })
    first.script.stepMs = 100
    const client = new Ollama({ host: `http://127.0.0.1:${bench.port}` })
    const seen: unknown[] = []
    for await (const step of await client.pull({ model: 'mid', stream: true })) seen.push(step)
    expect(seen).toContainEqual({
      status: expect.stringMatching(/^pulling [0-9a-f]{12}$/),
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      total: 300_000,
      completed: expect.any(Number),
    })
    expect(seen.at(-1)).toEqual({ status: 'success' })

    // The client goes after the first line, and the pull ends all the same.
    const leaving = new AbortController()
    const response = await fetch(`http://127.0.0.1:${bench.port}/ollama/api/pull/1`, {
      method: 'POST',
      body: JSON.stringify({ model: 'gpu.tiny' }),
      signal: leaving.signal,
    })
    await response.body?.getReader().read()
    leaving.abort()
    await until('the pull has ended', () => (second.library.models.has('tiny:latest') ? true : null))
    expect(bench.engine.jobs.list()[0]).toMatchObject({ kind: 'pull', model: 'tiny' })

    const unknown = linesOf(await bench.post('/ollama/api/pull', { model: 'nobody/has-this' }))
    expect(unknown.at(-1)?.error).toContain('pull model manifest: file does not exist')
    const whole = await bench.post('/api/pull', { model: 'tiny', stream: false })
    expect(jsonOf(whole)).toEqual({ status: 'success' })
    const failed = await bench.post('/api/pull', { model: 'nobody/has-this', stream: false })
    expect(failed.status).toBe(500)
    expect((jsonOf(failed) as { error: string }).error).toContain('pull model manifest: file does not exist')
  })

  test('create, copy, show, push and delete take names with their prefix', async () => {
    const server = await startOllama({ models: [scriptedModel('base:1b')] })
    const bench = await startBench()
    const id = await bench.add({ provider: 'ollama', baseUrl: server.url, prefixId: 'gpu' })

    const created = await bench.post('/ollama/api/create', {
      model: 'gpu.mine',
      from: 'gpu.base:1b',
      system: 'Say """hello"""\nand no more.',
      parameters: { temperature: 0.5, stop: ['a', 'b'] },
      messages: [{ role: 'user', content: 'Hi' }],
    })
    expect(linesOf(created).at(-1)).toEqual({ status: 'success' })
    expect(server.requestsTo('/api/create').at(-1)?.body).toMatchObject({
      model: 'mine',
      from: 'base:1b',
      system: 'Say """hello"""\nand no more.',
      parameters: { temperature: 0.5, stop: ['a', 'b'] },
      messages: [{ role: 'user', content: 'Hi' }],
    })
    await bench.engine.catalog.refresh(id)
    expect(bench.engine.catalog.find('gpu.mine')).not.toBeNull()

    expect(jsonOf(await bench.post('/ollama/api/copy', { source: 'gpu.mine', destination: 'gpu.other' }))).toBe(true)
    expect(server.library.models.has('other:latest')).toBe(true)
    const shown = await bench.post('/ollama/api/show', { name: 'gpu.mine', verbose: true })
    expect(jsonOf(shown)).toMatchObject({ system: 'Say """hello"""\nand no more.' })
    expect(server.requestsTo('/api/show').at(-1)?.body).toEqual({ model: 'mine:latest', verbose: true })
    const rootShown = jsonOf(await bench.post('/api/show', { model: 'gpu.mine:latest' }))
    expect(rootShown).toEqual(jsonOf(shown))

    const gone = await bench.post('/ollama/api/copy', { source: 'none', destination: 'x' })
    expect([gone.status, jsonOf(gone)]).toEqual([400, { detail: "Model 'none' was not found" }])
    server.script.stepBytes = 1_000_000_000
    server.script.pushError = 'you are not authorized to push to this namespace'
    for (const method of ['DELETE', 'POST']) {
      const body = JSON.stringify({ model: 'gpu.other' })
      const pushed = await http(bench.port, '/ollama/api/push', { method, body })
      expect(linesOf(pushed).at(-1)?.error).toContain('you are not authorized')
    }
    expect(server.requestsTo('/api/push')[0]?.body).toMatchObject({ model: 'other:latest' })

    const deleted = await http(bench.port, '/ollama/api/delete', { method: 'DELETE', body: '{"model":"gpu.other"}' })
    expect([deleted.status, jsonOf(deleted)]).toEqual([200, true])
    expect(server.library.models.has('other:latest')).toBe(false)
    const list = jsonOf(await bench.get('/ollama/api/tags')) as { models: { model: string }[] }
    expect(list.models.map(({ model }) => model)).not.toContain('gpu.other:latest')
  })

  test('a pull at the root goes where the prefix of the name leads; Open WebUI’s goes to the first', async () => {
    const registry = new Map([['tiny', { layers: [1_000] }]])
    const first = await startOllama({ models: [], script: { registry } })
    const second = await startOllama({ models: [], script: { registry } })
    const bench = await startBench()
    await bench.add({ provider: 'ollama', baseUrl: first.url })
    await bench.add({ provider: 'ollama', baseUrl: second.url, prefixId: 'gpu' })
    expect((await bench.post('/api/pull', { model: 'gpu.tiny', stream: false })).status).toBe(200)
    expect(second.requestsTo('/api/pull').map(({ body }) => body?.model)).toEqual(['tiny'])
    expect(first.requestsTo('/api/pull')).toEqual([])
    expect(jsonOf(await bench.post('/api/show', { model: 'gpu.tiny' }))).toHaveProperty('modelfile')
    await bench.post('/ollama/api/pull', { model: 'tiny' })
    expect(first.requestsTo('/api/pull')).toHaveLength(1)
  })

  test('at the root: Modelfile text, blobs, copy, delete; what Ollama does not hold cannot be changed', async () => {
    const server = await startOllama({ models: [scriptedModel('base:1b')] })
    const bench = await startBench()
    const id = await bench.add({ provider: 'ollama', baseUrl: server.url })
    const { createHash } = await import('node:crypto')
    const bytes = Buffer.from('GGUF and more')
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    expect((await http(bench.port, `/api/blobs/${digest}`, { method: 'HEAD' })).status).toBe(404)
    expect((await http(bench.port, `/api/blobs/${digest}`, { method: 'POST', body: bytes })).status).toBe(201)
    const present = await http(bench.port, `/api/blobs/${digest}`, { method: 'HEAD' })
    expect([present.status, present.headers['x-switchyard-connection']]).toEqual([200, id])
    const wrong = await http(bench.port, `/api/blobs/${digest.replace(/.$/, digest.endsWith('0') ? '1' : '0')}`, {
      method: 'POST',
      body: bytes,
    })
    expect(wrong.status).toBe(400)
    expect((jsonOf(wrong) as { error: string }).error).toContain('digest mismatch')

    const fromFile = await bench.post('/api/create', { model: 'file', files: { 'model.gguf': digest }, stream: false })
    expect([fromFile.status, jsonOf(fromFile)]).toEqual([200, { status: 'success' }])
    const fromText = await bench.post('/api/create', {
      model: 'text',
      modelfile: 'FROM base:1b\nSYSTEM Be brief.',
      stream: false,
    })
    expect(jsonOf(fromText)).toEqual({ status: 'success' })
    expect(server.library.models.get('text:latest')?.system).toBe('Be brief.')
    const broken = await bench.post('/api/create', { model: 'x', modelfile: 'FROM base:1b\nSYTEM Be brief.' })
    expect(broken.status).toBe(400)
    expect((jsonOf(broken) as { error: string }).error).toMatch(/line 2/i)
    const ofNothing = await bench.post('/api/create', { model: 'x', system: 'Be brief.' })
    expect([ofNothing.status, jsonOf(ofNothing)]).toEqual([400, { error: "neither 'from' or 'files' was specified" }])
    const newer = await bench.post('/api/create', { model: 'newer', from: 'base:1b', info: { x: 1 }, stream: false })
    expect(newer.status).toBe(200)
    expect(server.requestsTo('/api/create').at(-1)?.body).toEqual({
      model: 'newer',
      from: 'base:1b',
      info: { x: 1 },
      stream: false,
    })

    const copied = await bench.post('/api/copy', { source: 'text', destination: 'again' })
    expect([copied.status, copied.body]).toEqual([200, ''])
    const deleted = await http(bench.port, '/api/delete', { method: 'DELETE', body: '{"model":"again"}' })
    expect([deleted.status, deleted.body]).toEqual([200, ''])
    const missing = await http(bench.port, '/api/delete', { method: 'DELETE', body: '{"model":"again"}' })
    expect([missing.status, jsonOf(missing)]).toEqual([404, { error: "model 'again' not found" }])
  })

  test('a model from a base and an uploaded adapter is made where the adapter went', async () => {
    const first = await startOllama({ models: [] })
    const second = await startOllama({ models: [scriptedModel('base:1b')] })
    const bench = await startBench()
    const firstId = await bench.add({ provider: 'ollama', baseUrl: first.url })
    await bench.add({ provider: 'ollama', baseUrl: second.url })
    const { createHash } = await import('node:crypto')
    const bytes = Buffer.from('GGUF adapter')
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    expect((await http(bench.port, `/api/blobs/${digest}`, { method: 'POST', body: bytes })).status).toBe(201)

    // Ollama fetches a base that it does not have by itself.
    const request = { model: 'tuned', from: 'base:1b', adapters: { 'lora.gguf': digest } }
    const created = await bench.post('/api/create', request)
    expect(created.headers['x-switchyard-connection']).toBe(firstId)
    expect(first.requestsTo('/api/create').at(-1)?.body).toMatchObject({
      model: 'tuned',
      from: 'base:1b',
      adapters: { 'lora.gguf': digest },
    })
    const sentOn = await bench.post('/ollama/api/create', { ...request, info: { x: 1 } })
    expect(sentOn.headers['x-switchyard-connection']).toBe(firstId)
    expect(second.requestsTo('/api/create')).toEqual([])

    // No other server has the adapter, also while this one is away.
    first.script.registry.set('base:1b', { layers: [1] })
    first.library.models.set('base:1b', scriptedModel('base:1b'))
    await bench.engine.catalog.refresh(firstId)
    await first.kill()
    await bench.engine.catalog.refresh(firstId)
    expect(bench.engine.catalog.find('base:1b')?.holders.map(({ reachable }) => reachable)).toContain(false)
    const away = await bench.post('/api/create', { ...request, info: { x: 1 } })
    expect(away.status).toBeGreaterThanOrEqual(500)
    expect(second.requestsTo('/api/create')).toEqual([])
    const named = await bench.post('/ollama/api/create/1', request)
    expect(linesOf(named).at(-1)).toEqual({ status: 'success' })
    expect(second.requestsTo('/api/create')).toHaveLength(1)
  })

  test('a base of another server goes by its name there to the server that has the adapter', async () => {
    const first = await startOllama({ models: [] })
    const second = await startOllama({ models: [scriptedModel('base:1b')] })
    const bench = await startBench()
    await bench.add({ provider: 'ollama', baseUrl: first.url })
    await bench.add({ provider: 'ollama', baseUrl: second.url, prefixId: 'gpu' })
    const { createHash } = await import('node:crypto')
    const bytes = Buffer.from('GGUF adapter')
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    expect((await http(bench.port, `/api/blobs/${digest}`, { method: 'POST', body: bytes })).status).toBe(201)
    const request = { model: 'tuned', from: 'gpu.base:1b', adapters: { 'lora.gguf': digest } }
    await bench.post('/api/create', request)
    expect(first.requestsTo('/api/create').at(-1)?.body).toMatchObject({ model: 'tuned', from: 'base:1b' })
    await bench.post('/ollama/api/create/0', { ...request, info: { x: 1 } })
    expect(first.requestsTo('/api/create').at(-1)?.body).toMatchObject({ from: 'base:1b', info: { x: 1 } })
    expect(second.requestsTo('/api/create')).toEqual([])
    const fromText = await bench.post('/api/create', { model: 'gpu.text', modelfile: 'FROM gpu.base:1b\nSYSTEM Hi' })
    expect(linesOf(fromText).at(-1)).toEqual({ status: 'success' })
    const body = { model: 'text', from: 'base:1b', system: 'Hi' }
    expect(second.requestsTo('/api/create').at(-1)?.body).toMatchObject(body)
  })

  test('a base that only others hold is refused as in copy and delete, unless the server is named', async () => {
    const first = await startOllama({ models: [] })
    const second = await startOllama({ models: [scriptedModel('base:1b')] })
    const other = await startOpenAi(['demo'])
    const bench = await startBench()
    const firstId = await bench.add({ provider: 'ollama', baseUrl: first.url })
    const secondId = await bench.add({ provider: 'ollama', baseUrl: second.url })
    await bench.add({ provider: 'openai', baseUrl: other.url, keys: [{ value: 'sk-canary-1234567890' }] })
    const error = "model 'demo' is not on an Ollama connection, and only those can be changed"
    const copied = await bench.post('/api/copy', { source: 'demo', destination: 'mine' })
    expect([copied.status, jsonOf(copied)]).toEqual([400, { error }])
    const adapters = { 'lora.gguf': `sha256:${'ab'.repeat(32)}` }
    for (const base of [{ from: 'demo' }, { from: 'demo', adapters }, { modelfile: 'from demo\nSYSTEM Be brief.' }]) {
      const created = await bench.post('/api/create', { model: 'mine', ...base })
      expect([created.status, jsonOf(created)]).toEqual([400, { error }])
      const inWebUi = await bench.post('/ollama/api/create', { model: 'mine', ...base })
      expect([inWebUi.status, jsonOf(inWebUi)]).toEqual([400, { detail: error }])
    }
    expect(first.requestsTo('/api/create')).toEqual([])
    expect(second.requestsTo('/api/create')).toEqual([])

    await bench.post('/ollama/api/create/0', { model: 'mine', from: 'demo' })
    expect(first.requestsTo('/api/create').at(-1)?.body).toMatchObject({ from: 'demo' })
    const unknown = await bench.post('/api/create', { model: 'mine', from: 'nobody-knows', stream: true })
    expect(unknown.headers['x-switchyard-connection']).toBe(firstId)
    const fromText = await bench.post('/api/create', { model: 'mine', modelfile: 'FROM base:1b' })
    expect(fromText.headers['x-switchyard-connection']).toBe(secondId)
    expect(linesOf(fromText).at(-1)).toEqual({ status: 'success' })
  })

  test('an uploaded GGUF file becomes a model', async () => {
    const server = await startOllama({ models: [] })
    const bench = await startBench()
    await bench.add({ provider: 'ollama', baseUrl: server.url })
    const form = new FormData()
    form.append('note', 'before the file')
    form.append('file', new Blob([`GGUF${'x'.repeat(300_000)}`]), 'My model Q4.gguf')
    const response = await fetch(`http://127.0.0.1:${bench.port}/ollama/models/upload`, { method: 'POST', body: form })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const events = (await response.text())
      .split('\n\n')
      .filter(Boolean)
      .map((event) => JSON.parse(event.slice(6)) as Record<string, unknown>)
    expect(events.at(-1)).toEqual({
      done: true,
      blob: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      name: 'My-model-Q4',
      model_created: 'My-model-Q4',
    })
    expect(server.library.blobs.get(String(events.at(-1)?.blob))).toBe(300_004)
    expect(server.library.models.has('My-model-Q4:latest')).toBe(true)
    // Under its own name, and not under the one that it has on this disk.
    expect(server.requestsTo('/api/create').at(-1)?.body?.files).toEqual({
      'My model Q4.gguf': String(events.at(-1)?.blob),
    })

    const wrong = new FormData()
    wrong.append('file', new Blob(['<html>']), 'page.gguf')
    const refused = await fetch(`http://127.0.0.1:${bench.port}/ollama/models/upload`, { method: 'POST', body: wrong })
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { detail: 'This is not a GGUF file: it does not begin with "GGUF".' },
    ])
    const elsewhere = await bench.post('/ollama/models/download', { url: 'https://example.com/x.gguf' })
    expect([elsewhere.status, jsonOf(elsewhere)]).toEqual([
      400,
      { detail: 'Invalid file_url. Only URLs from allowed hosts are permitted.' },
    ])
  })
})
