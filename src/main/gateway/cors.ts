import type { Exchange } from './exchange.ts'

const EXPOSED = [
  'X-Request-Id',
  'Request-Id',
  'Retry-After',
  // The official clients decide by them when to ask again.
  'Retry-After-Ms',
  'X-Should-Retry',
  'X-Process-Time',
  ...['Place', 'Connection', 'Connection-Name', 'Model', 'Attempts', 'Not-Sent', 'Estimated', 'Job'].map(
    (name) => `X-Switchyard-${name}`,
  ),
].join(', ')

/** Lets the page of an allowed origin read the answer. */
export function setCorsHeaders({ res }: Exchange, origin: string): void {
  res.setHeader('Access-Control-Allow-Origin', origin)
  res.setHeader('Access-Control-Expose-Headers', EXPOSED)
}

/** Answers OPTIONS: a preflight of an allowed origin, or a plain question for the methods. */
export function answerOptions({ req, res }: Exchange, methods: readonly string[], corsOrigin: string | null): void {
  const allow = [...methods, 'OPTIONS'].join(', ')
  res.setHeader('Allow', allow)
  if (corsOrigin !== null) {
    res.setHeader('Access-Control-Allow-Methods', allow)
    const wanted = req.headers['access-control-request-headers']
    if (wanted !== undefined && /^[\w\-, ]{1,1000}$/.test(wanted)) res.setHeader('Access-Control-Allow-Headers', wanted)
    if (req.headers['access-control-request-private-network'] === 'true') {
      res.setHeader('Access-Control-Allow-Private-Network', 'true')
    }
    res.setHeader('Access-Control-Max-Age', '600')
  }
  res.writeHead(204).end()
}
