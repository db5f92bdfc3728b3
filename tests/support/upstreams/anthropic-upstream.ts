/**
 * A scripted server that speaks Anthropic's Messages API (2023-06-01) with its recorded shapes: messages streamed and
 * whole, count_tokens, models in pages. It checks requests by the API's own rules (see anthropic-rules.ts) and refuses
 * with its own words. Real HTTP on 127.0.0.1.
 *
 *   const claude = await startAnthropicUpstream({ models: [scriptedClaude('claude-opus-4-7')] })
 *   claude.url                      // http://127.0.0.1:<port>; the API is below /v1
 *   claude.behaviour.delayMs = 500  // slow: before every head; lineMs between events; dead, silent, flapEvery, failing
 *   claude.requests, claude.requestsTo('/v1/messages')   // what it was asked: path, query, headers, body, how it ended
 *   claude.openRequests(), claude.openSockets()
 *   await claude.kill(); await claude.revive()           // on the same port
 *   await claude.stop()
 *
 * What POST /v1/messages answers is chosen by words in the question: see `answerMessage` in anthropic-answers.ts
 * (`#429` `#529` `#cut` `#half` `#long` `#endless` `#error-in-stream` … and "weather", "joke", pictures, a schema).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  answerMessage,
  countTokens,
  errorBody,
  inPieces,
  REDACTED,
  type ScriptedAnswer,
  type ScriptedBlock,
  SIGNATURE,
} from './anthropic-answers.ts'
import { complaintAbout, list, type ScriptedClaude, scriptedClaude } from './anthropic-rules.ts'

export { scriptedClaude }

type Json = Record<string, unknown>

export interface AnthropicBehaviour {
  /** Waits before every answer's head, ms. */
  delayMs: number
  /** Between two events of an answer, ms. */
  lineMs: number
  /** Cuts the socket of every request, unanswered. */
  dead: boolean
  /** Cuts the socket of every n-th request, unanswered; 0 for never. */
  flapEvery: number
  /** Takes requests and never says anything. */
  silent: boolean
  /** Answers these paths (`/v1/models`) with an error of that status. */
  failing: Map<string, number>
  /** Models per page at most, however many are asked for. */
  pageSize: number
  /** The `x-api-key` that it demands; null takes any. */
  key: string | null
}

export interface RecordedAnthropicRequest {
  method: string
  path: string
  query: string
  headers: IncomingMessage['headers']
  body: Json | null
  /** The body's own bytes. */
  raw: Buffer
  /** How it ended; null while it is open. */
  outcome: 'answered' | 'client left' | null
}

export interface AnthropicUpstream {
  readonly url: string
  readonly port: number
  readonly behaviour: AnthropicBehaviour
  readonly models: ScriptedClaude[]
  readonly requests: RecordedAnthropicRequest[]
  requestsTo(path: string): RecordedAnthropicRequest[]
  openRequests(): number
  openSockets(): number
  kill(): Promise<void>
  revive(): Promise<void>
  stop(): Promise<void>
}

export const CLAUDE_MODELS: ScriptedClaude[] = [
  scriptedClaude('claude-opus-4-7', {
    displayName: 'Claude Opus 4.7',
    thinking: { enabled: false, adaptive: true, disabled: true },
    effort: ['low', 'medium', 'high', 'xhigh', 'max'],
    sampling: false,
  }),
  scriptedClaude('claude-opus-4-6', { displayName: 'Claude Opus 4.6' }),
  scriptedClaude('claude-sonnet-4-5-20250929', {
    displayName: 'Claude Sonnet 4.5',
    createdAt: '2025-09-29T00:00:00Z',
    maxInputTokens: 200_000,
    maxTokens: 64_000,
    thinking: { enabled: true, adaptive: false, disabled: true },
    effort: [],
    tellsCapabilities: false,
  }),
  scriptedClaude('claude-3-haiku-20240307', {
    displayName: 'Claude Haiku 3',
    createdAt: '2024-03-07T00:00:00Z',
    maxInputTokens: 200_000,
    maxTokens: 4096,
    thinking: { enabled: false, adaptive: false, disabled: false },
    effort: [],
    structuredOutputs: false,
    tellsCapabilities: false,
  }),
]

