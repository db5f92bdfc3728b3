import { EngineError } from '../engine/spec/engine-error.ts'
import type { Exchange } from './exchange.ts'
import type { RouteAccess } from './route-access.ts'

export type Handler = (exchange: Exchange) => Promise<void> | void

/**
 * `GET /v1/models` is an exact path; in `GET /users/{id}/update` a name in braces stands for one segment; one that ends
 * in `/*` takes all that begins with it. They are looked through in this order. GET answers HEAD too.
 */
export type Routes = Record<`${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD'} /${string}`, Handler>

export interface Match {
  readonly handler: Handler
  readonly access: RouteAccess
  /** What a prefix route leaves over, decoded. */
  readonly rest: string
  /** What stands at the names in braces, decoded. */
  readonly params: Readonly<Record<string, string>>
}

interface Methods {
  /** As an exact path matches it. */
  [method: string]: Match | undefined
}

interface Place {
  methods: Methods
  rest: string
  params: Readonly<Record<string, string>>
}

/** Finds a route's handler by exact path, then by pattern, then by prefix. */
export interface Router {
  /** Null if nothing at this path takes this method. */
  find(method: string, path: string): Match | null
  /** Methods at a path, for `Allow`; none if there is nothing. */
  methods(path: string): string[]
  /** Every route, as the tables name it. */
  routes(): string[]
}

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({})

/** A router over these tables. Throws for a route of which `access` does not say who may call it. */
export function createRouter(access: Readonly<Record<string, RouteAccess>>, ...tables: Routes[]): Router {
  const exact = new Map<string, Methods>()
  const patterns = new Map<string, { segments: string[]; methods: Methods }>()
  const prefixes = new Map<string, Methods>()
  const names: string[] = []
  for (const [route, handler] of tables.flatMap((table) => Object.entries(table))) {
    const level = access[route]
    if (level === undefined) throw new Error(`nothing says who may call ${route}`)
    const [method = '', path = ''] = route.split(' ')
    methodsAt(path)[method] = { handler, access: level, rest: '', params: NO_PARAMS }
    names.push(route)
  }

  function methodsAt(path: string): Methods {
    if (path.includes('{')) {
      const pattern = patterns.get(path) ?? { segments: path.split('/'), methods: Object.create(null) as Methods }
      patterns.set(path, pattern)
      return pattern.methods
    }
    const isPrefix = path.endsWith('/*')
    const target = isPrefix ? prefixes : exact
    const key = isPrefix ? path.slice(0, -1) : path
    const methods = target.get(key) ?? (Object.create(null) as Methods)
    target.set(key, methods)
    return methods
  }

  function at(path: string): Place | null {
    const found = exact.get(path)
    if (found !== undefined) return { methods: found, rest: '', params: NO_PARAMS }
    const segments = path.split('/')
    for (const pattern of patterns.values()) {
      const params = matchSegments(pattern.segments, segments)
      if (params !== null) return { methods: pattern.methods, rest: '', params }
    }
    for (const [prefix, methods] of prefixes) {
      if (path.length > prefix.length && path.startsWith(prefix)) {
        return { methods, rest: path.slice(prefix.length), params: NO_PARAMS }
      }
    }
    return null
  }

  return {
    find(method, path) {
      const methods = exact.get(path)
      if (methods !== undefined) return entryFor(method, methods)
      const found = at(path)
      const entry = found === null ? null : entryFor(method, found.methods)
      return found === null || entry === null ? null : { ...entry, rest: decode(found.rest), params: found.params }
    },
    methods(path) {
      const methods = Object.keys(at(path)?.methods ?? {})
      return methods.includes('GET') && !methods.includes('HEAD') ? [...methods, 'HEAD'] : methods
    },
    routes: () => [...names],
  }
}

function entryFor(method: string, methods: Methods): Match | null {
  return methods[method] ?? (method === 'HEAD' ? methods.GET : undefined) ?? null
}

/** The values at a pattern's names; null if the path is another. */
function matchSegments(pattern: readonly string[], path: readonly string[]): Record<string, string> | null {
  if (pattern.length !== path.length) return null
  const params: Record<string, string> = {}
  for (const [index, expected] of pattern.entries()) {
    const actual = path[index] ?? ''
    if (!expected.startsWith('{')) {
      if (expected !== actual) return null
      continue
    }
    if (actual === '') return null
    params[expected.slice(1, -1)] = decode(actual)
  }
  return params
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    throw new EngineError('invalid_request', 'The path has a broken percent-encoding.', { cause: error })
  }
}
