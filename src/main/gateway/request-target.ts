import { remembered } from '#shared/remembered.ts'
import { type Dialect, dialectOf } from './dialect.ts'

/** A request's path and query as they came, percent-encoded. */
export interface RequestTarget {
  path: string
  /** What follows `?`, or an empty string. */
  query: string
  dialect: Dialect
}

/** Targets in use are few and short. Queries are left out, they differ and may hold secrets. */
const SHORT = 100
const knownTarget = remembered(1_000, readTarget)

/**
 * What a request line asks for. An absolute form (`GET http://127.0.0.1:4747/health`, as through a proxy) counts as its
 * path if it names this machine; any other stays as it is, and is refused for not being a path. Slashes too many, which
 * a base URL that ends in one brings along, are left out.
 */
export function requestTarget(url: string): RequestTarget {
  return url.length > SHORT || url.includes('?') ? readTarget(url) : knownTarget(url)
}

function readTarget(url: string): RequestTarget {
  const own = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?(?=[/?]|$)/i.exec(url)
  const target = own === null ? url : url.slice(own[0].length) || '/'
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  const tidied = tidy(path)
  return { path: tidied, query: mark === -1 ? '' : target.slice(mark + 1), dialect: dialectOf(tidied) }
}

function tidy(path: string): string {
  if (path === '') return '/'
  const single = path.replace(/\/{2,}/g, '/')
  const tidied = single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single
  // Files of the web UI have one address each.
  return dialectOf(tidied) === 'own' && tidied !== '/health' ? path : tidied
}
