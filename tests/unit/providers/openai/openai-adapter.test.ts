import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createOpenAiAdapter } from '../../../../src/main/engine/providers/openai/openai-adapter.ts'
import type { ChatRequest } from '../../../../src/main/engine/spec/chat-request.ts'
import type { ProviderAdapter } from '../../../../src/main/engine/spec/provider-adapter.ts'
import type { StreamPart } from '../../../../src/main/engine/spec/stream-part.ts'
import type { ConnectionConfig } from '../../../../src/shared/connections.ts'
import { until } from '../../../support/until.ts'
import { type ConnectedOpenAi, connectOpenAi, upstreamTo } from '../../../support/upstreams/connect-openai.ts'
import { HUGE_TEXT_BYTES } from '../../../support/upstreams/openai-answers.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

async function connect(...options: Parameters<typeof connectOpenAi>): Promise<ConnectedOpenAi> {
  const connected = await connectOpenAi(...options)
  closing.push(connected.close)
  return connected
}

/** An adapter in front of a server that answers as the test says. */
async function inFrontOf(answer: RequestListener, config: Partial<ConnectionConfig> = {}): Promise<ProviderAdapter> {
  const server: Server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const upstream = upstreamTo({ provider: 'openai', baseUrl: `http://127.0.0.1:${port}/v1`, ...config })
  closing.push(async () => {
    await upstream.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return createOpenAiAdapter(upstream)
}

function json(value: unknown): RequestListener {
  return (_req, res) => {
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }
}

function bytes(contentType: string, body: string | Buffer): RequestListener {
  return (req, res) => {
    req.resume()
    res.writeHead(200, { 'content-type': contentType }).end(body)
  }
}

function chat(adapter: ProviderAdapter, text: string, model = 'some-model', request: Partial<ChatRequest> = {}) {
  return adapter.chat({
    request: { model, messages: [{ role: 'user', content: [{ type: 'text', text }] }], sampling: {}, ...request },
    upstreamModel: model,
    requestId: 'r',
    signal: new AbortController().signal,
  })
}

async function all(parts: AsyncIterable<StreamPart>): Promise<StreamPart[]> {
  const seen: StreamPart[] = []
  for await (const part of parts) seen.push(part)
  return seen
}

function textOf(parts: StreamPart[]): string {
  return parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('')
}

describe('the list of models', () => {
  test.each<[string, unknown, string[]]>([
    ["OpenAI's", { object: 'list', data: [{ id: 'a' }, { id: 'b' }] }, ['a', 'b']],
    ['a bare one', [{ id: 'a' }], ['a']],
    ['bare names', { data: ['a', 'b', 'a'] }, ['a', 'b']],
    ['by another name', { models: [{ name: 'a', model: 'a' }] }, ['a']],
    ['null for none', { object: 'list', data: null }, []],
    ['with holes', { data: [null, {}, 7, { id: '' }, { id: 'a' }] }, ['a']],
    [
      'with doubles, the first counting',
      {
        data: [
          { id: 'a', context_length: 1 },
          { id: 'a', context_length: 2 },
        ],
      },
      ['a'],
    ],
  ])('%s', async (_name, answer, ids) => {
    const adapter = await inFrontOf(json(answer))
    expect((await adapter.listModels()).map((model) => model.upstreamModel)).toEqual(ids)
  })

  test('an answer without one is an error with its beginning', async () => {
    const adapter = await inFrontOf(json({ hello: 'world' }))
    await expect(adapter.listModels()).rejects.toMatchObject({
      code: 'upstream_error',
      upstream: { bodyExcerpt: '{"hello":"world"}' },
    })
  })

  test('an address without its /v1 gets advice', async () => {
    const { server } = await connect({ flavour: 'openai' })
    const adapter = createOpenAiAdapter(upstreamTo({ provider: 'openai', baseUrl: server.url }))
    await expect(adapter.listModels()).rejects.toThrow(`try ${server.url}/v1.`)
  })

  test('an allow-list is the list, and nobody is asked', async () => {
    const { adapter, server } = await connect(
      { flavour: 'openai' },
      { modelIds: ['gpt-4o', 'my-embed', 'whisper-x', 'gpt-4o'] },
    )
    const models = await adapter.listModels()
    expect(models.map((model) => [model.upstreamModel, model.capabilities.includes('chat')])).toEqual([
      ['gpt-4o', true],
      ['my-embed', false],
      ['whisper-x', true],
    ])
    expect(server.requests).toEqual([])
  })

  test("what a server's list says decides how it is spoken to from then on", async () => {
    const { adapter, server } = await connect({ flavour: 'vllm' })
    const ask = () => all(chat(adapter, 'Tell me a joke', 'Qwen/Qwen3-8B', { sampling: { repeatPenalty: 1.2 } }))
    await ask()
    const models = await adapter.listModels()
    expect(models[0]).toMatchObject({ contextLength: 40_960, loaded: true, ownedBy: 'vllm' })
    await ask()
    const bodies = server.requestsTo('/v1/chat/completions').map(({ body }) => body)
    expect(bodies).toMatchObject([{ repeat_penalty: 1.2 }, { repetition_penalty: 1.2 }])
    await expect(adapter.version?.(new AbortController().signal)).resolves.toBe('0.11.2')
  })

  test("LM Studio's second list adds what it knows; without it the first is enough", async () => {
    const answer =
      (details: boolean): RequestListener =>
      (req, res) => {
        if (req.url === '/v1/models') return json({ data: [{ id: 'q', owned_by: 'organization_owner' }] })(req, res)
        if (details && req.url === '/api/v0/models') {
          return json({ data: [{ id: 'q', type: 'vlm', state: 'loaded', max_context_length: 4096 }] })(req, res)
        }
        res.writeHead(404).end()
      }
    const rich = await (await inFrontOf(answer(true))).listModels()
    expect(rich).toMatchObject([
      { loaded: true, contextLength: 4096, capabilities: expect.arrayContaining(['vision']) },
    ])
    const plain = await (await inFrontOf(answer(false))).listModels()
    expect(plain).toMatchObject([{ loaded: false, contextLength: null }])
  })
})

describe('an answer', () => {
  test('a request for a stream that is answered with JSON', async () => {
    const { adapter } = await connect({ flavour: 'compatible', behaviour: { neverStreams: true } })
    const parts = await all(chat(adapter, 'Tell me a joke'))
    expect(textOf(parts)).toContain('llama')
    expect(parts.map((part) => part.type)).toEqual(['reasoning-delta', 'text-delta', 'usage', 'finish'])
  })

  test('without [DONE]', async () => {
    const { adapter } = await connect({ flavour: 'compatible', behaviour: { withoutDone: true } })
    expect((await all(chat(adapter, 'Tell me a joke'))).at(-1)).toEqual({ type: 'finish', reason: 'stop', raw: 'stop' })
  })

  test('its socket is used for the next one', async () => {
    const { adapter, server } = await connect({ flavour: 'compatible' })
    for (let round = 0; round < 5; round++) await all(chat(adapter, 'Tell me a joke'))
    expect(server.sockets()).toBe(1)
  })

  test('after [DONE] nobody waits for a server that keeps the line open', async () => {
    let isClosed = false
    const adapter = await inFrontOf((req, res) => {
      req.resume()
      res.once('close', () => {
        isClosed = true
      })
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write('data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')
    })
    const began = performance.now()
    expect(textOf(await all(chat(adapter, 'x')))).toBe('Hi')
    expect(performance.now() - began).toBeLessThan(2_000)
    await until('the line is given up', () => (isClosed ? true : null))
  })

  test('a line that breaks after finish_reason', async () => {
    const adapter = await inFrontOf((req, res) => {
      req.resume()
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write('data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n', () => res.destroy())
    })
    expect(await all(chat(adapter, 'x'))).toEqual([
      { type: 'text-delta', text: 'Hi' },
      { type: 'finish', reason: 'stop', raw: 'stop' },
    ])
  })

  test('a text of 10 MB in one line', async () => {
    const { adapter } = await connect({ flavour: 'compatible' })
    expect(textOf(await all(chat(adapter, '#huge')))).toHaveLength(HUGE_TEXT_BYTES)
  })

  test.each([
    [
      'with the wrong type, as a stream',
      'text/plain',
      'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n',
    ],
    [
      'with comments and blanks before it',
      'text/event-stream',
      '\n\n: ping\n\ndata: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}',
    ],
    ['with the wrong type, as JSON', 'text/event-stream', ' \n{"choices":[{"message":{"content":"Hi"}}]}'],
    ['with a byte order mark', 'application/json', '\uFEFF{"choices":[{"message":{"content":"Hi"}}]}'],
  ])('%s', async (_name, contentType, body) => {
    const adapter = await inFrontOf(bytes(contentType, body))
    expect(textOf(await all(chat(adapter, 'x')))).toBe('Hi')
  })

  test.each<[string, string, string, object]>([
    [
      'a web page',
      'text/html',
      '<!doctype html><p>Sign in',
      { message: expect.stringContaining('web page (text/html)') },
    ],
    [
      'half a JSON',
      'application/json',
      '{"choices":[{"mess',
      { message: expect.stringContaining('neither a stream nor JSON') },
    ],
    ['nothing', 'text/event-stream', '', { message: expect.stringContaining('broke off') }],
    ['words', 'text/plain', 'hello', { message: expect.stringContaining('broke off') }],
    [
      'a list with an error',
      'application/json',
      '[{"error":{"code":429,"message":"slow down"}}]',
      { code: 'rate_limited' },
    ],
    [
      'an error instead of a stream',
      'text/event-stream',
      '{"error":{"message":"gone"}}',
      { message: expect.stringContaining('gone') },
    ],
  ])('%s', async (_name, contentType, body, error) => {
    const adapter = await inFrontOf(bytes(contentType, body))
    await expect(all(chat(adapter, 'x'))).rejects.toMatchObject({ code: 'upstream_error', ...error })
  })

  test.each<[string, object]>([
    ['#400', { code: 'context_length_exceeded', upstream: { status: 400 } }],
    ['#503', { code: 'upstream_unavailable', retryable: true }],
    ['#redirect', { message: expect.stringContaining('192.0.2.1') }],
    ['#html', { message: expect.stringContaining('web page') }],
    ['#malformed', { code: 'upstream_error', upstream: { bodyExcerpt: '{"choi' } }],
    ['#error-in-stream', { message: expect.stringContaining('Sorry about that!') }],
  ])('%s', async (question, error) => {
    const { adapter } = await connect({ flavour: 'compatible' })
    await expect(all(chat(adapter, question))).rejects.toMatchObject(error)
  })

  test('a refusal is text, a filtered one says so', async () => {
    const { adapter } = await connect({ flavour: 'compatible' })
    expect(textOf(await all(chat(adapter, '#refusal')))).toContain("I'm sorry")
    expect((await all(chat(adapter, '#filtered'))).at(-1)).toMatchObject({
      reason: 'content-filter',
      raw: 'content_filter',
    })
  })
})

describe('api.openai.com', () => {
  test('is sent only what it takes', async () => {
    const { adapter, server } = await connect({ flavour: 'openai' })
    await adapter.listModels()
    const notSent: string[] = []
    const parts = adapter.chat({
      request: {
        model: 'o3-mini',
        messages: [
          { role: 'system', content: 'S' },
          { role: 'user', content: [{ type: 'text', text: 'Tell me a joke' }] },
        ],
        sampling: { temperature: 0.2, topK: 1, maxTokens: 100, stop: ['1', '2', '3', '4', '5'] },
        parallelToolCalls: true,
      },
      upstreamModel: 'o3-mini',
      requestId: 'r',
      signal: new AbortController().signal,
      onNotSent: (fields) => notSent.push(...fields),
    })
    expect((await all(parts)).at(-1)).toMatchObject({ type: 'finish', reason: 'stop' })
    expect(notSent.toSorted()).toEqual(['stop[4..]', 'temperature', 'top_k'])
    expect(server.requests.at(-1)?.body).toEqual({
      model: 'o3-mini',
      messages: [
        { role: 'developer', content: 'S' },
        { role: 'user', content: 'Tell me a joke' },
      ],
      max_completion_tokens: 100,
      stop: ['1', '2', '3', '4'],
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  test('completes raw text with the models that do, and says so of the others', async () => {
    const { adapter } = await connect({ flavour: 'openai' })
    await adapter.listModels()
    const complete = (model: string) =>
      all(
        adapter.complete({
          request: { model, prompt: 'Once', sampling: {} },
          upstreamModel: model,
          requestId: 'r',
          signal: new AbortController().signal,
        }),
      )
    expect(textOf(await complete('gpt-3.5-turbo-instruct'))).toContain('fox')
    await expect(complete('gpt-4o')).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining("'gpt-4o'"),
    })
  })

  test('is told what has no field of its own, in completions and embeddings too', async () => {
    const { adapter, server } = await connect({ flavour: 'compatible' })
    const call = { requestId: 'r', signal: new AbortController().signal }
    // A field never replaces what the engine decides.
    const extra = { prefix: true, stream: false, input: 'other' }
    await all(
      adapter.complete({
        ...call,
        request: { model: 'm', prompt: 'Once', sampling: {}, user: 'u1', extra },
        upstreamModel: 'some-model',
      }),
    )
    expect(server.requests.at(-1)?.body).toMatchObject({ prompt: 'Once', user: 'u1', prefix: true, stream: true })
    await adapter.embed({
      ...call,
      request: { model: 'm', inputs: ['a'], user: 'u1', extra: { ...extra, input_type: 'query' } },
      upstreamModel: 'some-embedder',
    })
    expect(server.requests.at(-1)?.body).toMatchObject({ input: ['a'], user: 'u1', input_type: 'query' })
  })

  test('embeds by base64', async () => {
    const { adapter, server } = await connect({ flavour: 'openai' })
    await adapter.listModels()
    const result = await adapter.embed({
      request: { model: 'text-embedding-3-small', inputs: ['a', 'b'], dimensions: 8 },
      upstreamModel: 'text-embedding-3-small',
      requestId: 'r',
      signal: new AbortController().signal,
    })
    expect(result.embeddings.map((vector) => vector.length)).toEqual([8, 8])
    expect(server.requests.at(-1)?.body).toMatchObject({ encoding_format: 'base64', dimensions: 8, input: ['a', 'b'] })
  })

  test('OpenRouter is told who asks', async () => {
    const upstream = upstreamTo({ provider: 'openai', baseUrl: 'https://openrouter.ai/api/v1' })
    const request = createOpenAiAdapter(upstream).passThrough?.('openai:chat', { model: 'm', messages: [] }, 'm')
    expect(request?.headers).toEqual({ 'http-referer': 'app://switchyard', 'x-title': 'Switchyard' })
    await upstream.close()
  })
})

describe('a model that does not take the effort asked for', () => {
  interface Asked {
    notSent: string[]
    /** The efforts of the bodies that this question took. */
    efforts: unknown[]
  }

  async function ask({ adapter, server }: ConnectedOpenAi, reasoning: ChatRequest['reasoning'], model = 'some-model') {
    const before = server.requests.length
    const asked: Asked = { notSent: [], efforts: [] }
    const parts = adapter.chat({
      request: {
        model,
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Tell me a joke' }] }],
        sampling: {},
        ...(reasoning === undefined ? {} : { reasoning }),
      },
      upstreamModel: model,
      requestId: 'r',
      signal: new AbortController().signal,
      onNotSent: (fields) => asked.notSent.push(...fields),
    })
    expect(textOf(await all(parts))).toContain('llama')
    asked.efforts = server.requests.slice(before).map(({ body }) => {
      const { reasoning_effort: effort, reasoning: nested } = body as {
        reasoning_effort?: string
        reasoning?: { effort?: string }
      }
      return effort ?? nested?.effort ?? null
    })
    return asked
  }

  test('is asked once more without it, and from then on at once', async () => {
    const connected = await connect({ flavour: 'compatible', behaviour: { efforts: [] } })
    const high = { enabled: true, effort: 'high' as const }
    expect(await ask(connected, high)).toEqual({ efforts: ['high', null], notSent: ['reasoning_effort'] })
    expect(await ask(connected, high)).toEqual({ efforts: [null], notSent: ['reasoning_effort'] })
    expect(await ask(connected, undefined)).toEqual({ efforts: [null], notSent: [] })
  })

  test('keeps the efforts that it takes', async () => {
    const connected = await connect({ flavour: 'compatible', behaviour: { efforts: ['low'] } })
    expect((await ask(connected, { effort: 'high' })).efforts).toEqual(['high', null])
    expect(await ask(connected, { effort: 'low' })).toEqual({ efforts: ['low'], notSent: [] })
  })

  test('over the Responses API, too', async () => {
    const connected = await connect({ flavour: 'compatible', behaviour: { efforts: [] } }, { apiType: 'responses' })
    const low = { effort: 'low' as const }
    expect(await ask(connected, low)).toEqual({ efforts: ['low', null], notSent: ['reasoning_effort'] })
    expect(await ask(connected, low)).toEqual({ efforts: [null], notSent: ['reasoning_effort'] })
  })

  test('other refusals are told as they are, and teach nothing', async () => {
    const { adapter, server } = await connect({ flavour: 'compatible' })
    const reasoning = { effort: 'low' as const }
    await expect(all(chat(adapter, '#400', 'some-model', { reasoning }))).rejects.toMatchObject({
      code: 'context_length_exceeded',
    })
    expect(server.requests).toHaveLength(1)
    await all(chat(adapter, 'Tell me a joke', 'some-model', { reasoning }))
    expect(server.requests.at(-1)?.body).toMatchObject({ reasoning_effort: 'low' })
  })

  test('a refusal that only quotes the whole request teaches nothing', async () => {
    const bodies: Record<string, unknown>[] = []
    let isFull = true
    const adapter = await inFrontOf(async (req, res) => {
      const chunks: Buffer[] = []
      for await (const chunk of req) chunks.push(chunk as Buffer)
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>
      bodies.push(body)
      const type = { 'content-type': 'application/json' }
      if (isFull) res.writeHead(422, type).end(JSON.stringify({ detail: [{ msg: 'No room', input: body }] }))
      else res.writeHead(200, type).end('{"choices":[{"message":{"content":"Hi"}}]}')
    })
    const ask = () => all(chat(adapter, 'x', 'm', { reasoning: { effort: 'low' } }))
    await expect(ask()).rejects.toMatchObject({ status: 422 })
    isFull = false
    await ask()
    expect(bodies.map((body) => body.reasoning_effort)).toEqual(['low', undefined, 'low'])
  })
})

describe('the fast path', () => {
  const messages = [{ role: 'user', content: 'Hi' }]

  function adapterAt(baseUrl: string, config: Partial<ConnectionConfig> = {}): ProviderAdapter {
    const upstream = upstreamTo({ provider: 'openai', baseUrl, ...config })
    closing.push(() => upstream.close())
    return createOpenAiAdapter(upstream)
  }

  test('leaves bytes alone that need no change', () => {
    const pass = adapterAt('https://api.openai.com/v1').passThrough
    expect(pass?.('openai:chat', { model: 'gpt-4o', messages, n: 2 }, 'gpt-4o')).toEqual({
      path: '/chat/completions',
      body: null,
      notSent: [],
    })
    expect(pass?.('openai:embeddings', { model: 'e', input: 'x' }, 'e')).toEqual({
      path: '/embeddings',
      body: null,
      notSent: [],
    })
    expect(pass?.('openai:completions', { model: 'davinci-002', prompt: 'x' }, 'davinci-002')?.body).toBeNull()
  })

  test('changes the model and what the rules say, and keeps the rest', () => {
    const pass = adapterAt('https://api.openai.com/v1').passThrough
    const body = { model: 'cloud.o3', messages, max_tokens: 5, top_k: 4, keep_alive: 1, odd: { x: 1 } }
    const request = pass?.('openai:chat', body, 'o3')
    expect(request?.notSent).toEqual(['top_k'])
    expect(JSON.parse(String(request?.body))).toEqual({
      model: 'o3',
      messages,
      max_completion_tokens: 5,
      odd: { x: 1 },
    })
    expect(body).toHaveProperty('top_k', 4)
  })

  test('calls developers what the server calls them, and leaves a body without any alone', () => {
    const pass = adapterAt('https://api.groq.com/openai/v1').passThrough
    const developer = [{ role: 'developer', content: 'Be brief.' }, ...messages]
    const request = pass?.('openai:chat', { model: 'llama-3.3-70b', messages: developer }, 'llama-3.3-70b')
    expect(JSON.parse(String(request?.body))).toEqual({
      model: 'llama-3.3-70b',
      messages: [{ role: 'system', content: 'Be brief.' }, ...messages],
    })
    const quoted = [{ role: 'user', content: 'What is "developer"?' }]
    expect(pass?.('openai:chat', { model: 'm', messages: quoted }, 'm')?.body).toBeNull()
  })

  test('refuses what the server does not speak', () => {
    const openai = adapterAt('https://api.openai.com/v1')
    expect(openai.passThrough?.('openai:completions', { model: 'gpt-4o', prompt: 'x' }, 'gpt-4o')).toBeNull()
    expect(openai.passThrough?.('openai:responses', { model: 'gpt-4o', input: 'x' }, 'gpt-4o')).toBeNull()
    expect(openai.passThrough?.('anthropic:messages', { model: 'm' }, 'm')).toBeNull()
    expect(openai.passThrough?.('ollama:chat', { model: 'm' }, 'm')).toBeNull()
  })

  test('a connection for the Responses API takes those, and no others', () => {
    const pass = adapterAt('https://api.openai.com/v1', { apiType: 'responses' }).passThrough
    expect(pass?.('openai:chat', { model: 'm', messages }, 'm')).toBeNull()
    expect(pass?.('openai:embeddings', { model: 'm', input: 'x' }, 'm')).toBeNull()
    expect(pass?.('openai:responses', { model: 'm', input: 'x' }, 'm')).toEqual({
      path: '/responses',
      body: null,
      notSent: [],
    })
    expect(JSON.parse(String(pass?.('openai:responses', { model: 'a.m', input: 'x', odd: 1 }, 'm')?.body))).toEqual({
      model: 'm',
      input: 'x',
      odd: 1,
    })
  })
})

describe('the Responses API', () => {
  test('a cap of 16 ends with length; a whole response is read too', async () => {
    const { adapter, server } = await connect({ flavour: 'openai' }, { apiType: 'responses' })
    const parts = await all(chat(adapter, '#long', 'gpt-4o', { sampling: { maxTokens: 16 } }))
    expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'length', raw: 'max_output_tokens' })
    server.behaviour.neverStreams = true
    expect(textOf(await all(chat(adapter, 'Tell me a joke', 'gpt-4o')))).toContain('llama')
    expect(server.requests.at(-1)?.body).toMatchObject({ store: false, stream: true })
  })
})

test('a cancelled embedding is cancelled at the server', async () => {
  const { adapter, server } = await connect({ flavour: 'compatible', behaviour: { silent: true } })
  const abort = new AbortController()
  const result = adapter.embed({
    request: { model: 'some-embedder', inputs: ['a'] },
    upstreamModel: 'some-embedder',
    requestId: 'r',
    signal: abort.signal,
  })
  const outcome = expect(result).rejects.toMatchObject({ code: 'aborted' })
  await until('the server has it', () => (server.openRequests() === 1 ? true : null))
  abort.abort()
  await outcome
  await until('the server sees it go', () => (server.openRequests() === 0 ? true : null), 200)
})
