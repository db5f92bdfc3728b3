import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { createEngine } from '../../../src/main/engine/index.ts'
import type { Engine } from '../../../src/main/engine/spec/engine.ts'
import type { GatewayTiming } from '../../../src/main/gateway/exchange.ts'
import { createGateway } from '../../../src/main/gateway/index.ts'
import type { ConnectionInput } from '../../../src/shared/connections.ts'
import { type HttpAnswer, http, post } from '../../support/http-client.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { until } from '../../support/until.ts'
import { type OllamaUpstream, startOllamaUpstream } from '../../support/upstreams/ollama-upstream.ts'

export interface Bench {
  engine: Engine
  port: number
  get(path: string): Promise<HttpAnswer>
  post(path: string, body: unknown): Promise<HttpAnswer>
  /** Adds a connection and waits until its models were asked for. Resolves with its id. */
  add(input: ConnectionInput): Promise<string>
}

/** The real engine behind the real gateway, without a model of its own. */
export async function startBench(timing: Partial<GatewayTiming> = {}): Promise<Bench> {
  const entry = (name: string): URL => new URL(`../../../src/main/${name}.ts`, import.meta.url)
  const engine = await createEngine({
    dataFolder: tempFolder(),
    mode: 'headless',
    version: '0.0.0',
    workers: { llama: entry('llama-worker'), llamaTrial: entry('llama-trial'), storage: entry('storage-worker') },
    builtInModels: [],
    environment: { SWITCHYARD_GPU: 'off' },
  })
  onTestFinished(() => engine.close())
  const gateway = createGateway({ engine, host: '127.0.0.1', port: 0, rendererFolder: null, version: '1.2.3', timing })
  const { port } = await gateway.listen()
  onTestFinished(() => gateway.close())
  return {
    engine,
    port,
    get: (path) => http(port, path),
    post: (path, body) => post(port, path, body),
    async add(input) {
      const { id } = await engine.connections.create(input)
      await until('its models are known', () => {
        const health = engine.connections.get(id)?.health
        return health?.checkedAt == null && health?.lastError == null ? null : true
      })
      return id
    },
  }
}

export async function startOllama(options: Parameters<typeof startOllamaUpstream>[0] = {}): Promise<OllamaUpstream> {
  const server = await startOllamaUpstream(options)
  onTestFinished(() => server.stop())
  return server
}

export interface OpenAiServer {
  url: string
  requests: { method: string; path: string; headers: IncomingMessage['headers']; body: unknown }[]
  /** Stands beside `data` in the list of models. */
  beside: Record<string, unknown>
  /** Answered instead of a chat. */
  refusal: { status: number; body: string } | null
}

/** A server of the OpenAI kind: a list of models and chats, with the shapes of api.openai.com. */
export async function startOpenAi(models: string[], key = 'sk-canary-1234567890'): Promise<OpenAiServer> {
  const server: OpenAiServer = { url: '', requests: [], beside: {}, refusal: null }
  const created = 1_715_367_049
  const json = (res: ServerResponse, status: number, value: unknown): void => {
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }
  const listener = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const body = text === '' ? null : (JSON.parse(text) as Record<string, unknown>)
    const path = req.url ?? ''
    server.requests.push({ method: req.method ?? '', path, headers: req.headers, body })
    if (req.headers.authorization !== `Bearer ${key}`) {
      const message = 'Incorrect API key provided: it does not match.'
      return json(res, 401, { error: { message, type: 'invalid_request_error', param: null, code: 'invalid_api_key' } })
    }
    if (path === '/v1/models') {
      return json(res, 200, {
        object: 'list',
        data: models.map((id) => ({ id, object: 'model', created, owned_by: 'system' })),
        ...server.beside,
      })
    }
    if (path !== '/v1/chat/completions') return json(res, 404, { error: { message: `Invalid URL (${path})` } })
    if (server.refusal !== null) {
      res.writeHead(server.refusal.status, { 'content-type': 'application/json' }).end(server.refusal.body)
      return
    }
    const head = { id: 'chatcmpl-abc', created, model: body?.model, system_fingerprint: 'fp_1' }
    const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 }
    if (body?.stream !== true) {
      const message = { role: 'assistant', content: 'Hello there', refusal: null }
      const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
      return json(res, 200, { ...head, object: 'chat.completion', choices, usage })
    }
    res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    const chunk = (delta: object, finish_reason: string | null): string =>
      `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
    res.write(chunk({ role: 'assistant', content: '' }, null))
    res.write(chunk({ content: 'Hello' }, null))
    res.write(chunk({ content: ' there' }, null))
    res.end(`${chunk({}, 'stop')}data: [DONE]\n\n`)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  server.url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/v1`
  onTestFinished(() => {
    listener.closeAllConnections()
    listener.close()
  })
  return server
}

export function jsonOf(answer: HttpAnswer): unknown {
  return JSON.parse(answer.body)
}

export function linesOf(answer: HttpAnswer): Record<string, unknown>[] {
  return answer.body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** The events of a server-sent stream but its `[DONE]`. */
export function eventsOf(answer: HttpAnswer): Record<string, unknown>[] {
  return answer.body
    .split('\n\n')
    .filter((event) => event.startsWith('data: ') && event !== 'data: [DONE]')
    .map((event) => JSON.parse(event.slice('data: '.length)) as Record<string, unknown>)
}
