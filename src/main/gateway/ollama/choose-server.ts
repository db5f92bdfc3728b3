import type { Engine } from '../../engine/spec/engine.ts'
import { EngineError } from '../../engine/spec/engine-error.ts'
import type { Exchange } from '../exchange.ts'
import {
  bareName,
  type Holder,
  holders,
  lookAgain,
  memberOrFirst,
  members,
  nameAt,
} from '../open-webui/connection-family.ts'

/** The Ollama connections that hold a model. If none is known to, all are asked again first: it may be new. */
export async function holdersNow(exchange: Exchange, model: string): Promise<Holder[]> {
  const { engine } = exchange.gateway
  const known = holders(engine, 'ollama', model)
  if (known.length > 0) return known
  await lookAgain(exchange, members(engine, 'ollama'))
  return holders(engine, 'ollama', model)
}

/** As `holdersNow`, and throws `model_not_found` or says that the model is held by something else than Ollama. */
export async function requireHolders(exchange: Exchange, model: string): Promise<[Holder, ...Holder[]]> {
  const { engine } = exchange.gateway
  const [first, ...others] = await holdersNow(exchange, model)
  if (first !== undefined) return [first, ...others]
  if (engine.catalog.find(model) === null) {
    throw new EngineError('model_not_found', `model '${model}' not found`, { param: 'model' })
  }
  throw new EngineError(
    'unsupported',
    `model '${model}' is not on an Ollama connection, and only those can be changed`,
    {
      param: 'model',
    },
  )
}

/**
 * Throws as `requireHolders` for what the catalog knows from other connections alone: an Ollama server would download
 * something of that name. A name that nobody knows is for the server to find.
 */
export async function refuseForeign(exchange: Exchange, model: string): Promise<void> {
  if (exchange.gateway.engine.catalog.find(model) !== null) await requireHolders(exchange, model)
}

/**
 * Where a model is managed: the connection at `index`, else a holder of it, else the one under whose prefix it would be
 * listed, else the first Ollama connection.
 */
export function serverFor(engine: Engine, model: string, index: number | null): Holder {
  if (index !== null) return serverAt(engine, model, index)
  const [holder] = holders(engine, 'ollama', model)
  if (holder !== undefined) return holder
  const meant = members(engine, 'ollama').find(({ connection }) => bareName(connection, model) !== model)
  return serverAt(engine, model, meant?.index ?? null)
}

/** The connection at `index`, else the first Ollama connection, whoever holds the model. */
export function serverAt(engine: Engine, model: string, index: number | null): Holder {
  const member = memberOrFirst(engine, 'ollama', index)
  return { ...member, upstreamModel: nameAt(engine, member, model) }
}
