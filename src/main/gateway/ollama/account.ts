import type { Exchange } from '../exchange.ts'
import { forClient } from '../run-answer.ts'
import { serverAt } from './choose-server.ts'
import { upstreamOf } from './upstream-of.ts'

/** What such an answer is. A page that stands in a server's place is shown as its text: it would be one of ours. */
const HARMLESS = /^(?:application\/json|text\/plain)\b/i
/** Bytes of such an answer that go on; they are a name, an address or a link to sign in. */
const ANSWER_LIMIT = 64 * 1024

/**
 * POST /api/me and /api/signout: whose account at ollama.com the first Ollama connection has, or that it has none (401 with
 * `signin_url`). `ollama push` and `ollama signin` ask first. The server's own answer, whatever its status.
 */
export function account(path: '/api/me' | '/api/signout'): (exchange: Exchange) => Promise<void> {
  return (exchange) => {
    const { connection } = serverAt(exchange.gateway.engine, '', null)
    const upstream = upstreamOf(connection)
    return forClient(exchange, async (signal) => {
      const answer = await upstream.request({ method: 'POST', path, signal })
      const chunks: Buffer[] = []
      let size = 0
      for await (const chunk of answer.body) {
        chunks.push(chunk)
        size += chunk.length
        if (size > ANSWER_LIMIT) break
      }
      const type = answer.headers['content-type'] ?? ''
      exchange.res.writeHead(answer.status, {
        'Content-Type': HARMLESS.test(type) ? type : 'text/plain; charset=utf-8',
        'X-Content-Type-Options': 'nosniff',
        'X-Switchyard-Connection': connection.id,
      })
      exchange.res.end(upstream.blot(Buffer.concat(chunks).toString('utf8')))
    })
  }
}
