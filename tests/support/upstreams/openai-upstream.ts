/**
 * A scripted server that speaks OpenAI's API with the recorded shapes of OpenAI, Azure (classic and v1), LocalAI, vLLM
 * and llama-server: models, chat completions, completions, embeddings, responses. Real HTTP on 127.0.0.1.
 *
 *   const openai = await startOpenAiUpstream({ flavour: 'openai', models: [scriptedOpenAiModel('gpt-4o')] })
 *   openai.baseUrl                 // what a connection is given: http://127.0.0.1:<port>/v1 (azure, localai: without /v1)
 *   openai.azureV1Url              // the same Azure resource the newer way: …/openai/v1
 *   openai.behaviour.delayMs = 500 // slow: before every head (see `OpenAiBehaviour` for dead, flapping, silent, key …)
 *   openai.requests                // everything it was asked: method, path, query, headers, parsed body, how it ended
 *   openai.openRequests()          // requests being answered now; openSockets() counts what clients hold open
 *   openai.sockets()               // sockets ever opened, to see whether they are used again
 *   await openai.kill(); await openai.revive()   // on the same port
 *   await openai.stop()
 *
 * What a chat answers is chosen by words in the question: see `answerOf` in openai-answers.ts
 * (`#429` `#cut` `#no-end` `#half` `#long` `#error-in-stream` `#silent` … and "weather", "time", pictures, JSON formats).
 * `openai` and `azure` are as strict as the true ones: unknown fields, 5 stop texts or `max_tokens` for o1 get their 400.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  answerOf,
  completionOf,
  errorAnswer,
  type OpenAiFlavour,
  refusalOf,
  type ScriptedOpenAiAnswer,
  type ScriptedOpenAiModel,
  type ScriptedOpenAiRefusal,
  vectorOf,
} from './openai-answers.ts'
import { askedByChat, askedByCompletion, askedByResponses } from './openai-asked.ts'
import { chatChunks, chatCompletion, completionChunks, type ScriptedEvent, textCompletion } from './openai-events.ts'
import { DEFAULT_MODELS, localAiCapabilities, modelEntry, unknownModel } from './openai-models.ts'
import { responseEvents, responseOf } from './openai-responses-events.ts'
import { effortRefusal, strictRefusal, strictResponsesRefusal } from './openai-strictness.ts'

type Json = Record<string, unknown>

export interface OpenAiBehaviour {
  /** Waits before every answer's head, ms. */
  delayMs: number
  /** Between two events, ms. */
  eventMs: number
  /** Cuts the socket of every request, unanswered. */
  dead: boolean
  /** Cuts the socket of every n-th request, unanswered; 0 for never. */
  flapEvery: number
  /** Takes requests and never says anything. */
  silent: boolean
  /** Answers paths (without query) with an error of that status. */
  failing: Map<string, number>
  /** Paths that an older release does not have: 404. */
  missing: Set<string>
  /** Writes answers so many bytes at a time, cutting characters; 0 sends events whole. */
  chunkBytes: number
  /** Answers a request for a stream with one JSON value, as some servers do. */
  neverStreams: boolean
  /** Ends every chat at once with a finish_reason that means failure, as DeepSeek does when it is full. */
  givesUp: boolean
  /** Leaves out the closing `data: [DONE]`. */
  withoutDone: boolean
  /** Demands the key as the flavour does (Bearer; azure: api-key). */
  key: string | null
  /** Values of `reasoning_effort` that it takes, as Groq's models do; null for any. */
  efforts: readonly string[] | null
  /** LocalAI: `/readyz` says 503. */
  starting: boolean
  version: string
}

export interface RecordedOpenAiRequest {
  method: string
  /** Without the query. */
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: Json | null
  /** The body's bytes as they came. */
  raw: string
  /** How it ended; null while it is open. */
  outcome: 'answered' | 'client left' | null
}

