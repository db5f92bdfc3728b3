import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createOllamaAdapter } from '../../../../src/main/engine/providers/ollama/ollama-adapter.ts'
import type { ChatRequest } from '../../../../src/main/engine/spec/chat-request.ts'
import type { ProviderAdapter, ProviderCall } from '../../../../src/main/engine/spec/provider-adapter.ts'
import type { StreamPart } from '../../../../src/main/engine/spec/stream-part.ts'
import type { Upstream } from '../../../../src/main/engine/spec/upstream.ts'
import { until } from '../../../support/until.ts'
import { HUGE_TEXT_BYTES, scriptedModel } from '../../../support/upstreams/ollama-answers.ts'
import { type OllamaUpstream, startOllamaUpstream } from '../../../support/upstreams/ollama-upstream.ts'
import { upstreamTo } from '../../../support/upstreams/upstream-to.ts'

let server: OllamaUpstream
let upstream: Upstream
let adapter: ProviderAdapter

beforeAll(async () => {
  server = await startOllamaUpstream({
    models: [
      scriptedModel('thinker:8b'),
      scriptedModel('gpt-oss:20b', { family: 'gptoss', thinkLevels: true }),
      scriptedModel('plain:latest', { capabilities: ['completion', 'insert'] }),
    ],
  })
})
beforeEach(async () => {
  await upstream?.close()
  upstream = upstreamTo('ollama', server.url, { timeouts: { firstByteMs: 2_000, idleMs: 2_000 } })
  adapter = createOllamaAdapter(upstream)
  server.requests.length = 0
})
afterAll(async () => {
  await upstream.close()
  await server.stop()
})

type Extras = Partial<Omit<ProviderCall<ChatRequest>, 'request'>>

function ask(text: string, request: Partial<ChatRequest> = {}, extras: Extras = {}): AsyncIterable<StreamPart> {
  return adapter.chat({
    request: {
      model: 'any',
      messages: [{ role: 'user', content: [{ type: 'text', text }] }],
      sampling: {},
      ...request,
    },
    upstreamModel: 'plain:latest',
    requestId: 'r',
    signal: new AbortController().signal,
    ...extras,
  })
}

async function collect(parts: AsyncIterable<StreamPart>): Promise<StreamPart[]> {
  const all: StreamPart[] = []
  for await (const part of parts) all.push(part)
  return all
}

function textOf(parts: StreamPart[]): string {
  return parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('')
}

describe('bad answers', () => {
  test.each([
    [
      '#500',
      {
        code: 'runtime_crashed',
        status: 500,
        retryable: true,
        message: expect.stringMatching(/^Workstation: llama runner/),
      },
    ],
    ['#503', { code: 'queue_full', retryable: true, upstream: { status: 503 } }],
    ['#429', { code: 'rate_limited', retryable: true }],
    [
      '#html',
      {
        code: 'upstream_error',
        message: expect.stringMatching(/web page.*login page/),
        upstream: { bodyExcerpt: expect.stringContaining('hotel network') },
      },
    ],
    ['#redirect', { code: 'upstream_error', message: expect.stringContaining('192.0.2.1') }],
    ['#malformed', { code: 'upstream_error', retryable: true, upstream: { bodyExcerpt: '{"mess' } }],
    [
      '#error-in-stream',
      { code: 'upstream_error', message: expect.stringContaining('CUDA error'), upstream: { provider: 'ollama' } },
    ],
    ['#cut', { code: 'upstream_error', retryable: true, message: expect.stringMatching(/broke off/) }],
    ['#no-done', { code: 'upstream_error', retryable: true, message: expect.stringMatching(/broke off/) }],
    ['#silent', { code: 'first_byte_timeout' }],
  ])('%s', async (text, error) => {
    await expect(collect(ask(text))).rejects.toMatchObject(error)
    await until('the socket is free', () => (server.openRequests() === 0 ? true : null), 1_000)
  })

  test('the text before an error in the stream is kept', async () => {
    const seen: StreamPart[] = []
    const read = async () => {
      for await (const part of ask('#error-in-stream')) seen.push(part)
    }
    await expect(read()).rejects.toThrow(/illegal memory access/)
    expect(textOf(seen)).toBe('Once upon ')
  })

  test('a line of 10 MB passes', async () => {
    expect(textOf(await collect(ask('#huge')))).toHaveLength(HUGE_TEXT_BYTES)
  })

  test('an answer in single bytes', async () => {
    server.behaviour.chunkBytes = 1
    try {
      expect(textOf(await collect(ask('Tell me a joke', { sampling: { maxTokens: 3 } })))).toBe('Why did the ')
    } finally {
      server.behaviour.chunkBytes = 0
    }
  })

  test('an endless answer ends with its reader', async () => {
    const abort = new AbortController()
    const read = async () => {
      for await (const part of ask('#endless', {}, { signal: abort.signal }))
        if (part.type === 'text-delta') abort.abort()
    }
    await expect(read()).rejects.toMatchObject({ code: 'aborted' })
    await until('the server stopped', () => (server.openRequests() === 0 ? true : null), 200)
  })

  test('our key is in no error, not even if the stream repeats it', async () => {
    const own = upstreamTo('ollama', server.url, { keys: ['sk-canary-123456'] })
    const echo = {
      ...own,
      open: async () => ({
        status: 200,
        headers: { 'content-type': 'application/x-ndjson' },
        body: (async function* () {
          yield Buffer.from('{"error":"refused token sk-canary-123456"}\n')
        })(),
        discard: () => {},
      }),
    } satisfies Upstream
    const echoing = createOllamaAdapter(echo).chat({
      request: { model: 'm', messages: [], sampling: {} },
      upstreamModel: 'm',
      requestId: 'r',
      signal: new AbortController().signal,
    })
    const error: unknown = await collect(echoing).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ message: expect.stringContaining('refused token') })
    expect(`${(error as Error).message}${JSON.stringify(error)}`).not.toContain('canary-123456')
    await own.close()
  })
})

