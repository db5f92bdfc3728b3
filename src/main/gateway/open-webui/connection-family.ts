import type { CatalogModel } from '#shared/models.ts'
import type { Connection, ConnectionFamily } from '../../engine/spec/connections.ts'
import type { Engine, RouteOptions } from '../../engine/spec/engine.ts'
import { EngineError } from '../../engine/spec/engine-error.ts'
import { isAdmin } from '../../engine/spec/principal.ts'
import { callerOf } from '../caller.ts'
import { findBase } from '../caller-models.ts'
import type { Exchange } from '../exchange.ts'
import type { WebUiHandler } from './route-table.ts'

/** A connection in use and its list position in the family: `url_idx`. */
export interface Member {
  index: number
  connection: Connection
}

/** A member that has a model, and the model's name there. */
export interface Holder extends Member {
  upstreamModel: string
}

const NAMES: Record<ConnectionFamily, string> = { ollama: 'Ollama', openai: 'OpenAI-compatible' }
const DISABLED: Record<ConnectionFamily, string> = {
  ollama: 'The Ollama API is disabled. Please enable it to use this feature.',
  openai: 'OpenAI API is disabled',
}
/** How long a list waits for connections that are asked again because a model was not known, ms. */
const REFRESH_MS = 2_000

/** The family's connections that are switched on, in list order. */
export function members(engine: Engine, family: ConnectionFamily): Member[] {
  return engine.connections.family(family).flatMap((id, index) => {
    const connection = engine.connectionSet.find(id)
    return connection === null ? [] : [{ index, connection }]
  })
}

/** The connection at a list position. Throws `not_found`, and `conflict` for one that is switched off. */
export function memberAt(engine: Engine, family: ConnectionFamily, index: number): Member {
  const id = engine.connections.family(family)[index]
  if (id === undefined) throw new EngineError('not_found', `There is no ${NAMES[family]} connection number ${index}.`)
  const connection = engine.connectionSet.find(id)
  if (connection === null) {
    throw new EngineError('conflict', `The ${NAMES[family]} connection number ${index} is disabled.`)
  }
  return { index, connection }
}

/** The connection at a list position, or the first one. Throws `not_found` if the family has none. */
export function memberOrFirst(engine: Engine, family: ConnectionFamily, index: number | null): Member {
  if (index !== null) return memberAt(engine, family, index)
  const [first] = members(engine, family)
  if (first !== undefined) return first
  throw new EngineError(
    'not_found',
    `No ${NAMES[family]} connection is set up and enabled. Add one on the Backends page.`,
  )
}

/** Those of a family that have a model, by its name in the catalog; reachable ones first, else in list order. */
export function holders(engine: Engine, family: ConnectionFamily, model: string): Holder[] {
  const found = engine.catalog.find(model)
  if (found === null) return []
  const all = members(engine, family).flatMap((member) => {
    const holder = found.holders.find(({ connectionId }) => connectionId === member.connection.id)
    return holder === undefined ? [] : [{ ...member, upstreamModel: holder.upstreamModel, up: holder.reachable }]
  })
  return [...all.filter(({ up }) => up), ...all.filter(({ up }) => !up)]
}

/** A model's name at one connection: as the catalog knows it, else without the connection's prefix. */
export function nameAt(engine: Engine, { connection }: Member, model: string): string {
  const holder = engine.catalog.find(model)?.holders.find(({ connectionId }) => connectionId === connection.id)
  return holder?.upstreamModel ?? bareName(connection, model)
}

/** A model's name as it was given, without the connection's prefix. */
export function bareName(connection: Connection, model: string): string {
  const prefix = prefixOf(connection)
  return prefix !== '' && model.startsWith(prefix) ? model.slice(prefix.length) : model
}

/** What a connection puts before the names of its models; empty for nothing. */
export function prefixOf({ config }: Connection): string {
  return config?.prefixId ? `${config.prefixId}.` : ''
}

/**
 * What limits a request to a family, or to its connection at `index`: a server that an administrator names is believed to
 * have the model. One that nobody of the family is known to have is looked for once more at the servers. Throws
 * `model_not_found`, also for a model that the caller may not use, and `forbidden` where the named connection has it not.
 */
export async function within(
  exchange: Exchange,
  family: ConnectionFamily,
  index: number | null,
  model: string,
): Promise<RouteOptions> {
  const { engine } = exchange.gateway
  if (index !== null && isAdmin(exchange.principal)) {
    return { connectionId: memberAt(engine, family, index).connection.id }
  }
  const base = await findInFamily(exchange, family, model)
  if (base === null) throw notFoundIn(model)
  if (index === null) return { excluding: outside(engine, family) }
  const { connection } = memberAt(engine, family, index)
  if (holders(engine, family, base.id).some((holder) => holder.connection.id === connection.id)) {
    return { connectionId: connection.id }
  }
  throw new EngineError('forbidden', `The server at position ${index} does not hold the model '${model}'.`, {
    param: 'model',
  })
}

/**
 * The base model that answers for a name, if the family holds it and the caller may use it; if nobody is known to, the
 * servers are asked once more.
 */
export async function findInFamily(
  exchange: Exchange,
  family: ConnectionFamily,
  model: string,
): Promise<CatalogModel | null> {
  const { engine } = exchange.gateway
  const held = (): CatalogModel | null => {
    const base = findBase(exchange, model)
    return base !== null && holders(engine, family, base.id).length > 0 ? base : null
  }
  const known = held()
  if (known !== null) return known
  await lookAgain(exchange, members(engine, family))
  return held()
}

/** In Open WebUI's words. */
export function notFoundIn(model: string): EngineError {
  return new EngineError('model_not_found', `Model '${model}' was not found`, { param: 'model' })
}

/** Asks these connections for their models again, for the caller, and waits a little for the answers. */
export async function lookAgain(exchange: Exchange, asked: readonly Member[]): Promise<void> {
  const { catalog } = exchange.gateway.engine
  const { context } = callerOf(exchange, 'openai')
  let timer: NodeJS.Timeout | undefined
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, REFRESH_MS)
  })
  await Promise.race([enough, Promise.all(asked.map(({ connection }) => catalog.refresh(connection.id, context)))])
  clearTimeout(timer)
}

/** Answers 503 while the family is switched off. */
export function whileEnabled(family: ConnectionFamily, handler: WebUiHandler): WebUiHandler {
  return (exchange, index) => {
    if (exchange.gateway.engine.connections.familyEnabled(family)) return handler(exchange, index)
    throw new EngineError('unsupported', DISABLED[family], { status: 503 })
  }
}

/** Everything that is not of the family. */
function outside(engine: Engine, family: ConnectionFamily): ReadonlySet<string> {
  const inside = new Set(engine.connections.family(family))
  return new Set(engine.connectionSet.all().flatMap(({ id }) => (inside.has(id) ? [] : [id])))
}
