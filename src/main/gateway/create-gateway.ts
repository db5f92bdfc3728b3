import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Engine } from '../engine/spec/engine.ts'
import { EngineError } from '../engine/spec/engine-error.ts'
import { anthropicRoutes } from './anthropic/routes.ts'
import { answerOptions, setCorsHeaders } from './cors.ts'
import { dialectOf } from './dialect.ts'
import { DEFAULT_TIMING, type Exchange, type GatewayContext, type GatewayTiming } from './exchange.ts'
import { listenOn, loopbackAddress } from './listen-address.ts'
import { ollamaRoutes } from './ollama/routes.ts'
import { openWebUiRoutes } from './open-webui/routes.ts'
import { openAiRoutes } from './openai/routes.ts'
import { guardRequest } from './request-guard.ts'
import { requestTarget } from './request-target.ts'
import { notFound, sendError } from './respond.ts'
import { createRouter, type Router } from './router.ts'
import { ownRoutes } from './web-ui/routes.ts'
import { createStaticFiles, type StaticFiles } from './web-ui/static-files.ts'

export interface GatewayOptions {
  engine: Engine
  /** 127.0.0.1, ::1 or localhost. */
  host: string
  /** 0 picks a free port. */
  port: number
  /** The built web UI; null if there is none. */
  rendererFolder: string | null
  /** Answers /rpc and what is below it; false if it has nothing there. */
  rpcHandler?: (req: IncomingMessage, res: ServerResponse) => Promise<boolean>
  /** Our version, for /health. Without it the engine is asked. */
  version?: string
  /** Largest JSON body, bytes. Default 32 MB. */
  bodyLimit?: number
  timing?: Partial<GatewayTiming>
}

export interface Gateway {
  /** Resolves once requests are served. Throws `forbidden` for a host beyond this machine, `conflict` for a taken port. */
  listen(): Promise<{ url: string; port: number }>
  /** Stops listening, gives running answers `drainMs` to finish, then ends them with `shutting_down`. Safe to call twice. */
  close(): Promise<void>
}

const DEFAULT_BODY_LIMIT = 32 * 1024 * 1024
/** What ended answers get to write their last line when the gateway closes, ms. */
const GOODBYE_MS = 1_000

/**
 * The HTTP server that clients call: the three dialects, the Open WebUI-compatible API, the web UI and its calls.
 *
 * It is bare node:http because that was the fastest of what we measured: as a pass-through about 1.7 times as fast as
 * a framework on top of it, and over 6 times as fast as anything on fetch and web streams. Two rules follow from the
 * same measurements. `res.cork()` is never used (on Node 24 it emits the final chunk before the buffered ones, and Node
 * gathers the writes of one turn anyway). Nothing is parsed or serialised per chunk beyond the text that a dialect wraps.
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { engine } = options
  const timing = { ...DEFAULT_TIMING, ...options.timing }
  const context: GatewayContext = {
    engine,
    timing,
    bodyLimit: options.bodyLimit ?? DEFAULT_BODY_LIMIT,
    running: new Set(),
    version: async () => options.version ?? (await engine.info()).version,
  }
  const files = createStaticFiles(options.rendererFolder)
  const router = createRouter(openAiRoutes, ollamaRoutes, anthropicRoutes, openWebUiRoutes, ownRoutes(files))
  /** What each connection has under way: nothing else may be written between its answers. */
  const underWay = new WeakMap<Duplex, Set<ServerResponse>>()
  let closing: Promise<void> | null = null

  function serve(req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): void {
    const answers = underWay.get(req.socket) ?? new Set()
    underWay.set(req.socket, answers.add(res))
    res.once('close', () => answers.delete(res))
    const exchange = newExchange(context, req, res, expectsContinue)
    res.setHeader('X-Request-Id', exchange.requestId)
    if (closing !== null) {
      res.setHeader('Connection', 'close')
      sendError(exchange, new EngineError('shutting_down', 'Switchyard is shutting down.'))
      return
    }
    answer(exchange, router, files, options).catch((error: unknown) => sendError(exchange, error))
  }

  const server = createServer(
    {
      // Clients keep connections between turns; Node's 5 s would make nearly every turn open a new one.
      keepAliveTimeout: 65_000,
      headersTimeout: 30_000,
      // Uploads of many gigabytes and long answers have no fixed time; bodies are bounded by progress instead.
      requestTimeout: 0,
      maxHeaderSize: 32 * 1024,
      noDelay: true,
    },
    (req, res) => serve(req, res, false),
  )
  server.on('checkContinue', (req, res) => serve(req, res, true))
  // There is no listener for upgrades, so that Node answers in HTTP/1.1 as if none was offered: Java's client offers
  // HTTP/2 with every first request.
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const answers = [...(underWay.get(socket) ?? [])]
    if (answers.some((res) => res.headersSent && !res.writableEnded)) socket.destroy()
    else if (answers.some((res) => !res.req.complete) || answers.length === 0) refuse(socket, clientErrorStatus(error))
    // Bytes too many behind requests that were whole: those are answered, and nothing after them.
    else for (const res of answers) res.shouldKeepAlive = false
  })

  return {
    async listen() {
      const bound = await listenOn(server, loopbackAddress(options.host), options.port)
      engine.setGatewayUrl(bound.url)
      engine.log.info({ url: bound.url }, 'gateway is listening')
      return bound
    },
    close() {
      closing ??= closeServer(server, context)
      return closing
    },
  }
}

