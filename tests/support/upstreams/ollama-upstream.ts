/**
 * A scripted, stateful server that speaks Ollama 0.13's API with its recorded shapes: version, tags, ps, show, chat,
 * generate, embed, embeddings, pull, push, create, copy, delete and blobs. Real HTTP on 127.0.0.1.
 *
 *   const ollama = await startOllamaUpstream({ models: [scriptedModel('llama3.1:8b')] })
 *   ollama.url                     // http://127.0.0.1:<port>
 *   ollama.behaviour.delayMs = 500 // slow: before every head (see `OllamaBehaviour` for dead, flapping, old …)
 *   ollama.script.registry.set('tiny', { layers: [1_000_000] }); ollama.script.drops = 2  // pulls (see `LibraryScript`)
 *   ollama.library.models / .blobs / .partial, ollama.loaded                              // its state
 *   ollama.requests                // everything it was asked: method, path, headers, parsed body, how it ended
 *   ollama.openRequests()          // requests being answered now; their sockets are open
 *   await ollama.kill(); await ollama.revive()   // on the same port
 *   await ollama.stop()
 *
 * What /api/chat answers is chosen by words in the question: see `answerChat` in ollama-answers.ts
 * (`#429` `#cut` `#half` `#long` `#error-in-stream` … and "weather", "joke", pictures, `format`).
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type AnswerEnd,
  answerChat,
  answerGenerate,
  embeddingOf,
  type ScriptedAnswer,
  type ScriptedOllamaModel,
  scriptedModel,
} from './ollama-answers.ts'
import { create, findModel, type Library, type LibraryScript, pull, push, type SendLine } from './ollama-library.ts'
import { embedAnswer, ending, head, psEntry, said, showAnswer, tagsEntry, toolCall } from './ollama-shapes.ts'
import { lineSender, pause, refuse, sendJson, sendText, wholeAnswer } from './ollama-writing.ts'

type Json = Record<string, unknown>

export interface OllamaBehaviour {
  /** Waits before every answer's head, ms. */
  delayMs: number
  /** Between two lines of an answer, ms. */
  lineMs: number
  /** Cuts the socket of every request, unanswered. */
  dead: boolean
  /** Cuts the socket of every n-th request, unanswered; 0 for never. */
  flapEvery: number
  /** Takes requests and never says anything. */
  silent: boolean
  /** Answers these paths (`/api/ps`) with an error of that status. */
  failing: Map<string, number>
  /** Paths that an older release does not have: 404 `404 page not found`. */
  missing: Set<string>
  /** Writes answers so many bytes at a time, cutting characters; 0 sends lines whole. */
  chunkBytes: number
  version: string
  /** Demands `Authorization: Bearer <key>`. */
  key: string | null
}

export interface RecordedRequest {
  method: string
  path: string
  headers: IncomingMessage['headers']
  /** Parsed JSON; null for none (blobs). */
  body: Json | null
  bytes: number
  /** How it ended; null while it is open. */
  outcome: 'answered' | 'client left' | null
}

export interface OllamaUpstream {
  readonly url: string
  readonly port: number
  readonly behaviour: OllamaBehaviour
  readonly library: Library
  readonly script: LibraryScript
  /** Loaded models by name. */
  readonly loaded: Map<string, { expiresAt: string; vramBytes: number; contextLength: number }>
  readonly requests: RecordedRequest[]
  /** The requests of one path, such as `/api/chat`. */
  requestsTo(path: string): RecordedRequest[]
  openRequests(): number
  /** Sockets that clients hold open. */
  openSockets(): number
  /** Sockets that were ever opened. */
  allSockets(): number
  /** Closes the port and every socket. */
  kill(): Promise<void>
  /** Listens on the same port again; state is kept. */
  revive(): Promise<void>
  stop(): Promise<void>
}

export const DEFAULT_MODELS: ScriptedOllamaModel[] = [
  scriptedModel('llama3.1:8b'),
  scriptedModel('all-minilm:latest', {
    family: 'bert',
    families: ['bert'],
    parameterSize: '23M',
    quantization: 'F16',
    sizeBytes: 45_960_996,
    capabilities: ['embedding'],
    contextLength: 512,
  }),
]

