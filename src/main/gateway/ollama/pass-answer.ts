import type { Connection } from '../../engine/spec/connections.ts'
import type { UpstreamRequest } from '../../engine/spec/upstream.ts'
import { callerOf } from '../caller.ts'
import type { Exchange } from '../exchange.ts'
import { drained } from '../respond.ts'
import { upstreamOf } from './upstream-of.ts'

/**
 * Sends a request to a connection's server and its answer to the client, byte for byte as it comes. A bad status becomes
 * an error in the client's dialect.
 */
export async function passAnswer(exchange: Exchange, connection: Connection, request: UpstreamRequest): Promise<void> {
  const { res } = exchange
  const { context } = callerOf(exchange, 'ollama')
  const answer = await upstreamOf(connection).open({ ...request, ...(context === undefined ? {} : { context }) })
  try {
    const type = answer.headers['content-type']
    res.writeHead(answer.status, {
      'X-Switchyard-Connection': connection.id,
      'X-Switchyard-Place': connection.place,
      ...(type === undefined ? {} : { 'Content-Type': type }),
    })
    for await (const chunk of answer.body) {
      if (res.destroyed) return
      if (!res.write(chunk)) await drained(exchange)
    }
    res.end()
  } finally {
    answer.discard()
  }
}
