import type { ConnectionConfig } from '#shared/connections.ts'
import type { Clock } from '../spec/clock.ts'
import type { Logger } from '../spec/engine.ts'
import { EngineError, toEngineError } from '../spec/engine-error.ts'
import { systemClock } from '../spec/system-clock.ts'
import type { Upstream, UpstreamRequest, UpstreamResponse, UpstreamSink } from '../spec/upstream.ts'
import { createBlot } from './blot-secrets.ts'
import { plainFingerprint } from './dial.ts'
import { createEntraToken } from './entra-token.ts'
import { Exchange, type ExchangeTarget } from './exchange.ts'
import { cleanHeaderValue } from './header-value.ts'
import { createLanes } from './lanes.ts'
import { createStreamMask } from './mask-stream.ts'
import { readLimited } from './read-limited.ts'
import { redirectError } from './redirect-error.ts'
import { createRequestHeaders } from './request-headers.ts'
import { createResponseBody } from './response-body.ts'
import { named, type ServerIdentity } from './server-identity.ts'
import { statusError } from './status-error.ts'

export interface UpstreamOptions {
  config: ConnectionConfig
  /** Name for messages. */
  title: string
  /** Opened: the keys in order, and every custom header with its true value (those in `config` may be masked). */
  secrets: { keys: readonly string[]; headers: Readonly<Record<string, string>> }
  log: Logger
  clock?: Clock
  /** Gives Microsoft Entra tokens; default: the machine's own identity. */
  entraToken?: () => Promise<string>
}

const MAX_JSON_BYTES = 64 * 1024 * 1024
const MAX_ERROR_BYTES = 64 * 1024

/** HTTP to one connection's server over undici's dispatch. A wrong address does not throw here but at each request. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { config, title, secrets, clock = systemClock } = options
  const log = options.log.child({ connection: title })
  const base = readBaseUrl(config, title)
  const blotOwn = createBlot([
    ...secrets.keys,
    ...secrets.keys.map(cleanHeaderValue),
    ...Object.values(secrets.headers),
    ...Object.values(secrets.headers).map(cleanHeaderValue),
  ])
  const maskSink = createStreamMask(secrets)
  const headers = createRequestHeaders({
    config,
    keys: secrets.keys,
    custom: secrets.headers,
    entraToken: options.entraToken ?? createEntraToken(clock),
  })
  const server: ServerIdentity =
    base instanceof EngineError
      ? { provider: config.provider, title, origin: config.baseUrl, hostname: '' }
      : base.server
  const lanes =
    base instanceof EngineError
      ? null
      : createLanes({
          server: base.server,
          port: base.port,
          secure: base.secure,
          fingerprint: base.fingerprint,
          connectMs: config.timeouts.connectMs,
          clock,
        })
  const target: ExchangeTarget | null = lanes === null ? null : { server, lanes, onOver }
  let running = 0
  let isClosed = false
  let whenIdle: (() => void) | null = null

  /** An exchange is over, however it ended. */
  function onOver(): void {
    running -= 1
    if (running === 0) whenIdle?.()
  }

  function start(request: UpstreamRequest, given: UpstreamSink): Running {
    const sink = maskSink === null ? given : maskSink(given)
    const refusal = refuse(request)
    if (refusal !== null) {
      // Not before the caller has what `dispatch` returns.
      queueMicrotask(() => sink.error(refusal))
      return NOTHING_RUNS
    }
    const list = headers.for(request)
    return Array.isArray(list) ? send(request, list, sink) : sendLater(request, list, sink)
  }

  function refuse({ signal }: UpstreamRequest): EngineError | null {
    if (base instanceof EngineError) return base
    if (isClosed) return closedError(server)
    return signal?.aborted === true ? aborted(signal) : null
  }

  function send(request: UpstreamRequest, list: string[], sink: UpstreamSink): Running {
    if (target === null || base instanceof EngineError) return NOTHING_RUNS
    running += 1
    return new Exchange(
      target,
      {
        method: request.method,
        path: request.fromRoot === true ? request.path : base.path + request.path,
        headers: list,
        body: request.body ?? null,
        signal: request.signal,
        firstByteMs: request.firstByteMs ?? config.timeouts.firstByteMs,
        idleMs: request.idleMs ?? config.timeouts.idleMs,
      },
      sink,
    )
  }

  /** Waits for a token first. */
  function sendLater(request: UpstreamRequest, list: Promise<string[]>, sink: UpstreamSink): Running {
    const { signal } = request
    let running: Running | null = null
    let isOver = false
    const end = (error: Error | null): void => {
      if (isOver) return
      isOver = true
      signal?.removeEventListener('abort', onAbort)
      if (error !== null) sink.error(error)
    }
    const onAbort = (): void => end(aborted(signal))
    signal?.addEventListener('abort', onAbort)
    list.then(
      (ready) => {
        if (isOver) return
        const refusal = refuse(request)
        end(refusal)
        if (refusal === null) running = send(request, ready, sink)
      },
      (error: unknown) => end(toEngineError(error)),
    )
    return {
      resume: () => running?.resume(),
      discard() {
        end(null)
        running?.discard()
      },
    }
  }

  function mayTryKey(request: UpstreamRequest, key: number): boolean {
    return request.method === 'GET' && request.key === undefined && key < secrets.keys.length
  }

  const upstream: Upstream = {
    config,
    title,
    keyCount: () => Math.max(1, secrets.keys.length),
    dispatch: (request, sink) => start(request, sink),
    request: (request) =>
      new Promise((resolve, reject) => {
        const body = createResponseBody(
          () => handle.resume(),
          () => handle.discard(),
        )
        let hasHead = false
        const handle = start(request, {
          head(head) {
            hasHead = true
            const response: AskedResponse = {
              ...head,
              asked: request,
              body,
              discard() {
                handle.discard()
                // Nearly every answer is over by now, and an error with its stack costs more than one of its chunks.
                if (!body.isOver()) body.fail(new EngineError('aborted', 'The answer was given up.'))
              },
            }
            resolve(response)
          },
          data: (chunk) => body.push(chunk),
          end: () => body.end(),
          error(error) {
            if (hasHead) body.fail(error)
            else reject(error)
          },
        })
      }),
    async open(request) {
      let response = await upstream.request(request)
      // A list or a version may be had with any key; which of them works for a chat is the pipeline's to find out.
      for (let key = 1; response.status === 401 && mayTryKey(request, key); key++) {
        response.discard()
        response = await upstream.request({ ...request, key })
      }
      if (response.status >= 300) throw await upstream.httpError(response)
      return response
    },
    async json(request) {
      const response = await upstream.open(request)
      const { bytes, isCut } = await readLimited(response.body, MAX_JSON_BYTES)
      if (isCut) throw new EngineError('upstream_error', `${named(server)} answered with more than 64 MB of JSON.`)
      try {
        return JSON.parse(bytes.toString('utf8')) as unknown
      } catch {
        // No cause: its message quotes the answer.
        throw notJson(server, response, bytes, blotOwn)
      }
    },
    blot: blotOwn,
    async httpError(response, context) {
      const request = (response as Partial<AskedResponse>).asked
      if (response.status >= 300 && response.status < 400) {
        response.discard()
        log.warn({ status: response.status }, 'The server answered with a redirect, which is not followed')
        return redirectError(server, {
          status: response.status,
          location: response.headers.location === undefined ? undefined : blotOwn(response.headers.location),
          baseUrl: config.baseUrl,
          path: base instanceof EngineError ? '/' : base.path + (request?.path ?? '/'),
        })
      }
      const text = await errorText(response)
      const { cookie, oauthToken } = context ?? request?.context ?? {}
      const blotCaller = createBlot([cookie, oauthToken].filter((secret) => secret !== undefined))
      return statusError(server, response, text, (said) => blotCaller(blotOwn(said)))
    },
    close() {
      isClosed = true
      lanes?.close()
      if (running === 0) return Promise.resolve()
      return new Promise((resolve) => {
        const before = whenIdle
        whenIdle = () => {
          before?.()
          resolve()
        }
      })
    },
  }
  return upstream
}

