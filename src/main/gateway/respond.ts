import { setImmediate as nextTurn } from 'node:timers/promises'
import { EngineError, isEngineError, toEngineError } from '../engine/spec/engine-error.ts'
import { type Dialect, errorAnswer } from './dialect.ts'
import { type Exchange, hasBody } from './exchange.ts'
import { limitHeaders } from './limit-headers.ts'
import { routeHeaders } from './route-headers.ts'
import { spokenDialect } from './spoken-dialect.ts'

export const JSON_CONTENT_TYPE = 'application/json; charset=utf-8'
/** Pieces between two turns of the loop when a long answer is written. */
const PIECES_PER_TURN = 32
/** When a busy queue is worth asking again, seconds: a place in it comes free with every answer that ends. */
const RETRY_AFTER_S = '1'

type Headers = Record<string, string>

/** Sends a value as a JSON body. */
export function sendJson(exchange: Exchange, status: number, value: unknown, headers: Headers = {}): void {
  sendBody(exchange, status, JSON_CONTENT_TYPE, JSON.stringify(value), headers)
}

/** Sends a text body with its length. */
export function sendBody(exchange: Exchange, status: number, type: string, body: string, headers: Headers = {}): void {
  const { res } = exchange
  if (res.headersSent || res.destroyed) return
  res.writeHead(status, { ...headers, 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) })
  res.end(body)
}

/** Sends a long JSON body piece by piece, and lets the loop turn in between. */
export async function sendPieces(exchange: Exchange, pieces: Iterable<string>, headers: Headers = {}): Promise<void> {
  const { res } = exchange
  res.writeHead(200, { ...headers, 'Content-Type': JSON_CONTENT_TYPE })
  let count = 0
  for (const piece of pieces) {
    if (res.destroyed) return
    if (!write(exchange, piece)) await drained(exchange)
    count += 1
    if (count % PIECES_PER_TURN === 0) await nextTurn()
  }
  res.end()
}

/** Writes to the response; false means: wait for `drained` before the next piece. */
export function write(exchange: Exchange, text: string): boolean {
  return exchange.res.write(text, 'utf8')
}

/** Resolves when the client has read on, or is gone. A client that reads nothing for `stallMs` is cut off. */
export function drained({ res, gateway }: Exchange): Promise<void> {
  return new Promise((resolve) => {
    if (res.destroyed || !res.writableNeedDrain) return resolve()
    const stalled = setTimeout(() => res.destroy(), gateway.timing.stallMs)
    const done = (): void => {
      clearTimeout(stalled)
      res.off('drain', done)
      res.off('close', done)
      resolve()
    }
    res.on('drain', done)
    res.on('close', done)
  })
}

/** Answers with an error in the dialect's shape, if nothing has been sent yet; else the connection is cut. */
export function sendError(exchange: Exchange, thrown: unknown): void {
  const { req, res } = exchange
  const error = toEngineError(thrown)
  if (res.destroyed) {
    // Whatever failed, it failed because the client left, or after; nobody is there to be told.
    const { log } = exchange.gateway.engine
    log.debug({ requestId: exchange.requestId, path: exchange.path, code: error.code }, 'the client left')
    return
  }
  logError(exchange, error)
  if (res.writableEnded) return
  if (res.headersSent) {
    res.destroy()
    return
  }
  const dialect = spokenDialect(exchange)
  const { status, body } = errorAnswer(dialect, error, exchange.model, exchange.requestId)
  const headers: Headers = { 'Content-Type': JSON_CONTENT_TYPE, 'Content-Length': String(Buffer.byteLength(body)) }
  // The official OpenAI and Anthropic clients retry every 5xx unless they are told not to.
  if (dialect === 'openai' || dialect === 'anthropic') headers['X-Should-Retry'] = String(error.retryable)
  // What Anthropic's clients read.
  if (dialect === 'anthropic') headers['Request-Id'] = exchange.requestId
  const retryAfter = error.upstream?.retryAfter ?? (status === 503 && error.retryable ? RETRY_AFTER_S : undefined)
  if (retryAfter !== undefined && /^[\w ,:-]+$/.test(retryAfter)) headers['Retry-After'] = retryAfter
  Object.assign(headers, limitHeaders(dialect, error))
  if (exchange.routed !== null) Object.assign(headers, routeHeaders(exchange.routed.route))
  if (!hasBody(req) || req.complete) {
    res.writeHead(status, headers)
    res.end(body)
    return
  }
  // The client is still sending. Closing now would reset the connection and could destroy the answer before it is read.
  headers.Connection = 'close'
  res.writeHead(status, headers)
  res.write(body)
  const end = (): void => {
    clearTimeout(timer)
    res.end()
  }
  const timer = setTimeout(end, exchange.gateway.timing.lingerMs)
  req.once('end', end)
  res.once('close', () => clearTimeout(timer))
  req.resume()
}

/** A failure of ours or of an upstream is worth a warning; what the caller did wrong is not. */
export function logError(exchange: Exchange, error: EngineError): void {
  const { engine } = exchange.gateway
  const fields = {
    requestId: exchange.requestId,
    method: exchange.req.method,
    path: exchange.path,
    code: error.code,
    status: error.status,
    param: error.param,
    reason: error.message,
  }
  if (error.status < 500) engine.log.debug(fields, 'request refused')
  else if (error.code === 'internal') engine.log.error({ ...fields, err: error.cause ?? error }, 'request failed')
  else engine.log.warn({ ...fields, detail: error.detail }, 'request failed')
}

/** What a generation failed with: the reason of its abort if it was aborted with one, else what was thrown. */
export function failureOf(thrown: unknown, signal: AbortSignal): EngineError {
  if (signal.aborted && isEngineError(signal.reason)) return signal.reason
  return toEngineError(thrown)
}

/** 404 in the dialect's shape. */
export function notFound(exchange: Exchange): EngineError {
  return new EngineError('not_found', `There is nothing at ${exchange.req.method} ${exchange.path}.`)
}

/** Runs a handler that speaks another dialect than its path: one that the body told. */
export async function inDialect(
  exchange: Exchange,
  dialect: Dialect,
  handler: (exchange: Exchange) => Promise<void>,
): Promise<void> {
  const other = { ...exchange, dialect }
  try {
    await handler(other)
  } catch (error) {
    sendError(other, error)
  }
}
