import { remembered } from '#shared/remembered.ts'
import type { Caller, PassThroughRun, PassThroughSink, RouteOptions, RouteRecord } from '../engine/spec/engine.ts'
import { EngineError, toEngineError } from '../engine/spec/engine-error.ts'
import type { PassThroughEndpoint } from '../engine/spec/provider-adapter.ts'
import { anthropicErrorBody } from '../engine/wire/anthropic/error-body.ts'
import { ollamaErrorBody } from '../engine/wire/ollama/error-body.ts'
import { openAiErrorBody, openAiErrorFields } from '../engine/wire/openai/error-body.ts'
import type { Exchange } from './exchange.ts'
import { flushSoon } from './flush-soon.ts'
import type { ResponseWatcher } from './gateway-response.ts'
import { drained, logError, sendError } from './respond.ts'
import { routeHeaderList } from './route-headers.ts'

/** Whether the request was answered; if not, it has to be decoded, and these connections have had their chance. */
export type PassThroughOutcome = { done: true } | { done: false; excluding?: ReadonlySet<string> }

const DONE: PassThroughOutcome = { done: true }
const NOT_DONE: PassThroughOutcome = { done: false }

/** What of an upstream's head is worth passing on; never cookies, and nothing about its connection. */
const PASSED = /^(?:x-ratelimit-|anthropic-ratelimit-|openai-|retry-after|cache-control)/
const isPassed = remembered(1_000, (name) => PASSED.test(name))
const SSE = 'text/event-stream; charset=utf-8'
/** Bytes of a whole answer that are held back for one write with its end. */
const GATHER = 64 * 1024
/** Bytes of an answer up to which a text of them is written from the stack. */
const ONE_WRITE = 8 * 1024
const NDJSON = 'application/x-ndjson'

/**
 * The fast path: if the best holder of the model speaks the client's dialect, its bytes become the answer.
 * `raw` is the body as it came, `body` the same parsed. Throws nothing that is the upstream's fault: that is answered.
 */
export function tryPassThrough(
  exchange: Exchange,
  endpoint: PassThroughEndpoint,
  raw: Buffer,
  body: unknown,
  stream: boolean,
  caller: Caller,
  options?: RouteOptions,
): PassThroughOutcome | Promise<PassThroughOutcome> {
  if (!isObject(body) || typeof body.model !== 'string' || body.model === '' || !isPlain(body)) return NOT_DONE
  const { model } = body
  const { res, gateway } = exchange
  exchange.model = model
  if (res.destroyed) throw clientLeft()
  const answer = new PassedAnswer(exchange, endpoint, stream)
  const run = gateway.engine.pipeline.passThrough({ endpoint, model, raw, body, stream }, caller, answer, options)
  if (run === null) return NOT_DONE
  answer.start(run)
  return run.retry.then((excluding) => {
    answer.close()
    return excluding === null ? DONE : { done: false, excluding }
  })
}

/**
 * Whether every server reads the body as we do. Ollama and others in Go take `Model` for `model`, whatever the case, and
 * the last one wins: another model than the one that this person may use, or other limits than those of a record. And some
 * take "true" or 1 for `stream`.
 */
function isPlain(body: Readonly<Record<string, unknown>>): boolean {
  for (const name in body) if (!PLAIN_NAME.test(name)) return false
  const { stream } = body
  return stream === undefined || stream === null || typeof stream === 'boolean'
}

const PLAIN_NAME = /^[a-z0-9_]+$/

/** Writes a passed-through answer to the client. */
class PassedAnswer implements PassThroughSink, ResponseWatcher {
  readonly #exchange: Exchange
  readonly #endpoint: PassThroughEndpoint
  readonly #stream: boolean
  #run: PassThroughRun | null = null
  #slow: NodeJS.Timeout | null = null
  /** Chunks of one turn: written as one, they cost one frame instead of one each. */
  #gathered: Buffer[] = []
  #gatheredBytes = 0
  #ended = false
  #keepAlive: NodeJS.Timeout | null = null
  #route: RouteRecord | null = null
  /** Why it was ended before its time. */
  #aborted: EngineError | null = null
  /** Where it is among the running ones. */
  #slot: number | null = null

  constructor(exchange: Exchange, endpoint: PassThroughEndpoint, stream: boolean) {
    this.#exchange = exchange
    this.#endpoint = endpoint
    this.#stream = stream
  }

