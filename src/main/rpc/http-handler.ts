import type { IncomingMessage, ServerResponse } from 'node:http'
import { RPCHandler } from '@orpc/server/node'
import type { PublicError } from '#shared/errors.ts'
import type { Engine } from '../engine/spec/engine.ts'
import { mapCallErrors } from './map-call-errors.ts'
import { router } from './router.ts'

/** Above what the contract's longest text (4,000,000 characters) takes in UTF-8. */
const MAX_BODY_BYTES = 16_000_000
/** The same with a message's pictures: 40 MB of them in base64. */
const MAX_SEND_BYTES = 72_000_000

/**
 * Serves the contract at /rpc over node:http. Resolves to false if the request is for no procedure, then nothing was
 * answered. Sends no CORS headers; who may call is the gateway's business.
 */
export function createRpcHttpHandler(engine: Engine): (req: IncomingMessage, res: ServerResponse) => Promise<boolean> {
  const handler = new RPCHandler(router, { clientInterceptors: [mapCallErrors(engine)] })
  return async (req, res) => {
    const refusal = refuse(req)
    if (refusal !== null) {
      sendError(res, refusal.status, refusal.error)
      return true
    }
    const { matched } = await handler.handle(req, res, { prefix: '/rpc', context: { engine } })
    return matched
  }
}

/** Refuses, unread, bodies that our client never sends. */
function refuse(req: IncomingMessage): { status: number; error: PublicError } | null {
  const length = Number(req.headers['content-length'] ?? 0)
  const hasBody = length > 0 || req.headers['transfer-encoding'] !== undefined
  if (!hasBody) return null
  const most = req.url?.startsWith('/rpc/chats/send') ? MAX_SEND_BYTES : MAX_BODY_BYTES
  if (length > most) {
    const message = `The request is larger than ${most / 1_000_000} MB.`
    return { status: 413, error: { code: 'request_too_large', message, retryable: false } }
  }
  // A body of unknown length could not be bounded before it is read; and a form or plain text needs no permission to
  // be sent from a foreign page.
  if (
    req.headers['transfer-encoding'] !== undefined ||
    !/^application\/json\b/.test(req.headers['content-type'] ?? '')
  ) {
    const message = 'The body must be application/json with a Content-Length.'
    return { status: 415, error: { code: 'invalid_request', message, retryable: false } }
  }
  return null
}

/** An error as oRPC's client reads it. */
function sendError(res: ServerResponse, status: number, error: PublicError): void {
  const body = JSON.stringify({ json: { defined: true, code: 'ENGINE', status, message: error.message, data: error } })
  res.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(body)
}