/**
 * An answer with what it was asked for, for messages about it. Not in a WeakMap: the young collector keeps its values
 * while their keys are long dead.
 */
interface AskedResponse extends UpstreamResponse {
  asked: UpstreamRequest
}

/** A request under way. */
interface Running {
  resume(): void
  /** Ends it without a word to the sink. */
  discard(): void
}

const NOTHING_RUNS: Running = { resume: () => {}, discard: () => {} }

interface Base {
  server: ServerIdentity
  port: number
  secure: boolean
  fingerprint: string | null
  /** The base URL's own path, without a slash at its end. */
  path: string
}

function readBaseUrl({ baseUrl, provider, fingerprint }: ConnectionConfig, title: string): Base | EngineError {
  const url = URL.parse(baseUrl)
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    return new EngineError('invalid_request', `The address "${baseUrl}" does not begin with http:// or https://.`, {
      param: 'baseUrl',
    })
  }
  const pinned = fingerprint === null || fingerprint.trim() === '' ? null : plainFingerprint(fingerprint)
  if (pinned === null && fingerprint !== null && fingerprint.trim() !== '') {
    // Going on without it would trust more than was asked for.
    return new EngineError('invalid_request', 'The pinned fingerprint is not a SHA-256: 64 hex digits are expected.', {
      param: 'fingerprint',
    })
  }
  const secure = url.protocol === 'https:'
  return {
    server: { provider, title, origin: url.origin, hostname: url.hostname.replace(/^\[|\]$/g, '') },
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    secure,
    fingerprint: pinned,
    path: url.pathname.replace(/\/+$/, ''),
  }
}

async function errorText(response: UpstreamResponse): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response.body) {
      chunks.push(chunk)
      size += chunk.length
      if (size >= MAX_ERROR_BYTES) break
    }
  } catch {
    // The status is the news; a body that broke off gives what came of it.
  }
  return Buffer.concat(chunks).subarray(0, MAX_ERROR_BYTES).toString('utf8')
}

function notJson(
  server: ServerIdentity,
  { headers }: UpstreamResponse,
  bytes: Buffer,
  blot: (text: string) => string,
): EngineError {
  const type = headers['content-type']?.split(';')[0]
  const what = bytes.length === 0 ? 'an empty body' : `something else${type === undefined ? '' : ` (${type})`}`
  return new EngineError(
    'upstream_error',
    `${named(server)} answered with ${what} where JSON was expected. Check the address.`,
    {
      upstream: {
        provider: server.provider,
        ...(bytes.length === 0
          ? {}
          : { bodyExcerpt: blot(bytes.toString('utf8', 0, MAX_ERROR_BYTES)).slice(0, 8_192) }),
      },
    },
  )
}

function aborted(signal: AbortSignal | undefined): EngineError {
  return new EngineError('aborted', 'The request was cancelled.', { cause: signal?.reason as unknown })
}

function closedError(server: ServerIdentity): EngineError {
  return new EngineError(
    'upstream_unavailable',
    `The connection ${server.title} was changed or removed just now. Ask again.`,
    {
      upstream: { provider: server.provider },
    },
  )
}