export interface OpenAiUpstream {
  readonly flavour: OpenAiFlavour
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** What a connection of this flavour has as its base URL. */
  readonly baseUrl: string
  /** azure: the base URL of its v1 API. */
  readonly azureV1Url: string
  readonly port: number
  readonly behaviour: OpenAiBehaviour
  readonly models: Map<string, ScriptedOpenAiModel>
  /** localai: ids of the models in memory. */
  readonly loaded: Set<string>
  readonly requests: RecordedOpenAiRequest[]
  /** The requests to one path, such as `/v1/chat/completions`. */
  requestsTo(path: string): RecordedOpenAiRequest[]
  openRequests(): number
  openSockets(): number
  sockets(): number
  kill(): Promise<void>
  revive(): Promise<void>
  stop(): Promise<void>
}

export async function startOpenAiUpstream(
  options: { flavour?: OpenAiFlavour; models?: ScriptedOpenAiModel[]; behaviour?: Partial<OpenAiBehaviour> } = {},
): Promise<OpenAiUpstream> {
  const flavour = options.flavour ?? 'openai'
  const behaviour: OpenAiBehaviour = {
    delayMs: 0,
    eventMs: 0,
    dead: false,
    flapEvery: 0,
    silent: false,
    failing: new Map(),
    missing: new Set(),
    chunkBytes: 0,
    neverStreams: false,
    givesUp: false,
    withoutDone: false,
    key: null,
    efforts: null,
    starting: false,
    version: flavour === 'localai' ? 'v3.8.0 (a1b2c3d4)' : '0.11.2',
    ...options.behaviour,
  }
  const models = new Map((options.models ?? DEFAULT_MODELS[flavour]).map((model) => [model.id, model]))
  const loaded = new Set<string>()
  const requests: RecordedOpenAiRequest[] = []
  let open = 0
  let sockets = 0
  let openSockets = 0

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://localhost')
    const record: RecordedOpenAiRequest = {
      method: req.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: req.headers,
      body: null,
      raw: '',
      outcome: null,
    }
    requests.push(record)
    res.once('close', () => {
      record.outcome = res.writableFinished ? 'answered' : 'client left'
    })
    if (behaviour.dead || (behaviour.flapEvery > 0 && requests.length % behaviour.flapEvery === 0)) {
      req.socket.destroy()
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    record.raw = Buffer.concat(chunks).toString('utf8')
    if (behaviour.silent || record.raw.includes('#silent')) return
    if (behaviour.delayMs > 0) await pause(behaviour.delayMs)
    if (!isAuthorised(req)) {
      const message =
        'Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.'
      return refuse(res, errorAnswer(flavour, 401, message, { code: 'invalid_api_key' }))
    }
    const failure = behaviour.failing.get(url.pathname)
    if (failure !== undefined) {
      return refuse(res, errorAnswer(flavour, failure, `scripted failure of ${url.pathname}`, { type: 'server_error' }))
    }
    if (behaviour.missing.has(url.pathname)) return notThere(res)
    if (record.raw !== '') {
      try {
        record.body = JSON.parse(record.raw) as Json
      } catch {
        return refuse(res, errorAnswer(flavour, 400, 'We could not parse the JSON body of your request.'))
      }
    }
    await route(res, record, record.body ?? {})
  }

  function isAuthorised({ headers }: IncomingMessage): boolean {
    if (behaviour.key === null) return true
    if (flavour === 'azure' && headers['api-key'] === behaviour.key) return true
    return headers.authorization === `Bearer ${behaviour.key}`
  }

  async function route(res: ServerResponse, { method, path, query }: RecordedOpenAiRequest, body: Json): Promise<void> {
    const classic = /^\/openai\/deployments\/([^/]+)\/(chat\/completions|completions|embeddings)$/.exec(path)
    if (flavour === 'azure' && !path.startsWith('/openai/v1/') && !query.has('api-version')) return notThere(res)
    if (method === 'GET') return get(res, path)
    if (flavour === 'azure' && classic !== null) {
      const [, deployment, endpoint] = classic
      return infer(res, `/${endpoint}`, decodeURIComponent(deployment ?? ''), body)
    }
    const root = flavour === 'azure' ? (path === '/openai/responses' ? '/openai' : '/openai/v1') : '/v1'
    if (!path.startsWith(`${root}/`)) return notThere(res)
    return infer(res, path.slice(root.length), String(body.model ?? ''), body)
  }

  function get(res: ServerResponse, path: string): void {
    const answer = answerToGet(path)
    if (answer === null) notThere(res)
    else sendJson(res, path === '/readyz' && behaviour.starting ? 503 : 200, answer)
  }

  function answerToGet(path: string): unknown {
    const lists: Partial<Record<OpenAiFlavour, string[]>> = { azure: ['/openai/models', '/openai/v1/models'] }
    if ((lists[flavour] ?? ['/v1/models']).includes(path)) {
      return { object: 'list', data: [...models.values()].map((model) => modelEntry(flavour, model)) }
    }
    if (flavour === 'vllm' && path === '/version') return { version: behaviour.version }
    if (flavour === 'llama-server' && path === '/props') return { build_info: 'b7013-a1b2c3d4', total_slots: 4 }
    if (flavour !== 'localai') return null
    switch (path) {
      case '/readyz':
        return {}
      case '/version':
        return { version: behaviour.version }
      case '/system':
        return { backends: ['llama-cpp', 'whisper'], loaded_models: [...loaded].map((id) => ({ id })) }
      case '/v1/models/capabilities':
        return { object: 'list', data: [...models.values()].map(localAiCapabilities) }
      default:
        return null
    }
  }

  async function infer(res: ServerResponse, endpoint: string, name: string, body: Json): Promise<void> {
    const named = models.get(name)
    // llama-server has one model and takes every name.
    const model = named ?? (flavour === 'llama-server' ? [...models.values()][0] : undefined)
    if (model === undefined) return refuse(res, unknownModel(flavour, name))
    loaded.add(model.id)
    switch (endpoint) {
      case '/chat/completions':
        return chat(res, model, body)
      case '/completions':
        return complete(res, model, body)
      case '/embeddings':
        return embed(res, model, body)
      case '/responses':
        return respond(res, model, body)
      default:
        return notThere(res)
    }
  }

  async function chat(res: ServerResponse, model: ScriptedOpenAiModel, body: Json): Promise<void> {
    const asked = askedByChat(body)
    const refusal =
      strictRefusal(flavour, model.id, body) ??
      effortRefusal(flavour, body.reasoning_effort, behaviour.efforts) ??
      refusalOf(asked.question, flavour)
    if (refusal !== null) return refuse(res, refusal)
    const answer = behaviour.givesUp ? GAVE_UP : answerOf(asked, shown(model))
    if (body.stream !== true || behaviour.neverStreams) {
      return sendJson(res, 200, chatCompletion(flavour, model.id, answer))
    }
    const includeUsage = (body.stream_options as { include_usage?: boolean } | undefined)?.include_usage === true
    await stream(res, chatChunks(flavour, model.id, answer, includeUsage), answer)
  }

  async function complete(res: ServerResponse, model: ScriptedOpenAiModel, body: Json): Promise<void> {
    if (flavour === 'openai' && !model.id.includes('instruct')) {
      const message =
        'This is a chat model and not supported in the v1/completions endpoint. Did you mean to use v1/chat/completions?'
      return refuse(res, errorAnswer(flavour, 404, message, { param: 'model' }))
    }
    const asked = askedByCompletion(body)
    const refusal = strictRefusal(flavour, model.id, body) ?? refusalOf(asked.question, flavour)
    if (refusal !== null) return refuse(res, refusal)
    const answer = completionOf(String(body.prompt ?? ''), asked, model)
    if (body.stream !== true) return sendJson(res, 200, textCompletion(model.id, answer))
    const includeUsage = (body.stream_options as { include_usage?: boolean } | undefined)?.include_usage === true
    await stream(res, completionChunks(model.id, answer, includeUsage), answer)
  }

  async function respond(res: ServerResponse, model: ScriptedOpenAiModel, body: Json): Promise<void> {
    const asked = askedByResponses(body)
    const effort = (body.reasoning as { effort?: unknown } | undefined)?.effort
    const refusal =
      strictResponsesRefusal(flavour, body) ??
      effortRefusal(flavour, effort, behaviour.efforts, 'reasoning.effort') ??
      refusalOf(asked.question, flavour)
    if (refusal !== null) return refuse(res, refusal)
    const answer = answerOf(asked, model)
    if (body.stream !== true || behaviour.neverStreams) {
      const isCut = answer.finish === 'length' || answer.finish === 'content_filter'
      return sendJson(res, 200, responseOf(model.id, answer, isCut ? 'incomplete' : 'completed'))
    }
    await stream(res, responseEvents(model.id, answer), answer)
  }

  function embed(res: ServerResponse, model: ScriptedOpenAiModel, body: Json): void {
    const inputs = (Array.isArray(body.input) ? body.input : [body.input]).map(String)
    const dimensions = typeof body.dimensions === 'number' ? body.dimensions : model.dimensions
    const data = inputs.map((input, index) => {
      const vector = vectorOf(input, dimensions)
      const base64 = body.encoding_format === 'base64'
      const embedding = base64 ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector
      return { object: 'embedding', index, embedding }
    })
    const tokens = inputs.join(' ').split(' ').length
    // In any order: only `index` counts.
    sendJson(res, 200, {
      object: 'list',
      data: data.reverse(),
      model: model.id,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    })
  }

  /** OpenAI's own chats keep the thoughts of their models to themselves. */
  function shown(model: ScriptedOpenAiModel): ScriptedOpenAiModel {
    return flavour === 'openai' || flavour === 'azure' ? { ...model, reasons: false } : model
  }

  async function stream(
    res: ServerResponse,
    events: Iterable<ScriptedEvent>,
    answer: ScriptedOpenAiAnswer,
  ): Promise<void> {
    res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
    const eventMs = Math.max(behaviour.eventMs, answer.eventMs)
    for (const { event, data } of events) {
      if (res.destroyed) return
      if (data === '[DONE]' && behaviour.withoutDone) continue
      const text = typeof data === 'string' ? data : JSON.stringify(data)
      await write(res, `${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`)
      if (eventMs > 0) await pause(eventMs)
    }
    if (answer.end !== 'cut') {
      res.end()
      return
    }
    // What was written has to be on its way: a line that breaks loses no bytes that were sent before.
    await new Promise((resolve) => res.write(': \n', resolve))
    res.destroy()
  }

  async function write(res: ServerResponse, text: string): Promise<void> {
    const bytes = Buffer.from(text)
    const size = behaviour.chunkBytes > 0 ? behaviour.chunkBytes : bytes.length
    for (let at = 0; at < bytes.length; at += size) {
      if (res.destroyed) return
      if (!res.write(bytes.subarray(at, at + size))) await drained(res)
      if (behaviour.chunkBytes > 0) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  let server = listening()
  function listening(): Server {
    const next = createServer((req, res) => {
      open += 1
      res.once('close', () => {
        open -= 1
      })
      handle(req, res).catch(() => req.socket.destroy())
    })
    next.on('connection', (socket) => {
      sockets += 1
      openSockets += 1
      socket.once('close', () => {
        openSockets -= 1
      })
    })
    return next
  }
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
  const kill = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  await listen(0)
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const hasRootBase = flavour === 'azure' || flavour === 'localai'

  return {
    flavour,
    url,
    baseUrl: hasRootBase ? url : `${url}/v1`,
    azureV1Url: `${url}/openai/v1`,
    port,
    behaviour,
    models,
    loaded,
    requests,
    requestsTo: (path) => requests.filter((request) => request.path === path),
    openRequests: () => open,
    openSockets: () => openSockets,
    sockets: () => sockets,
    kill,
    async revive() {
      server = listening()
      await listen(port)
    },
    stop: kill,
  }
}

const GAVE_UP: ScriptedOpenAiAnswer = {
  reasoning: [],
  text: [],
  toolCalls: [],
  finish: 'insufficient_system_resource',
  promptTokens: 3,
  end: 'done',
  eventMs: 0,
}

function refuse(res: ServerResponse, { status, contentType, body, headers }: ScriptedOpenAiRefusal): void {
  res.writeHead(status, { 'content-type': contentType, ...headers }).end(body)
}

function notThere(res: ServerResponse): void {
  sendJson(res, 404, { error: { code: '404', message: 'Resource not found' } })
}

function sendJson(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    res.once('drain', resolve)
    res.once('close', resolve)
  })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