export async function startOllamaUpstream(
  options: {
    models?: ScriptedOllamaModel[]
    behaviour?: Partial<OllamaBehaviour>
    script?: Partial<LibraryScript>
  } = {},
): Promise<OllamaUpstream> {
  const behaviour: OllamaBehaviour = {
    delayMs: 0,
    lineMs: 0,
    dead: false,
    flapEvery: 0,
    silent: false,
    failing: new Map(),
    missing: new Set(),
    chunkBytes: 0,
    version: '0.13.5',
    key: null,
    ...options.behaviour,
  }
  const script: LibraryScript = {
    registry: new Map(),
    stepBytes: 100_000,
    stepMs: 0,
    drops: 0,
    stallAt: null,
    pushError: null,
    ...options.script,
  }
  const library: Library = {
    models: new Map((options.models ?? DEFAULT_MODELS).map((model) => [model.name, model])),
    blobs: new Map(),
    partial: new Map(),
  }
  const loaded: OllamaUpstream['loaded'] = new Map()
  const requests: RecordedRequest[] = []
  let sockets = 0
  let allSockets = 0

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = (req.url ?? '/').split('?')[0] ?? '/'
    const record: RecordedRequest = {
      method: req.method ?? '',
      path,
      headers: req.headers,
      body: null,
      bytes: 0,
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
    const raw = await readBody(req)
    record.bytes = raw.length
    if (behaviour.silent) return
    const isBlob = path.startsWith('/api/blobs/')
    if (raw.length > 0 && !isBlob) {
      try {
        record.body = JSON.parse(raw.toString()) as Json
      } catch {
        return sendJson(res, 400, { error: `invalid character '${raw.toString()[0]}' looking for beginning of value` })
      }
    }
    if (behaviour.delayMs > 0) await pause(behaviour.delayMs)
    if (behaviour.key !== null && req.headers.authorization !== `Bearer ${behaviour.key}`) {
      return sendJson(res, 401, { error: 'unauthorized' })
    }
    const failure = behaviour.failing.get(path)
    if (failure !== undefined) return sendJson(res, failure, { error: `scripted failure of ${path}` })
    if (behaviour.missing.has(path)) return sendText(res, 404, '404 page not found')
    await route(`${req.method} ${isBlob ? '/api/blobs' : path}`, res, record.body ?? {}, path, raw)
  }

  async function route(key: string, res: ServerResponse, body: Json, path: string, raw: Buffer): Promise<void> {
    const name = String(body.model ?? body.name ?? '')
    const model = findModel(library, name)
    const notFound = () => sendJson(res, 404, { error: `model '${name}' not found` })
    switch (key) {
      case 'GET /':
      case 'HEAD /':
        return sendText(res, 200, 'Ollama is running')
      case 'GET /api/version':
        return sendJson(res, 200, { version: behaviour.version })
      case 'GET /api/tags':
        return sendJson(res, 200, { models: [...library.models.values()].map(tagsEntry) })
      case 'GET /api/ps':
        return sendJson(res, 200, { models: [...loaded].flatMap(([each, state]) => psEntry(library, each, state)) })
      case 'POST /api/show':
        return model === null ? notFound() : sendJson(res, 200, showAnswer(model))
      case 'POST /api/chat':
        return model === null ? notFound() : answer(res, 'chat', name, model, body)
      case 'POST /api/generate':
        return model === null ? notFound() : answer(res, 'generate', name, model, body)
      case 'POST /api/embed':
        return model === null ? notFound() : sendJson(res, 200, embedAnswer(name, body))
      case 'POST /api/embeddings':
        return model === null
          ? sendJson(res, 404, { error: `model "${name}" not found, try pulling it first` })
          : sendJson(res, 200, { embedding: embeddingOf(String(body.prompt)) })
      case 'POST /api/pull':
        return progress(res, (send) => pull(library, script, name, send))
      case 'POST /api/push':
        return progress(res, (send) => push(library, script, name, send))
      case 'POST /api/create':
        return createModel(res, body)
      case 'POST /api/copy':
        return copyModel(res, String(body.source), String(body.destination))
      case 'DELETE /api/delete':
        if (model === null) return notFound()
        library.models.delete(model.name)
        loaded.delete(model.name)
        res.writeHead(200).end()
        return
      case 'HEAD /api/blobs':
        res.writeHead(library.blobs.has(path.slice('/api/blobs/'.length)) ? 200 : 404).end()
        return
      case 'POST /api/blobs':
        return storeBlob(res, path.slice('/api/blobs/'.length), raw)
      default:
        return sendText(res, 404, '404 page not found')
    }
  }

  async function answer(
    res: ServerResponse,
    kind: 'chat' | 'generate',
    name: string,
    model: ScriptedOllamaModel,
    body: Json,
  ) {
    const refusal = thinkRefusal(model, name, body.think)
    if (refusal !== null) return sendJson(res, 400, { error: refusal })
    const empty = kind === 'chat' ? !Array.isArray(body.messages) || body.messages.length === 0 : !body.prompt
    if (empty) {
      const unload = body.keep_alive === 0
      if (unload) loaded.delete(model.name)
      else load(model)
      return sendJson(res, 200, {
        ...head(name),
        ...said(kind, '', ''),
        done: true,
        done_reason: unload ? 'unload' : 'load',
      })
    }
    const answered = (kind === 'chat' ? answerChat : answerGenerate)(body, model)
    if ('status' in answered) return refuse(res, answered)
    load(model)
    if (body.stream === false) return wholeAnswer(res, kind, name, answered)
    await streamAnswer(res, kind, name, answered)
  }

  async function streamAnswer(res: ServerResponse, kind: 'chat' | 'generate', name: string, answered: ScriptedAnswer) {
    if (answered.end === 'silent') return
    const send = lineSender(
      res,
      answered.chunkBytes === 0 ? behaviour : { ...behaviour, chunkBytes: answered.chunkBytes },
    )
    const line = (fields: Json): Promise<boolean> => send({ ...head(name), ...fields, done: false })
    for (const piece of answered.thinking) if (!(await line(said(kind, '', piece)))) return
    for (const piece of answered.text) if (!(await line(said(kind, piece, '')))) return
    for (const [index, call] of answered.toolCalls.entries()) {
      if (!(await line({ message: { role: 'assistant', content: '', tool_calls: [toolCall(call, index)] } }))) return
    }
    await finish(res, answered.end, send, line, { ...head(name), ...said(kind, '', ''), ...ending(answered) }, kind)
  }

  async function finish(
    res: ServerResponse,
    end: AnswerEnd,
    send: SendLine,
    line: (fields: Json) => Promise<boolean>,
    last: Json,
    kind: 'chat' | 'generate',
  ): Promise<void> {
    if (end === 'cut') {
      res.socket?.destroy()
      return
    }
    if (end === 'endless') while (await line(said(kind, 'again ', ''))) await pause(5)
    else if (typeof end === 'object') await send({ error: end.error })
    else if (end === 'done') await send(last)
    res.end()
  }

  function load(model: ScriptedOllamaModel): void {
    const expiresAt = new Date(Date.now() + 5 * 60_000).toISOString()
    loaded.set(model.name, { expiresAt, vramBytes: Math.round(model.sizeBytes * 1.2), contextLength: 4096 })
  }

  async function progress(
    res: ServerResponse,
    run: (send: SendLine) => Promise<'end' | 'cut' | 'hang'>,
  ): Promise<void> {
    const outcome = await run(lineSender(res, { ...behaviour, chunkBytes: 0 }))
    if (outcome === 'cut') res.socket?.destroy()
    else if (outcome === 'end') res.end()
  }

  async function createModel(res: ServerResponse, body: Json): Promise<void> {
    const failure = await create(library, body, lineSender(res, behaviour))
    if (failure !== null) return sendJson(res, failure.status, { error: failure.error })
    res.end()
  }

  function copyModel(res: ServerResponse, source: string, destination: string): void {
    const model = findModel(library, source)
    if (model === null) {
      sendJson(res, 404, { error: `model "${source}" not found` })
      return
    }
    const full = destination.includes(':') ? destination : `${destination}:latest`
    library.models.set(full, { ...model, name: full })
    res.writeHead(200).end()
  }

  function storeBlob(res: ServerResponse, digest: string, raw: Buffer): void {
    if (library.blobs.has(digest)) {
      res.writeHead(200).end()
      return
    }
    const actual = `sha256:${createHash('sha256').update(raw).digest('hex')}`
    if (actual !== digest) {
      sendJson(res, 400, { error: `digest mismatch, expected "${digest}", got "${actual}"` })
      return
    }
    library.blobs.set(digest, raw.length)
    res.writeHead(201).end()
  }

  let server = makeServer()
  function makeServer(): Server {
    const made = createServer((req, res) => {
      handle(req, res).catch((error: unknown) => {
        if (!res.destroyed && !res.headersSent) sendJson(res, 500, { error: String(error) })
        else res.destroy()
      })
    })
    made.on('connection', (socket) => {
      sockets++
      allSockets++
      socket.once('close', () => sockets--)
    })
    return made
  }
  const listen = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
    })
  const port = await listen(0)
  const kill = (): Promise<void> =>
    new Promise((resolve) => {
      if (!server.listening) return resolve()
      server.close(() => resolve())
      server.closeAllConnections()
    })

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    behaviour,
    library,
    script,
    loaded,
    requests,
    requestsTo: (path) => requests.filter((request) => request.path === path),
    openRequests: () => requests.filter((request) => request.outcome === null).length,
    openSockets: () => sockets,
    allSockets: () => allSockets,
    kill,
    async revive() {
      server = makeServer()
      await listen(port)
    },
    stop: kill,
  }
}

function thinkRefusal(model: ScriptedOllamaModel, name: string, think: unknown): string | null {
  if (think === undefined || think === null || think === false) return null
  if (model.capabilities?.includes('thinking') !== true) return `"${name}" does not support thinking`
  if (typeof think === 'string' && !model.thinkLevels) return `think value "${think}" is not supported for this model`
  return null
}

async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
