import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ConnectionInput, ConnectionTestStep } from '../../../src/shared/connections.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { until } from '../../support/until.ts'
import { openConnections } from './open-connections.ts'

const TLS = {
  key: readFileSync(new URL('../../fixtures/tls/server.key', import.meta.url)),
  cert: readFileSync(new URL('../../fixtures/tls/self-signed.crt', import.meta.url)),
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

interface Scripted {
  port: number
  /** Method, path and what proves something, of each request. */
  asked: string[]
}

async function scripted(
  answer: (
    path: string,
    request: IncomingMessage,
  ) => { status?: number; headers?: Record<string, string>; body?: unknown } | 'hang',
): Promise<Scripted> {
  const asked: string[] = []
  const listener: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`)
    const given = answer(request.url ?? '', request)
    if (given === 'hang') return
    const { status = 200, headers = {}, body = {} } = given
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
  const server = createHttpServer(listener)
  onTestFinished(() => server.closeAllConnections())
  return { port: await listen(server), asked }
}

const okOllama = (path: string) => {
  if (path === '/api/version') return { body: { version: '0.6.4' } }
  if (path === '/api/tags') return { body: { models: [{ model: 'nomic-embed' }, { model: 'llama3.2:latest' }] } }
  return { body: { text: 'Hi' } }
}

async function steps(
  input: ConnectionInput,
  options: Parameters<typeof openConnections>[0] = {},
  id: string | null = null,
): Promise<ConnectionTestStep[]> {
  const { connections } = await openConnections(options)
  return Array.fromAsync(connections.test(input, id, new AbortController().signal))
}

/** How each step ended: `ok`, `skipped`, or `failed: code`. */
function ends(all: readonly ConnectionTestStep[]): Record<string, string> {
  const last = all.filter(({ state }) => state !== 'running')
  return Object.fromEntries(
    last.map(({ step, state, error }) => [step, error === null ? state : `${state}: ${error.code}`]),
  )
}

function end(all: readonly ConnectionTestStep[], step: ConnectionTestStep['step']): ConnectionTestStep {
  const found = all.findLast((one) => one.step === step)
  if (found === undefined) throw new Error(`no step ${step}`)
  return found
}

const SKIPPED_AFTER = (...failed: [string, string][]) => ({
  address: 'ok',
  resolve: 'ok',
  connect: 'ok',
  tls: 'skipped',
  auth: 'skipped',
  version: 'skipped',
  models: 'skipped',
  token: 'skipped',
  ...Object.fromEntries(failed),
})

test('every step of a good Ollama server, in order, each running and then ended', async () => {
  const { port, asked } = await scripted(okOllama)
  const all = await steps({ provider: 'ollama', baseUrl: `http://localhost:${port}/` })
  expect(all.map(({ step, state }) => `${step} ${state}`)).toEqual([
    'address running',
    'address ok',
    'resolve running',
    'resolve ok',
    'connect running',
    'connect ok',
    'tls running',
    'tls skipped',
    'auth running',
    'auth ok',
    'version running',
    'version ok',
    'models running',
    'models ok',
    'token running',
    'token ok',
  ])
  expect(all.filter(({ state }) => state === 'running').every(({ ms }) => ms === null)).toBe(true)
  expect(all.filter(({ state }) => state !== 'running').every(({ ms }) => ms !== null && ms >= 0)).toBe(true)
  expect(all.filter(({ state }) => state !== 'running').map(({ detail }) => detail)).toEqual([
    `http://localhost:${port}`,
    '127.0.0.1 (Here)',
    `127.0.0.1:${port}`,
    'Plain http: the line is not encrypted.',
    'It answers without a key.',
    '0.6.4',
    '2 models: nomic-embed, llama3.2:latest',
    'llama3.2:latest: "Hi"',
  ])
  expect(asked).toEqual(['GET /api/tags -', 'GET /api/version -', 'GET /api/tags -', 'POST /api/chat -'])
})

