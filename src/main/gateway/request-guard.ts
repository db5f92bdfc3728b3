import type { IncomingMessage } from 'node:http'
import { EngineError } from '../engine/spec/engine-error.ts'
import type { Door } from './door.ts'

/** UI calls, and what reads or changes connections, accounts and records: nothing for pages of other origins. */
const OWN_ONLY =
  /^\/(?:rpc|ui|oauth|models|(?:ollama|openai)\/(?:config|verify)|api\/v1\/(?:auths|users|groups|configs|models\/[^/]+))(?:\/|$)/

/** Pages that a link on another site may lead to: the window, and the way back from an OAuth provider. */
const PAGES = /^\/(?:$|index\.html$|oauth\/)/

/** What the guard found: the origin that may read the answer across origins, if it is one that was allowed. */
export interface Passage {
  corsOrigin: string | null
}

/**
 * A loopback gateway answers as its owner without a key, and browsers send sessions along by themselves, so a web page
 * that somebody visits must never get through. Host: only names that no foreign DNS can bind to us. Origin and
 * Sec-Fetch-Site: only our own pages, and, at this machine's own door, origins that the owner allowed. Other programs
 * send neither and pass. Throws `forbidden` (or `invalid_request` for a broken Host) unless this request may be answered.
 */
export function guardRequest(
  req: IncomingMessage,
  path: string,
  door: Door,
  allowedOrigins: () => readonly string[],
): Passage {
  const host = guardHost(req, door)
  const origin = req.headers.origin
  if (origin === undefined || origin.toLowerCase() === `${door.encrypted ? 'https' : 'http'}://${host}`) {
    guardSite(req, path)
    return { corsOrigin: null }
  }
  // UI calls and uploads can do anything the owner can; an allowed origin gets the model APIs alone.
  const mayBeAllowed = origin !== 'null' && door.listener === 'local' && !OWN_ONLY.test(path)
  if (mayBeAllowed && allowedOrigins().some((allowed) => sameOrigin(allowed, origin))) return { corsOrigin: origin }
  throw new EngineError(
    'forbidden',
    `Requests from the origin ${JSON.stringify(origin.slice(0, 200))} are not allowed.`,
  )
}

function guardHost({ rawHeaders }: IncomingMessage, door: Door): string {
  let host: string | null = null
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name === undefined || name.length !== 4 || name.toLowerCase() !== 'host') continue
    if (host !== null) throw new EngineError('invalid_request', 'The request has more than one Host header.')
    host = (rawHeaders[index + 1] ?? '').toLowerCase()
  }
  if (host === null || !door.knowsHost(host)) {
    throw new EngineError(
      'forbidden',
      `Requests for the host ${JSON.stringify((host ?? '').slice(0, 200))} are not allowed.`,
    )
  }
  return host
}

/** Browsers say where a request comes from even where they send no Origin (GET by a tag, top-level navigation). */
function guardSite(req: IncomingMessage, path: string): void {
  const site = req.headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return
  const navigation =
    (req.method === 'GET' || req.method === 'HEAD') &&
    PAGES.test(path) &&
    req.headers['sec-fetch-mode'] === 'navigate' &&
    req.headers['sec-fetch-dest'] === 'document'
  // A link to the UI may be followed from anywhere; the page itself cannot be framed or read by the other site.
  if (!navigation) throw new EngineError('forbidden', 'Requests from other web sites are not allowed.')
}

function sameOrigin(allowed: string, origin: string): boolean {
  return allowed.trim().replace(/\/+$/, '').toLowerCase() === origin.toLowerCase()
}
