import type { ConnectionConfig } from '#shared/connections.ts'
import type { CallContext, UpstreamRequest } from '../spec/upstream.ts'
import { cleanHeaderValue, fillTemplate, hasTemplate } from './header-value.ts'

/** What the transport decides alone; a custom header of that name is left out. */
const RESERVED = new Set([
  'host',
  'content-length',
  'connection',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'proxy-connection',
])

const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/

export interface RequestHeaders {
  /** Names and values in turn. A promise only where a token has to be fetched. */
  for(request: UpstreamRequest): string[] | Promise<string[]>
}

export interface RequestHeadersOptions {
  config: Pick<ConnectionConfig, 'provider' | 'auth'>
  keys: readonly string[]
  custom: Readonly<Record<string, string>>
  entraToken: () => Promise<string>
}

/**
 * The headers of each request, later ones winning: our own, those of the request, the credentials, the connection's
 * custom ones. What tells who asks never takes the place of another. Sets that are the same for every request are made once.
 */
export function createRequestHeaders({ config, keys, custom, entraToken }: RequestHeadersOptions): RequestHeaders {
  const { auth, provider } = config
  const customHeaders = Object.entries(custom)
    .map(([name, value]) => [name.trim().toLowerCase(), value] as const)
    .filter(([name]) => NAME.test(name) && !RESERVED.has(name))
  const isStatic =
    auth.type !== 'session' && auth.type !== 'system_oauth' && !customHeaders.some(([, value]) => hasTemplate(value))
  const keyHeader = auth.type === 'header' ? (auth.headerName?.trim().toLowerCase() ?? '') : defaultKeyHeader(provider)
  /** By key, with a body and without. */
  const ready = new Map<number, { plain: string[]; json: string[] }>()

  function credentials(headers: Map<string, string>, keyIndex: number, context: CallContext | undefined): void {
    if (auth.type === 'session') {
      if (context?.cookie !== undefined) headers.set('cookie', cleanHeaderValue(context.cookie))
    } else if (auth.type === 'system_oauth') {
      if (context?.oauthToken !== undefined) {
        headers.set('authorization', `Bearer ${cleanHeaderValue(context.oauthToken)}`)
      }
    } else if (auth.type === 'bearer' || auth.type === 'header') {
      const key = cleanHeaderValue(keys[keyIndex] ?? '')
      if (key === '' || !NAME.test(keyHeader) || RESERVED.has(keyHeader)) return
      const asBearer = auth.type === 'bearer' && keyHeader === 'authorization'
      headers.set(keyHeader, asBearer ? `Bearer ${key}` : key)
    }
  }

  function build(request: UpstreamRequest, token: string | null): string[] {
    const headers = new Map<string, string>([
      ['accept', '*/*'],
      ['accept-encoding', 'identity'],
      ['user-agent', 'Switchyard'],
    ])
    if (provider === 'anthropic') headers.set('anthropic-version', '2023-06-01')
    if (request.body !== undefined) headers.set('content-type', 'application/json')
    for (const name in request.headers) {
      const value = request.headers[name]
      if (value !== undefined && NAME.test(name) && mayAsk(name, request)) headers.set(name, cleanHeaderValue(value))
    }
    forward(headers, request.context?.forwarded)
    credentials(headers, request.key ?? 0, request.context)
    if (token !== null) headers.set('authorization', `Bearer ${token}`)
    const variables = request.context?.variables?.() ?? {}
    for (const [name, value] of customHeaders) headers.set(name, cleanHeaderValue(fillTemplate(value, variables)))
    return [...headers].flat()
  }

  return {
    for(request) {
      if (auth.type === 'microsoft_entra_id') return entraToken().then((token) => build(request, token))
      if (!isStatic || request.headers !== undefined || request.context?.forwarded !== undefined)
        return build(request, null)
      const key = request.key ?? 0
      let sets = ready.get(key)
      if (sets === undefined) {
        sets = {
          plain: build({ method: 'GET', path: '/', key }, null),
          json: build({ method: 'POST', path: '/', key, body: '' }, null),
        }
        ready.set(key, sets)
      }
      return request.body === undefined ? sets.plain : sets.json
    },
  }
}

/** Who asks, where no header of ours or of the request has that name; credentials and custom headers come after it and win. */
function forward(headers: Map<string, string>, forwarded: CallContext['forwarded']): void {
  for (const given in forwarded) {
    const name = given.toLowerCase()
    const value = forwarded[given]
    if (value === undefined || !NAME.test(name) || RESERVED.has(name) || headers.has(name)) continue
    headers.set(name, cleanHeaderValue(value))
  }
}

/** An adapter may announce the length of an upload; every other reserved name is the transport's. */
function mayAsk(name: string, { body }: UpstreamRequest): boolean {
  if (!RESERVED.has(name)) return true
  return name === 'content-length' && typeof body === 'object' && !(body instanceof Uint8Array)
}

function defaultKeyHeader(provider: ConnectionConfig['provider']): string {
  if (provider === 'azure') return 'api-key'
  return provider === 'anthropic' ? 'x-api-key' : 'authorization'
}
