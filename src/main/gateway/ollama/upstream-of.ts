import type { Connection } from '../../engine/spec/connections.ts'
import { EngineError } from '../../engine/spec/engine-error.ts'
import type { Upstream } from '../../engine/spec/upstream.ts'

/** The HTTP way to a connection's server. Throws `unsupported` for one that has none. */
export function upstreamOf({ adapter, name }: Connection): Upstream {
  if (adapter.upstream !== undefined) return adapter.upstream
  throw new EngineError('unsupported', `${name} is not a server that can be asked over HTTP.`)
}
