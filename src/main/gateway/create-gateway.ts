import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Engine } from '../engine/spec/engine.ts'
import { EngineError } from '../engine/spec/engine-error.ts'
import { ANONYMOUS, type Principal } from '../engine/spec/principal.ts'
import type { NetworkListener } from '../engine/spec/sharing.ts'
import { anthropicRoutes } from './anthropic/routes.ts'
import { Arrivals } from './arrivals.ts'
import { answerOptions, setCorsHeaders } from './cors.ts'
import { type Door, LOCAL_DOOR } from './door.ts'
import { DEFAULT_TIMING, type Exchange, type GatewayContext, type GatewayTiming } from './exchange.ts'
import { prepareForwarding } from './forwarding.ts'
import type { GatewayResponse } from './gateway-response.ts'
import { createHttpListener, type HttpListener, type Serve } from './http-listener.ts'
import { identify } from './identify.ts'
import { listenOn, loopbackAddress } from './listen-address.ts'
import { createNetworkListener } from './network-listener.ts'
import { ollamaRoutes } from './ollama/routes.ts'
import { withProcessTime } from './open-webui/process-time.ts'
import { openWebUiRoutes } from './open-webui/routes.ts'
import {
  authRoutes,
  groupRoutes,
  localModelRoutes,
  modelConfigRoutes,
  presetRoutes,
  userRoutes,
} from './open-webui/team-routes.ts'
import { openAiRoutes } from './openai/routes.ts'
import { guardRequest } from './request-guard.ts'
import { newRequestId } from './request-id.ts'
import { requestTarget } from './request-target.ts'
import { requireSignedIn } from './require.ts'
import { notFound, sendError } from './respond.ts'
import { checkAccess } from './route-access.ts'
import { ROUTE_LEVELS, RPC_ACCESS } from './route-levels.ts'
import { createRouter, type Router, type Routes } from './router.ts'
import { Slots } from './slots.ts'
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
  /** Answers /rpc and what is below it for whom the gateway found to ask; false if it has nothing there. */
  rpcHandler?: (req: IncomingMessage, res: ServerResponse, principal: Principal) => Promise<boolean>
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
  /** The door for other machines; sharing opens and closes it. It goes with the gateway. */
  readonly network: NetworkListener
}

const DEFAULT_BODY_LIMIT = 32 * 1024 * 1024
const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({})
/** What ended answers get to write their last line when the gateway closes, ms. */
const GOODBYE_MS = 1_000

/**
 * The HTTP server that clients call: the three dialects, the Open WebUI-compatible API, the web UI and its calls.
 *
 * Two rules follow from measurements. `res.cork()` is never used (on Node 24 it emits the final chunk before the buffered
 * ones, and Node gathers the writes of one turn anyway). Nothing is parsed or serialised per chunk beyond the text that a
 * dialect wraps.
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { engine } = options
  const timing = { ...DEFAULT_TIMING, ...options.timing }
  const context: GatewayContext = {
    engine,
    timing,
    bodyLimit: options.bodyLimit ?? DEFAULT_BODY_LIMIT,
    running: new Slots(),
    arriving: new Arrivals(timing.bodyIdleMs),
    version: async () => options.version ?? (await engine.info()).version,
  }
  const files = createStaticFiles(options.rendererFolder)
  const router = createRouter(ROUTE_LEVELS, ...gatewayRoutes(files))
  let closing: Promise<void> | null = null

  function serve(door: Door): Serve {
    return (req, res, expectsContinue) => {
      const exchange = newExchange(context, door, req, res, expectsContinue)
      // Answers differ by origin also where this one is refused.
      res.common = ['X-Request-Id', exchange.requestId, 'Vary', 'Origin']
      if (closing !== null) {
        res.setHeader('Connection', 'close')
        sendError(exchange, new EngineError('shutting_down', 'Switchyard is shutting down.'))
        return
      }
      try {
        answer(exchange, door, router, files, options)?.catch((error: unknown) => fail(exchange, error))
      } catch (error) {
        fail(exchange, error)
      }
    }
  }

  /** One answer that cannot be told must not end all the others. */
  function fail(exchange: Exchange, thrown: unknown): void {
    const { res, requestId, path } = exchange
    try {
      sendError(exchange, thrown)
    } catch (error) {
      engine.log.error({ err: error, requestId, path }, 'answering failed')
      res.destroy()
    }
  }

  const local = createHttpListener(null, serve(LOCAL_DOOR))
  const network = createNetworkListener(serve, () => closing !== null)

  return {
    network,
    async listen() {
      const bound = await listenOn(local.server, loopbackAddress(options.host), options.port)
      engine.setGatewayUrl(bound.url)
      engine.log.info({ url: bound.url }, 'gateway is listening')
      return bound
    },
    close() {
      closing ??= local.server.listening ? closeDoors([local, network], context) : network.close()
      return closing
    },
  }
}

