import { EngineError } from '../../engine/spec/engine-error.ts'
import type { Exchange } from '../exchange.ts'
import { forClient } from '../run-answer.ts'
import { serverAt } from './choose-server.ts'
import { passAnswer } from './pass-answer.ts'
import { upstreamOf } from './upstream-of.ts'

const DIGEST = /^sha256[:-][0-9a-f]{64}$/i
/** Ollama answers a blob only once it is whole, which takes as long as the upload. */
const UPLOAD_MS = 86_400_000

/** HEAD /api/blobs/:digest: whether the first Ollama connection has the blob. Creating a model from it goes there too. */
export function hasBlob(exchange: Exchange): Promise<void> {
  const digest = digestOf(exchange)
  const { connection } = serverAt(exchange.gateway.engine, '', null)
  return forClient(exchange, async (signal) => {
    const answer = await upstreamOf(connection).request({ method: 'HEAD', path: `/api/blobs/${digest}`, signal })
    answer.discard()
    exchange.res.writeHead(answer.status, { 'X-Switchyard-Connection': connection.id }).end()
  })
}

/** POST /api/blobs/:digest: the body goes on as it comes, at the server's pace. */
export function putBlob(exchange: Exchange): Promise<void> {
  const digest = digestOf(exchange)
  const { connection } = serverAt(exchange.gateway.engine, '', null)
  const { req, res } = exchange
  return forClient(exchange, async (signal) => {
    if (exchange.expectsContinue) res.writeContinue()
    const length = req.headers['content-length']
    await passAnswer(exchange, connection, {
      method: 'POST',
      path: `/api/blobs/${digest}`,
      // A refused body is left to be drained, so that its sender gets to read why.
      body: req.iterator({ destroyOnReturn: false }),
      headers: {
        'content-type': 'application/octet-stream',
        ...(length === undefined ? {} : { 'content-length': length }),
      },
      firstByteMs: UPLOAD_MS,
      signal,
    })
  })
}

function digestOf({ rest }: Exchange): string {
  if (DIGEST.test(rest)) return rest.toLowerCase().replace('-', ':')
  throw new EngineError('invalid_request', 'invalid digest format', { param: 'digest' })
}