  /** From here on it hears of the client's leaving and of the gateway's end. */
  start(run: PassThroughRun): void {
    const { res, gateway } = this.#exchange
    this.#run = run
    if (this.#stream) this.#slow = setTimeout(() => this.#waitOn(), gateway.timing.commitAfterMs)
    res.watcher = this
    this.#slot = gateway.running.add(this)
  }

  /** The upstream has nothing more to do with it. */
  close(): void {
    const { res, gateway } = this.#exchange
    this.#stopWaiting()
    if (res.watcher === this) res.watcher = null
    if (this.#slot !== null) gateway.running.delete(this.#slot)
    this.#slot = null
  }

  closed(): void {
    if (!this.#exchange.res.writableFinished) this.abort(clientLeft())
  }

  abort(reason: EngineError): void {
    this.#aborted ??= reason
    this.#run?.cancel(reason)
  }

  route(route: RouteRecord): void {
    this.#route = route
    this.#exchange.routed = { route }
  }

  head({ status, headers }: { status: number; headers: Readonly<Record<string, string>> }): void {
    this.#stopWaiting()
    const { res } = this.#exchange
    if (res.headersSent || res.destroyed) return
    const own = this.#route === null ? [] : routeHeaderList(this.#route)
    own.push('Content-Type', headers['content-type'] ?? (this.#stream ? this.#streamType() : 'application/json'))
    for (const name in headers) {
      const value = headers[name]
      if (value === undefined || !isPassed(name)) continue
      if (!this.#stream || name !== 'cache-control') own.push(name, value)
    }
    const length = headers['content-length']
    if (this.#stream) own.push('Cache-Control', 'no-cache', 'X-Accel-Buffering', 'no')
    else if (length !== undefined && headers['content-encoding'] === undefined) own.push('Content-Length', length)
    res.writeHead(status, own)
  }

  data(chunk: Buffer): boolean {
    const { res } = this.#exchange
    if (res.destroyed) return true
    this.#gathered.push(chunk)
    this.#gatheredBytes += chunk.length
    // One read of the upstream's socket brings several chunks. A whole answer waits for its end.
    if (!this.#stream) {
      if (this.#gatheredBytes > GATHER) this.flush()
    } else if (this.#gathered.length === 1) flushSoon(this)
    return !res.writableNeedDrain
  }

  end(): void {
    this.#ended = true
    // What is gathered goes out with the end.
    if (this.#gathered.length === 0) this.#exchange.res.end()
    else if (!this.#stream) this.flush()
  }

  flush(): void {
    const { res } = this.#exchange
    const chunks = this.#gathered
    if (chunks.length === 0) return
    this.#gathered = []
    this.#gatheredBytes = 0
    if (res.destroyed) return
    const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
    if (this.#ended) {
      // As a text it goes out with its head in one write, without the list of pieces that bytes behind a text need.
      if (!this.#stream && bytes.length <= ONE_WRITE) res.end(bytes.toString('latin1'), 'latin1')
      else res.end(bytes)
    } else if (!res.write(bytes)) void drained(this.#exchange).then(() => this.#run?.resume())
  }

  error(thrown: Error): void {
    this.#stopWaiting()
    const { res } = this.#exchange
    const error = this.#aborted ?? toEngineError(thrown)
    if (res.destroyed || !res.headersSent) {
      sendError(this.#exchange, error)
      return
    }
    logError(this.#exchange, error)
    this.flush()
    if (this.#stream) res.end(this.#errorFrame(error))
    else res.destroy()
  }

  #stopWaiting(): void {
    if (this.#slow !== null) clearTimeout(this.#slow)
    if (this.#keepAlive !== null) clearInterval(this.#keepAlive)
    this.#slow = null
    this.#keepAlive = null
  }

  /** The upstream takes its time: the status line goes out, and the client gets signs of life. */
  #waitOn(): void {
    const { res, gateway } = this.#exchange
    if (res.destroyed || res.headersSent) return
    res.writeHead(200, { 'Content-Type': this.#streamType(), 'Cache-Control': 'no-cache', 'X-Accel-Buffering': 'no' })
    res.flushHeaders()
    const sign = this.#signOfLife()
    if (sign === null) return
    this.#keepAlive = setInterval(() => {
      if (!res.destroyed && !res.writableNeedDrain) res.write(sign)
    }, gateway.timing.keepAliveMs)
  }

  #streamType(): string {
    return this.#endpoint.startsWith('ollama:') ? NDJSON : SSE
  }

  #signOfLife(): string | null {
    if (this.#endpoint.startsWith('openai:')) return ': ping\n\n'
    if (this.#endpoint.startsWith('anthropic:')) return 'event: ping\ndata: {"type":"ping"}\n\n'
    // NDJSON has no comments, and an empty delta would need to know the answer's shape.
    return null
  }

  #errorFrame(error: EngineError): string {
    if (this.#endpoint.startsWith('ollama:')) return `${ollamaErrorBody(error, this.#exchange.model)}\n`
    if (this.#endpoint.startsWith('anthropic:')) {
      return `event: error\ndata: ${anthropicErrorBody(error, this.#exchange.requestId)}\n\n`
    }
    if (this.#endpoint === 'openai:responses') {
      const { code, message, param } = openAiErrorFields(error)
      return `event: error\ndata: ${JSON.stringify({ type: 'error', code, message, param })}\n\n`
    }
    return `data: ${openAiErrorBody(error)}\n\n`
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function clientLeft(): EngineError {
  return new EngineError('aborted', 'The client closed the connection.')
}