test('an address without a scheme is told what to type; other faults of the form are thrown', async () => {
  const all = await steps({ provider: 'ollama', baseUrl: '192.168.1.100:11434' })
  expect(ends(all)).toEqual({
    ...SKIPPED_AFTER(['address', 'failed: invalid_request'], ['resolve', 'skipped'], ['connect', 'skipped']),
  })
  expect(end(all, 'address').advice).toContain('Type http://192.168.1.100:11434')
  await expect(steps({ provider: 'ollama', baseUrl: 'http://a:1', prefixId: 'a b' })).rejects.toMatchObject({
    param: 'prefixId',
  })
  await expect(steps({ provider: 'ollama', baseUrl: 'http://a:1' }, {}, 'gone')).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('a pasted azure address says what was cut', async () => {
  const { port } = await scripted(() => ({ status: 404, body: {} }))
  const all = await steps({
    provider: 'azure',
    baseUrl: `http://127.0.0.1:${port}/openai/deployments/gpt/chat/completions?api-version=2024-10-21`,
  })
  expect(end(all, 'address').detail).toContain(`The address was cut to http://127.0.0.1:${port}`)
  expect(end(all, 'address').detail).toContain('The deployment gpt was taken from it.')
})

describe('reaching the host', () => {
  test('a name that does not resolve', async () => {
    const all = await steps({ provider: 'ollama', baseUrl: 'http://typo.invalid:11434' })
    expect(ends(all)).toEqual(SKIPPED_AFTER(['resolve', 'failed: upstream_unavailable'], ['connect', 'skipped']))
    expect(end(all, 'resolve')).toMatchObject({
      detail: 'ENOTFOUND',
      advice: expect.stringContaining('spelling') as string,
    })
  })

  test('a name server that does not answer, within the time to connect', async () => {
    const clock = createManualClock()
    const { connections } = await openConnections({ clock, resolveHost: () => new Promise(() => undefined) })
    const all: ConnectionTestStep[] = []
    const reading = (async () => {
      const input: ConnectionInput = {
        provider: 'ollama',
        baseUrl: 'http://slow.example',
        timeouts: { connectMs: 700 },
      }
      for await (const step of connections.test(input, null, new AbortController().signal)) all.push(step)
    })()
    await until('the name is being resolved', () =>
      all.at(-1)?.step === 'resolve' && clock.pending() > 0 ? true : null,
    )
    clock.advance(700)
    await reading
    expect(end(all, 'resolve')).toMatchObject({ state: 'failed', ms: 700, error: { code: 'connect_timeout' } })
  })

  test('nothing listens', async () => {
    const server = createTcpServer()
    const port = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    const all = await steps({ provider: 'ollama', baseUrl: `http://127.0.0.1:${port}` })
    expect(ends(all)).toEqual(SKIPPED_AFTER(['connect', 'failed: upstream_unavailable']))
    expect(end(all, 'connect')).toMatchObject({
      detail: expect.stringContaining('ECONNREFUSED') as string,
      advice: expect.stringContaining('OLLAMA_HOST=0.0.0.0') as string,
    })
  })
})

describe('TLS', () => {
  async function secure(): Promise<number> {
    const server = createHttpsServer(TLS, (request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify(okOllama(request.url ?? '').body))
    })
    onTestFinished(() => server.closeAllConnections())
    return listen(server)
  }

  test('a self-signed certificate fails, shows its fingerprint, and is trusted once that is pinned', async () => {
    const baseUrl = `https://127.0.0.1:${await secure()}`
    const all = await steps({ provider: 'ollama', baseUrl })
    expect(ends(all)).toEqual(SKIPPED_AFTER(['tls', 'failed: upstream_unavailable']))
    const { fingerprint, detail, advice, error } = end(all, 'tls')
    expect(fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
    expect(detail).toContain('localhost, issued by localhost, valid until')
    expect(advice).toContain('pin it')
    expect(error?.message).toContain('self-signed')

    const pinned = await steps({ provider: 'ollama', baseUrl, fingerprint })
    expect(end(pinned, 'tls')).toMatchObject({ state: 'ok', fingerprint })
    expect(end(pinned, 'tls').detail).toContain('Pinned')
    expect(end(pinned, 'token').state).toBe('ok')

    const other = await steps({ provider: 'ollama', baseUrl, fingerprint: 'ab'.repeat(32) })
    expect(ends(other)).toEqual(SKIPPED_AFTER(['tls', 'failed: upstream_unavailable']))
    expect(end(other, 'tls')).toMatchObject({
      fingerprint,
      error: { message: expect.stringContaining('another certificate') as string },
    })
  })

  test('a server that speaks plain http', async () => {
    const { port } = await scripted(okOllama)
    const all = await steps({ provider: 'ollama', baseUrl: `https://127.0.0.1:${port}` })
    expect(end(all, 'tls')).toMatchObject({
      state: 'failed',
      advice: expect.stringContaining(`Type http://127.0.0.1:${port}`) as string,
    })
  })

  test('a server that accepts and says nothing ends with the time to connect', async () => {
    const server = createTcpServer((socket) => void socket.on('error', () => undefined))
    const port = await listen(server)
    const all = await steps({ provider: 'ollama', baseUrl: `https://127.0.0.1:${port}`, timeouts: { connectMs: 150 } })
    expect(end(all, 'tls')).toMatchObject({ state: 'failed', error: { code: 'connect_timeout' } })
  })
})

describe('keys', () => {
  const guarded = (good: string[]) => (path: string, request: IncomingMessage) => {
    const key = request.headers.authorization?.replace('Bearer ', '') ?? ''
    if (!good.includes(key)) return { status: 401, body: { error: { message: `Incorrect API key: ${key}` } } }
    return path === '/v1/models' ? { body: { data: [{ id: 'gpt' }] } } : { body: { text: 'Hi' } }
  }

  test('every key is tried, the refused one is named, and the reason is kept without the key', async () => {
    const { port, asked } = await scripted(guarded(['sk-canary-good']))
    const all = await steps({
      provider: 'openai',
      baseUrl: `http://127.0.0.1:${port}/v1`,
      keys: [{ value: 'sk-canary-good' }, { value: 'sk-canary-wrong' }],
    })
    expect(ends(all)).toEqual(SKIPPED_AFTER(['auth', 'failed: auth_failed']))
    const auth = end(all, 'auth')
    expect(auth.error?.message).toContain('The key ••••rong was refused')
    expect(auth.detail).toContain('Incorrect API key')
    expect(JSON.stringify(all)).not.toContain('canary')
    expect(asked).toEqual(['GET /v1/models Bearer sk-canary-good', 'GET /v1/models Bearer sk-canary-wrong'])
  })

  test('a saved key is tried by its id, and goes to the typed host alone', async () => {
    const { port, asked } = await scripted(guarded(['sk-canary-good']))
    const { connections } = await openConnections()
    const saved = await connections.create({
      provider: 'openai',
      baseUrl: `http://127.0.0.1:${port}/v1`,
      keys: [{ value: 'sk-canary-good' }],
      headers: { 'X-Secret': 'canary-header' },
    })
    const [key] = saved.keys
    const input: ConnectionInput = {
      provider: 'openai',
      baseUrl: `http://127.0.0.1:${port}/v1`,
      keys: [{ keep: key?.id ?? '' }],
      headers: saved.config?.headers ?? {},
    }
    const all = await Array.fromAsync(connections.test(input, saved.id, new AbortController().signal))
    expect(ends(all)).toMatchObject({ auth: 'ok', version: 'skipped', models: 'ok', token: 'ok' })
    expect(end(all, 'auth').detail).toBe('Accepted: ••••good')
    expect(asked.every((line) => line.endsWith('Bearer sk-canary-good'))).toBe(true)
    // Nothing was saved by it.
    expect(connections.list()).toHaveLength(2)
  })

  test('no key where one is needed', async () => {
    const { port } = await scripted(guarded([]))
    const all = await steps({ provider: 'openai', baseUrl: `http://127.0.0.1:${port}/v1` })
    expect(end(all, 'auth')).toMatchObject({ state: 'failed', advice: 'Enter a key.' })
  })

  test('a redirect is not followed with the key, and says what to type', async () => {
    const target = await scripted(guarded(['sk-canary-good']))
    const { port } = await scripted((path) => ({
      status: 308,
      headers: { Location: `http://127.0.0.1:${target.port}/moved${path}` },
    }))
    const all = await steps({
      provider: 'openai',
      baseUrl: `http://127.0.0.1:${port}/v1`,
      keys: [{ value: 'sk-canary-good' }],
    })
    expect(end(all, 'auth')).toMatchObject({
      state: 'failed',
      advice: `Type http://127.0.0.1:${target.port}/moved/v1, if you trust it.`,
    })
    expect(target.asked).toEqual([])
  })

  test('an address without /v1, and one that leads to a web page', async () => {
    const { port } = await scripted((path) =>
      path.startsWith('/page')
        ? { headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: '<html>Sign in</html>' }
        : { status: 404, body: { error: { message: 'no route' } } },
    )
    const bare = await steps({ provider: 'openai', baseUrl: `http://127.0.0.1:${port}` })
    expect(end(bare, 'address')).toMatchObject({
      state: 'ok',
      advice: expect.stringContaining(`Type http://127.0.0.1:${port}/v1`) as string,
    })
    expect(end(bare, 'auth')).toMatchObject({
      state: 'failed',
      error: { code: 'not_found' },
      detail: expect.stringContaining('no route') as string,
      advice: expect.stringContaining(`Type http://127.0.0.1:${port}/v1`) as string,
    })
    const page = await steps({ provider: 'openai', baseUrl: `http://127.0.0.1:${port}/page` })
    expect(end(page, 'auth')).toMatchObject({
      state: 'failed',
      error: { message: expect.stringContaining('web page') as string },
    })
  })

  test('typed models need no list of the server', async () => {
    const { port } = await scripted(() => ({ status: 404, body: {} }))
    const all = await steps({
      provider: 'openai',
      baseUrl: `http://127.0.0.1:${port}/v1`,
      modelIds: ['gpt'],
      keys: [{ value: 'sk-12345678' }],
    })
    expect(ends(all)).toMatchObject({ auth: 'ok' })
  })

  test('a proof that comes with each caller cannot be tried', async () => {
    const { port } = await scripted(guarded([]))
    const all = await steps({ provider: 'openai', baseUrl: `http://127.0.0.1:${port}/v1`, auth: { type: 'session' } })
    expect(ends(all)).toEqual(SKIPPED_AFTER())
    expect(end(all, 'auth').detail).toContain('only a chat can try it')
  })
})

describe('models and the token', () => {
  test('an allow-list is compared with what the server has', async () => {
    const { port } = await scripted(okOllama)
    const all = await steps({
      provider: 'ollama',
      baseUrl: `http://127.0.0.1:${port}`,
      modelIds: ['nomic-embed', 'missing'],
    })
    expect(end(all, 'models')).toMatchObject({ state: 'ok', detail: '1 model of 2: nomic-embed' })
    expect(end(all, 'models').advice).toContain('does not have missing')
    expect(end(all, 'token')).toMatchObject({ state: 'skipped', detail: 'None of its models chats.' })
  })

  test('an allow-list does not look at :latest', async () => {
    const { port } = await scripted(okOllama)
    const all = await steps({ provider: 'ollama', baseUrl: `http://127.0.0.1:${port}`, modelIds: ['llama3.2'] })
    expect(end(all, 'models')).toMatchObject({ state: 'ok', detail: '1 model of 2: llama3.2:latest', advice: null })
  })

  test('the reason of a refused token is kept; a refusal of so small a limit is an answer', async () => {
    for (const [message, state] of [
      ['model requires more system memory', 'failed'],
      ['Could not finish the message because max_tokens or model output limit was reached.', 'ok'],
    ] as const) {
      const { port } = await scripted((path) =>
        path === '/api/chat' ? { status: 400, body: { error: message } } : okOllama(path),
      )
      const all = await steps({ provider: 'ollama', baseUrl: `http://127.0.0.1:${port}` })
      expect(end(all, 'token').state).toBe(state)
      expect(end(all, 'token').detail).toContain(
        state === 'failed' ? message : 'llama3.2:latest answers, but not with a single token.',
      )
    }
  })
})

describe('a server that accepts and never answers in whole', () => {
  test.each([
    ['auth', ['/api/tags']],
    ['version', ['/api/tags', '/api/version']],
    ['models', ['/api/tags', '/api/version', '/api/tags']],
  ] as const)('ends the step %s after the time of a look', async (step, paths) => {
    let requests = 0
    const server = createHttpServer((_request, response) => {
      requests += 1
      const isLast = requests === paths.length
      // The first step asks for the head alone.
      if (isLast && step === 'auth') return
      response.writeHead(200, { 'Content-Type': 'application/json' })
      if (!isLast) {
        response.end(JSON.stringify({ version: '1', models: [] }))
        return
      }
      const drip = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(drip))
    })
    onTestFinished(() => server.closeAllConnections())
    const port = await listen(server)
    const clock = createManualClock()
    const { connections } = await openConnections({ clock })
    const testing = Array.fromAsync(
      connections.test({ provider: 'ollama', baseUrl: `http://127.0.0.1:${port}` }, null, new AbortController().signal),
    )
    await until('it was asked', () => (requests === paths.length ? true : null))
    clock.advance(15_000)
    expect(end(await testing, step)).toMatchObject({
      state: 'failed',
      error: { code: 'first_byte_timeout', message: expect.stringContaining('15 s') as string },
    })
  })
})

test('a cancelled test ends quietly and frees its sockets', async () => {
  const stop = new AbortController()
  let isClosed = false
  const { port } = await scripted((_path, request) => {
    request.socket.once('close', () => {
      isClosed = true
    })
    stop.abort()
    return 'hang'
  })
  const { connections } = await openConnections()
  const all = await Array.fromAsync(
    connections.test({ provider: 'ollama', baseUrl: `http://127.0.0.1:${port}` }, null, stop.signal),
  )
  expect(all.at(-1)).toMatchObject({ step: 'auth', state: 'running' })
  await until('the socket is closed', () => (isClosed ? true : null))
})