function newExchange(
  gateway: GatewayContext,
  req: IncomingMessage,
  res: ServerResponse,
  expectsContinue: boolean,
): Exchange {
  const { path, query } = requestTarget(req.url ?? '/')
  return {
    gateway,
    req,
    res,
    requestId: `req_${randomUUID().replaceAll('-', '')}`,
    dialect: dialectOf(path),
    path,
    query,
    receivedAt: performance.now(),
    expectsContinue,
    rest: '',
    model: null,
    route: null,
  }
}

async function answer(exchange: Exchange, router: Router, files: StaticFiles, options: GatewayOptions): Promise<void> {
  const { req, res, path, gateway } = exchange
  const method = req.method ?? 'GET'
  const asksServer = method === 'OPTIONS' && path === '*'
  if (!path.startsWith('/') && !asksServer) {
    throw new EngineError('invalid_request', 'The request target must be a path or an http address of this server.')
  }
  // Answers differ by origin also where this one is refused.
  res.setHeader('Vary', 'Origin')
  const { corsOrigin } = guardRequest(req, path, () => gateway.engine.settings.get().allowedOrigins)
  if (corsOrigin !== null) setCorsHeaders(exchange, corsOrigin)
  if (method === 'OPTIONS') return answerOptions(exchange, router.methods(path), corsOrigin)
  if (path === '/rpc' || path.startsWith('/rpc/')) {
    if (options.rpcHandler !== undefined && (await options.rpcHandler(req, res))) return
    throw notFound(exchange)
  }
  const match = router.find(method, path)
  if (match !== null) {
    exchange.rest = match.rest
    return match.handler(exchange)
  }
  const methods = router.methods(path)
  if (methods.length > 0) {
    res.setHeader('Allow', methods.join(', '))
    throw new EngineError('invalid_request', `${method} is not allowed at ${path}.`, { status: 405 })
  }
  if (exchange.dialect === 'own' && (method === 'GET' || method === 'HEAD')) return files.serve(exchange)
  throw notFound(exchange)
}

/** Answers on the bare socket where there is no request to answer, and closes it. */
function refuse(socket: Duplex, status: string): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}

function clientErrorStatus(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return '431 Request Header Fields Too Large'
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return '408 Request Timeout'
    default:
      return '400 Bad Request'
  }
}

async function closeServer(server: Server, { engine, running, timing }: GatewayContext): Promise<void> {
  if (!server.listening) return
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const ending = setTimeout(() => {
    for (const controller of running) {
      controller.abort(new EngineError('shutting_down', 'Switchyard is shutting down; the answer is not complete.'))
    }
  }, timing.drainMs)
  const forcing = setTimeout(() => server.closeAllConnections(), timing.drainMs + GOODBYE_MS)
  // A connection whose answer ends in the meantime is idle then, but was not when idle ones were closed.
  const sweeping = setInterval(() => server.closeIdleConnections(), 50)
  await closed
  clearTimeout(ending)
  clearTimeout(forcing)
  clearInterval(sweeping)
  engine.setGatewayUrl(null)
}