export async function startAnthropicUpstream(
  options: { models?: ScriptedClaude[]; behaviour?: Partial<AnthropicBehaviour> } = {},
): Promise<AnthropicUpstream> {
  const models = [...(options.models ?? CLAUDE_MODELS)]
  const behaviour: AnthropicBehaviour = {
    delayMs: 0,
    lineMs: 0,
    dead: false,
    flapEvery: 0,
    silent: false,
    failing: new Map(),
    pageSize: 1000,
    key: null,
    ...options.behaviour,
  }
  const requests: RecordedAnthropicRequest[] = []
  let sockets = 0

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const [path = '/', query = ''] = (req.url ?? '/').split('?')
    const record: RecordedAnthropicRequest = {
      method: req.method ?? '',
      path,
      query,
      headers: req.headers,
      body: null,
      raw: Buffer.alloc(0),
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
    record.raw = await readBody(req)
    if (behaviour.silent) return
    if (behaviour.delayMs > 0) await pause(behaviour.delayMs)
    if (req.headers['anthropic-version'] === undefined) {
      return sendError(res, 400, 'invalid_request_error', 'anthropic-version: header is required')
    }
    if (behaviour.key !== null && req.headers['x-api-key'] !== behaviour.key) {
      return sendError(res, 401, 'authentication_error', 'invalid x-api-key')
    }
    const failure = behaviour.failing.get(path)
    if (failure !== undefined) return sendError(res, failure, 'api_error', `scripted failure of ${path}`)
    if (req.method === 'GET' && path === '/v1/models') return sendJson(res, modelPage(models, behaviour, query))
    const isCount = path === '/v1/messages/count_tokens'
    if (req.method !== 'POST' || (path !== '/v1/messages' && !isCount)) {
      return sendError(res, 404, 'not_found_error', 'Not found')
    }
    const body = parse(record.raw)
    if (body === null) return sendError(res, 400, 'invalid_request_error', 'The request body is not valid JSON')
    record.body = body
    const model = models.find(({ id }) => id === body.model)
    if (model === undefined) return sendError(res, 404, 'not_found_error', `model: ${String(body.model)}`)
    const complaint = complaintAbout(body, model, isCount)
    if (complaint !== null) return sendError(res, 400, 'invalid_request_error', complaint)
    if (isCount) return sendJson(res, { input_tokens: countTokens(body) })
    const answer = answerMessage(body, model)
    if ('status' in answer) {
      res.writeHead(answer.status, { 'content-type': answer.contentType, ...answer.headers })
      res.end(answer.body)
      return
    }
    const ignoresStream = JSON.stringify(body.messages).includes('#whole')
    if (body.stream === true && !ignoresStream) await streamMessage(res, model.id, answer, behaviour)
    else if (answer.end === 'cut') res.socket?.destroy()
    else sendJson(res, wholeMessage(model.id, answer))
  }

  function makeServer(): Server {
    const made = createServer((req, res) => {
      handle(req, res).catch((error: unknown) => {
        if (!res.destroyed && !res.headersSent) sendError(res, 500, 'api_error', String(error))
        else res.destroy()
      })
    })
    made.on('connection', (socket) => {
      sockets++
      socket.once('close', () => sockets--)
    })
    return made
  }
  let server = makeServer()
  const listen = (wanted: number): Promise<number> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(wanted, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
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
    models,
    requests,
    requestsTo: (path) => requests.filter((request) => request.path === path),
    openRequests: () => requests.filter((request) => request.outcome === null).length,
    openSockets: () => sockets,
    kill,
    async revive() {
      server = makeServer()
      await listen(port)
    },
    stop: kill,
  }
}

async function streamMessage(
  res: ServerResponse,
  model: string,
  answer: ScriptedAnswer,
  behaviour: AnthropicBehaviour,
): Promise<void> {
  if (answer.end === 'silent') return
  const send = eventSender(res, answer.chunkBytes, behaviour.lineMs)
  const usage = {
    input_tokens: answer.inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 4,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: 1,
    service_tier: 'standard',
  }
  await send('message_start', {
    message: { ...messageHead(model), content: [], stop_reason: null, stop_sequence: null, usage },
  })
  let output = 0
  const { end } = answer
  const isWhole = end === 'done' || end === 'stays-open'
  for (const [index, block] of answer.blocks.entries()) {
    await send('content_block_start', { index, content_block: blockStart(block, index) })
    if (index === 0) await send('ping', {})
    for (const delta of deltasOf(block)) {
      output += 1
      if (!(await send('content_block_delta', { index, delta }))) return
    }
    if (index < answer.blocks.length - 1 || isWhole) await send('content_block_stop', { index })
  }
  if (end === 'cut') {
    res.socket?.destroy()
    return
  }
  if (end === 'endless') {
    const index = answer.blocks.length - 1
    while (await send('content_block_delta', { index, delta: { type: 'text_delta', text: 'again ' } })) await pause(5)
    return
  }
  if (end === 'half-event') {
    res.write('event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_de')
  } else if (end === 'malformed') {
    res.write('event: content_block_delta\ndata: {"type":"content_block_delta","index":0,oops}\n\n')
    res.write('event: message_stop\ndata: {"type":"message_stop"}\n\n')
  } else if (typeof end === 'object') {
    await send('error', {
      error: { type: end.type, message: end.error, details: null },
      request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy',
    })
  } else if (isWhole) {
    await send('message_delta', {
      delta: { stop_reason: answer.stopReason, stop_sequence: answer.stopSequence },
      usage: {
        input_tokens: answer.inputTokens,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 4,
        output_tokens: output,
      },
    })
    await send('message_stop', {})
  }
  if (end !== 'stays-open') res.end()
}

function wholeMessage(model: string, answer: ScriptedAnswer): Json {
  return {
    ...messageHead(model),
    content: answer.blocks.map(wholeBlock),
    stop_reason: answer.stopReason,
    stop_sequence: answer.stopSequence,
    usage: {
      input_tokens: answer.inputTokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 4,
      output_tokens: 9,
    },
  }
}