describe('thinking', () => {
  const THINK = { reasoning: { effort: 'low' as const } }

  test('a level that the model refuses becomes "on", and the server is asked once only', async () => {
    const missing: string[][] = []
    const extras = { upstreamModel: 'thinker:8b', onNotSent: (fields: string[]) => void missing.push(fields) }
    const parts = await collect(ask('Tell me a joke', THINK, extras))
    expect(parts[0]?.type).toBe('reasoning-delta')
    await collect(ask('Tell me a joke', THINK, extras))
    expect(server.requestsTo('/api/chat').map((request) => request.body?.think)).toEqual(['low', true, true])
    expect(missing).toEqual([['reasoning_effort'], ['reasoning_effort']])
  })

  test('a model that does not think answers all the same', async () => {
    const missing: string[][] = []
    const parts = await collect(ask('Tell me a joke', THINK, { onNotSent: (fields) => void missing.push(fields) }))
    expect(textOf(parts)).toMatch(/llama/)
    expect(missing).toEqual([['reasoning_effort']])
    expect(server.requestsTo('/api/chat').map((request) => request.body?.think)).toEqual(['low', undefined])
  })

  test('a model with levels gets the level', async () => {
    await collect(ask('Tell me a joke', THINK, { upstreamModel: 'gpt-oss:20b' }))
    expect(server.requestsTo('/api/chat').map((request) => request.body?.think)).toEqual(['low'])
  })
})

test('answers one after the other share a socket', async () => {
  const before = server.allSockets()
  for (let round = 0; round < 5; round++) {
    const parts = ask('Tell me a joke')
    // As the pipeline reads: it leaves with the finish.
    for await (const part of parts) if (part.type === 'finish') break
    await until('the exchange has ended', () => (server.openRequests() === 0 ? true : null))
  }
  expect(server.requests.every((request) => request.outcome === 'answered')).toBe(true)
  expect(server.allSockets() - before).toBe(1)
})

test('many streams that are left leave no socket', async () => {
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      for await (const part of ask('#long')) if (part.type === 'text-delta') break
    }),
  )
  await until('every request has ended', () => (server.openRequests() === 0 ? true : null), 1_000)
})

describe('complete', () => {
  function complete(prompt: string, suffix?: string): Promise<StreamPart[]> {
    return collect(
      adapter.complete({
        request: { model: 'm', prompt, ...(suffix === undefined ? {} : { suffix }), sampling: { maxTokens: 4 } },
        upstreamModel: 'plain:latest',
        requestId: 'r',
        signal: new AbortController().signal,
      }),
    )
  }

  test('raw text', async () => {
    const parts = await complete('Once upon a time')
    expect(textOf(parts)).toBe('there was a fox ')
    expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'length', raw: 'length' })
    expect(server.requestsTo('/api/generate')[0]?.body).toMatchObject({ raw: true, options: { num_predict: 4 } })
  })

  test('a gap', async () => {
    expect(textOf(await complete('def f(', ')'))).toBe('a middle before )')
    expect(server.requestsTo('/api/generate')[0]?.body).not.toHaveProperty('raw')
  })
})

describe('pass through', () => {
  const body = { model: 'gpu.llama3.1:8b', messages: [{ role: 'user', content: 'Hi' }], options: { num_ctx: 1 } }

  test("the caller's bytes go on where the model's name is the same", () => {
    expect(adapter.passThrough?.('ollama:chat', { ...body, model: 'plain' }, 'plain:latest')).toEqual({
      path: '/api/chat',
      body: null,
      notSent: [],
    })
  })

  test.each([
    ['ollama:chat', '/api/chat'],
    ['ollama:generate', '/api/generate'],
    ['ollama:embed', '/api/embed'],
    ['ollama:embeddings', '/api/embeddings'],
  ] as const)('%s with another name of the model', (endpoint, path) => {
    const request = adapter.passThrough?.(endpoint, body, 'llama3.1:8b')
    expect(request?.path).toBe(path)
    expect(JSON.parse(String(request?.body))).toEqual({ ...body, model: 'llama3.1:8b' })
  })

  test.each(['openai:chat', 'openai:embeddings', 'openai:responses', 'anthropic:messages'] as const)(
    '%s is translated instead',
    (endpoint) => {
      expect(adapter.passThrough?.(endpoint, body, 'llama3.1:8b')).toBeNull()
    },
  )
})
