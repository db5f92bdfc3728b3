import { EngineError } from '../engine/spec/engine-error.ts'
import type { Exchange } from './exchange.ts'

export type Handler = (exchange: Exchange) => Promise<void> | void

/** `GET /v1/models` is an exact path; one that ends in `/*` takes all that begins with it. GET answers HEAD too. */
export type Routes = Record<`${'GET' | 'POST' | 'DELETE' | 'HEAD'} /${string}`, Handler>

interface Methods {
  [method: string]: Handler | undefined
}

export interface Match {
  handler: Handler
  /** What a prefix route leaves over, decoded. */
  rest: string
}

/** Finds a route's handler by exact path, then by prefix. */
export interface Router {
  /** Null if nothing at this path takes this method. */
  find(method: string, path: string): Match | null
  /** Methods at a path, for `Allow`; none if there is nothing. */
  methods(path: string): string[]
}

/** A router over these tables. */
export function createRouter(...tables: Routes[]): Router {
  const exact = new Map<string, Methods>()
  const prefixes = new Map<string, Methods>()
  for (const [route, handler] of tables.flatMap((table) => Object.entries(table))) {
    const [method = '', path = ''] = route.split(' ')
    const isPrefix = path.endsWith('/*')
    const target = isPrefix ? prefixes : exact
    const key = isPrefix ? path.slice(0, -1) : path
    const methods = target.get(key) ?? (Object.create(null) as Methods)
    methods[method] = handler
    target.set(key, methods)
  }

  function at(path: string): { methods: Methods; rest: string } | null {
    const found = exact.get(path)
    if (found !== undefined) return { methods: found, rest: '' }
    for (const [prefix, methods] of prefixes) {
      if (path.length > prefix.length && path.startsWith(prefix)) return { methods, rest: path.slice(prefix.length) }
    }
    return null
  }

  return {
    find(method, path) {
      const found = at(path)
      if (found === null) return null
      const handler = found.methods[method] ?? (method === 'HEAD' ? found.methods.GET : undefined)
      return handler === undefined ? null : { handler, rest: decode(found.rest) }
    },
    methods(path) {
      const names = Object.keys(at(path)?.methods ?? {})
      return names.includes('GET') && !names.includes('HEAD') ? [...names, 'HEAD'] : names
    },
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    throw new EngineError('invalid_request', 'The path has a broken percent-encoding.', { cause: error })
  }
}