function wholeBlock(block: ScriptedBlock, index: number): Json {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.pieces.join('') }
    case 'thinking':
      return { type: 'thinking', thinking: block.pieces.join(''), signature: SIGNATURE }
    case 'redacted_thinking':
      return { type: 'redacted_thinking', data: REDACTED }
    case 'tool_use':
      return { type: 'tool_use', id: toolUseId(index), name: block.name, input: block.input }
  }
}

function messageHead(model: string): Json {
  return { id: 'msg_01XFDUDYJgAACzvnptvVoYEL', type: 'message', role: 'assistant', model }
}

function blockStart(block: ScriptedBlock, index: number): Json {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: '' }
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' }
    case 'redacted_thinking':
      return { type: 'redacted_thinking', data: REDACTED }
    case 'tool_use':
      return { type: 'tool_use', id: toolUseId(index), name: block.name, input: {} }
  }
}

function deltasOf(block: ScriptedBlock): Json[] {
  switch (block.type) {
    case 'text':
      return block.pieces.map((text) => ({ type: 'text_delta', text }))
    case 'thinking':
      return [
        ...block.pieces.map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: SIGNATURE },
      ]
    case 'redacted_thinking':
      return []
    case 'tool_use': {
      // The API begins the input with an empty piece, and gives none at all for an empty one.
      const json = Object.keys(block.input).length === 0 ? '' : JSON.stringify(block.input)
      return ['', ...inPieces(json)].map((piece) => ({ type: 'input_json_delta', partial_json: piece }))
    }
  }
}

function toolUseId(index: number): string {
  return `toolu_01A09q90qw90lq917835lq${index}`
}

function modelPage(models: ScriptedClaude[], { pageSize }: AnthropicBehaviour, query: string): Json {
  const params = new URLSearchParams(query)
  const start = models.findIndex(({ id }) => id === params.get('after_id')) + 1
  const limit = Math.min(Number(params.get('limit') ?? 20), pageSize)
  const page = models.slice(start, start + limit)
  return {
    data: page.map(modelEntry),
    has_more: start + limit < models.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  }
}

function modelEntry(model: ScriptedClaude): Json {
  const plain = { type: 'model', id: model.id, display_name: model.displayName, created_at: model.createdAt }
  if (!model.tellsCapabilities) return plain
  const can = (supported: boolean): Json => ({ supported })
  const { thinking } = model
  return {
    ...plain,
    lifecycle: 'active',
    line: 'opus',
    max_input_tokens: model.maxInputTokens,
    max_tokens: model.maxTokens,
    capabilities: {
      batch: can(true),
      citations: can(true),
      effort: {
        supported: model.effort.length > 0,
        ...Object.fromEntries(
          ['low', 'medium', 'high', 'xhigh', 'max'].map((each) => [each, can(model.effort.includes(each))]),
        ),
      },
      image_input: can(model.vision),
      structured_outputs: can(model.structuredOutputs),
      thinking: {
        supported: thinking.enabled || thinking.adaptive,
        types: { adaptive: can(thinking.adaptive), disabled: can(thinking.disabled), enabled: can(thinking.enabled) },
      },
    },
  }
}

/** Writes events; false once the client is gone. */
function eventSender(
  res: ServerResponse,
  chunkBytes: number,
  lineMs: number,
): (type: string, fields: Json) => Promise<boolean> {
  return async (type, fields) => {
    if (res.destroyed) return false
    if (!res.headersSent) {
      res.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache',
        'request-id': 'req_011CSHoEeqs5C35K2UUqR7Fy',
      })
    }
    const bytes = Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`)
    const step = chunkBytes === 0 ? bytes.length : chunkBytes
    for (let at = 0; at < bytes.length; at += step) {
      const fits = res.write(bytes.subarray(at, at + step))
      if (!fits) await new Promise<void>((resolve) => onceEither(res, resolve))
      // Every piece is a chunk of its own on the wire.
      else if (step < bytes.length) await pause(1)
      if (res.destroyed) return false
    }
    await pause(lineMs)
    return !res.destroyed
  }
}

function onceEither(res: ServerResponse, resolve: () => void): void {
  const done = (): void => {
    res.off('drain', done)
    res.off('close', done)
    resolve()
  }
  res.on('drain', done)
  res.on('close', done)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => (ms === 0 ? setImmediate(resolve) : setTimeout(resolve, ms)))
}

async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function parse(raw: Buffer): Json | null {
  try {
    return list([JSON.parse(raw.toString('utf8'))])[0] ?? null
  } catch {
    return null
  }
}

function sendJson(res: ServerResponse, value: Json): void {
  res.writeHead(200, { 'content-type': 'application/json', 'request-id': 'req_011CSHoEeqs5C35K2UUqR7Fy' })
  res.end(JSON.stringify(value))
}

function sendError(res: ServerResponse, status: number, type: string, message: string): void {
  res.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_011CSHoEeqs5C35K2UUqR7Fy' })
  res.end(errorBody(type, message))
}
