import type { IncomingMessage } from 'node:http'
import { EngineError } from '../engine/spec/engine-error.ts'

/**
 * A loopback gateway answers as its owner without a key, so a web page that the owner visits must never get through.
 * Host: only names that cannot be re-bound by a foreign DNS. Origin and Sec-Fetch-Site: only our own pages, and origins
 * that the owner allowed. Other programs on this machine send neither and pass.
 */
const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i

/** UI calls, and what reads or changes the connections themselves. */
const OWN_ONLY = /^\/(?:rpc\/|ui\/|(?:ollama|openai)\/(?:config|verify)(?:\/|$))/

/** What the guard found: the origin that may read the answer across origins, if it is one that was allowed. */
export interface Passage {
  corsOrigin: string | null
}

/** Throws `forbidden` (or `invalid_request` for a broken Host) unless this request may be answered. */
export function guardRequest(req: IncomingMessage, path: string, allowedOrigins: () => readonly string[]): Passage {
  const host = guardHost(req)
  const origin = req.headers.origin
  if (origin === undefined) {
    guardSite(req, path)
    return { corsOrigin: null }
  }
  if (origin.toLowerCase() === `http://${host}`) {
    guardSite(req, path)
    return { corsOrigin: null }
  }
  // UI calls and uploads can do anything the owner can; an allowed origin gets the model APIs alone.
  const ownOnly = path === '/rpc' || OWN_ONLY.test(path)
  if (origin !== 'null' && !ownOnly && allowedOrigins().some((allowed) => sameOrigin(allowed, origin))) {
    return { corsOrigin: origin }
  }
  throw new EngineError(
    'forbidden',
    `Requests from the origin ${JSON.stringify(origin.slice(0, 200))} are not allowed.`,
  )
}

function guardHost({ rawHeaders }: IncomingMessage): string {
  let host: string | null = null
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name === undefined || name.length !== 4 || name.toLowerCase() !== 'host') continue
    if (host !== null) throw new EngineError('invalid_request', 'The request has more than one Host header.')
    host = rawHeaders[index + 1] ?? ''
  }
  if (host === null || !LOOPBACK_HOST.test(host)) {
    throw new EngineError(
      'forbidden',
      `Requests for the host ${JSON.stringify((host ?? '').slice(0, 200))} are not allowed.`,
    )
  }
  return host.toLowerCase()
}

/** Browsers say where a request comes from even where they send no Origin (GET by a tag, top-level navigation). */
function guardSite(req: IncomingMessage, path: string): void {
  const site = req.headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return
  const navigation =
    (req.method === 'GET' || req.method === 'HEAD') &&
    (path === '/' || path === '/index.html') &&
    req.headers['sec-fetch-mode'] === 'navigate' &&
    req.headers['sec-fetch-dest'] === 'document'
  // A link to the UI may be followed from anywhere; the page itself cannot be framed or read by the other site.
  if (!navigation) throw new EngineError('forbidden', 'Requests from other web sites are not allowed.')
}

function sameOrigin(allowed: string, origin: string): boolean {
  return allowed.trim().replace(/\/+$/, '').toLowerCase() === origin.toLowerCase()
}
