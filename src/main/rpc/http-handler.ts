import type { IncomingMessage, ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import { RPCHandler } from '@orpc/server/node'
import type { PublicError } from '#shared/errors.ts'
import type { Engine } from '../engine/spec/engine.ts'
import { EngineError, toPublicError } from '../engine/spec/engine-error.ts'
import type { Principal } from '../engine/spec/principal.ts'
import { checkLevel, refusalFor } from './check-level.ts'
import { mapCallErrors } from './map-call-errors.ts'
import { router } from './router.ts'

const PREFIX = '/rpc'
/** Above what the contract's longest text (4,000,000 characters) takes in UTF-8. */
const MAX_BODY_BYTES = 16_000_000
/** The same with a message's pictures (40 MB of them in base64), and for files of presets, which hold pictures too. */
const MAX_LARGE_BYTES = 72_000_000
const LARGE = new Set(['chats.send', 'presets.importFile'])

/**
 * Serves the contract at /rpc over node:http, to whom the gateway found to ask. Resolves to false if the request is for
 * no procedure, then nothing was answered. Sends no CORS headers; from where it may be called is the gateway's business.
 */
export function createRpcHttpHandler(
  engine: Engine,
): (req: IncomingMessage, res: ServerResponse, principal: Principal) => Promise<boolean> {
  const handler = new RPCHandler(router, { clientInterceptors: [mapCallErrors(engine), checkLevel] })
  return async (req, res, principal) => {
    const path = procedurePath(req.url ?? '')
    // Before the body is read: what a stranger sends is not worth the memory.
    const refusal = refusalFor(path, principal) ?? refuseBody(req, path.join('.'))
    if (refusal !== null) {
      sendError(res, refusal)
      return true
    }
    const encrypted = req.socket instanceof TLSSocket
    const { matched } = await handler.handle(req, res, { prefix: PREFIX, context: { engine, principal, encrypted } })
    return matched
  }
}

/** Its parts as oRPC reads them; a path that cannot be decoded is no procedure's. */
function procedurePath(url: string): string[] {
  const [path = ''] = url.split('?', 1)
  if (!path.startsWith(`${PREFIX}/`)) return []
  try {
    return path
      .slice(PREFIX.length + 1)
      .split('/')
      .map(decodeURIComponent)
  } catch {
    // A stray % sign.
    return []
  }
}

/** Refuses, unread, bodies that our client never sends. */
function refuseBody(req: IncomingMessage, procedure: string): EngineError | null {
  const length = Number(req.headers['content-length'] ?? 0)
  const hasBody = length > 0 || req.headers['transfer-encoding'] !== undefined
  if (!hasBody) return null
  const most = LARGE.has(procedure) ? MAX_LARGE_BYTES : MAX_BODY_BYTES
  if (length > most) {
    return new EngineError('request_too_large', `The request is larger than ${most / 1_000_000} MB.`)
  }
  // A body of unknown length could not be bounded before it is read; and a form or plain text needs no permission to
  // be sent from a foreign page.
  if (
    req.headers['transfer-encoding'] !== undefined ||
    !/^application\/json\b/.test(req.headers['content-type'] ?? '')
  ) {
    return new EngineError('invalid_request', 'The body must be application/json with a Content-Length.', {
      status: 415,
    })
  }
  return null
}

/** An error as oRPC's client reads it. */
function sendError(res: ServerResponse, error: EngineError): void {
  const { status, message } = error
  const data: PublicError = toPublicError(error)
  const body = JSON.stringify({ json: { defined: true, code: 'ENGINE', status, message, data } })
  res.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(body)
}