/** All routes of a gateway. */
export function gatewayRoutes(files: StaticFiles): Routes[] {
  return [
    openAiRoutes,
    ollamaRoutes,
    anthropicRoutes,
    openWebUiRoutes,
    presetRoutes,
    authRoutes,
    userRoutes,
    groupRoutes,
    modelConfigRoutes,
    localModelRoutes,
    ownRoutes(files),
  ]
}

function newExchange(
  gateway: GatewayContext,
  { listener, encrypted }: Door,
  req: IncomingMessage,
  res: GatewayResponse,
  expectsContinue: boolean,
): Exchange {
  const { path, query, dialect } = requestTarget(req.url ?? '/')
  return {
    gateway,
    req,
    res,
    requestId: newRequestId(),
    dialect,
    path,
    query,
    receivedAt: performance.now(),
    expectsContinue,
    listener,
    encrypted,
    principal: ANONYMOUS,
    credential: 'none',
    forwarding: null,
    rest: '',
    params: NO_PARAMS,
    model: null,
    routed: null,
  }
}

/** Answers, now or later; throws, or rejects, with what is to be told instead. */
function answer(
  exchange: Exchange,
  door: Door,
  router: Router,
  files: StaticFiles,
  options: GatewayOptions,
): Promise<void> | void {
  const { req, res, path, gateway } = exchange
  const method = req.method ?? 'GET'
  const asksServer = method === 'OPTIONS' && path === '*'
  if (!path.startsWith('/') && !asksServer) {
    throw new EngineError('invalid_request', 'The request target must be a path or an http address of this server.')
  }
  const { corsOrigin } = guardRequest(req, path, door, () => gateway.engine.settings.get().allowedOrigins)
  if (corsOrigin !== null) setCorsHeaders(exchange, corsOrigin)
  if (method === 'OPTIONS') return answerOptions(exchange, router.methods(path), corsOrigin)
  identify(exchange, corsOrigin === null)
  if (path === '/rpc' || path.startsWith('/rpc/')) {
    checkAccess(exchange, RPC_ACCESS)
    return answerCall(exchange, options)
  }
  const match = router.find(method, path)
  if (match !== null) {
    if (match.access.isTimed === true) withProcessTime(exchange)
    checkAccess(exchange, match.access)
    const forwarding = match.access.level === 'public' ? null : prepareForwarding(exchange)
    exchange.rest = match.rest
    exchange.params = match.params
    return forwarding === null ? match.handler(exchange) : forwarding.then(() => match.handler(exchange))
  }
  withProcessTime(exchange)
  // Strangers are not told what there is but the window's files, which they need in order to sign in.
  if (exchange.dialect !== 'own') requireSignedIn(exchange)
  const methods = router.methods(path)
  if (methods.length > 0) {
    res.setHeader('Allow', methods.join(', '))
    throw new EngineError('invalid_request', `${method} is not allowed at ${path}.`, { status: 405 })
  }
  if (exchange.dialect === 'own' && (method === 'GET' || method === 'HEAD')) return files.serve(exchange)
  throw notFound(exchange)
}

async function answerCall(exchange: Exchange, { rpcHandler }: GatewayOptions): Promise<void> {
  const { req, res, principal } = exchange
  if (rpcHandler !== undefined && (await rpcHandler(req, res, principal))) return
  throw notFound(exchange)
}

async function closeDoors(
  doors: readonly Pick<HttpListener, 'end'>[],
  { engine, running, timing }: GatewayContext,
): Promise<void> {
  const ends = doors.map((door) => door.end())
  const ending = setTimeout(() => {
    for (const answer of running) {
      answer.abort(new EngineError('shutting_down', 'Switchyard is shutting down; the answer is not complete.'))
    }
  }, timing.drainMs)
  const forcing = setTimeout(() => {
    for (const { cut } of ends) cut()
  }, timing.drainMs + GOODBYE_MS)
  await Promise.all(ends.map(({ ended }) => ended))
  clearTimeout(ending)
  clearTimeout(forcing)
  engine.setGatewayUrl(null)
}
