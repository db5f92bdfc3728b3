import { allowing, withoutLatest } from '#shared/model-name.ts'
import type { CatalogModel } from '#shared/models.ts'
import type { Connection } from '../spec/connections.ts'
import type { UpstreamModel } from '../spec/provider-adapter.ts'

/** What one connection last told us it holds. */
export interface ConnectionSnapshot {
  connection: Connection
  models: readonly UpstreamModel[]
  /** Epoch ms. */
  knownAt: number
  /** False while the connection does not answer. */
  reachable: boolean
}

type Holder = CatalogModel['holders'][number]

/** The better state wins where holders differ. */
const RANK: Record<CatalogModel['state'], number> = { ready: 3, checking: 2, unavailable: 1, unreachable: 0 }

/** What one connection offers, by the ids of the catalog; each once. */
interface Offer {
  snapshot: ConnectionSnapshot
  models: ReadonlyMap<string, UpstreamModel>
}

/**
 * One logical model per id over all connections that hold it, in connection order, whatever the provider. Ids carry the
 * connection's prefix, and `x` and `x:latest` are one, except that Away joins only what is spelt the same. The first
 * holder gives id and name, the first in the best state the facts.
 */
export function mergeSnapshots(snapshots: readonly ConnectionSnapshot[]): CatalogModel[] {
  const offers = snapshots.map((snapshot): Offer => ({ snapshot, models: offered(snapshot) }))
  const apart = listedBothWays(offers)
  const near = spellings(offers.filter(({ snapshot }) => !isAway(snapshot)))
  const byKey = new Map<string, CatalogModel>()
  for (const { snapshot, models } of offers) {
    for (const [id, model] of models) {
      const bare = withoutLatest(id)
      const isOther = isAway(snapshot) && near.get(bare)?.has(id) === false
      const key = isOther ? `away ${id}` : apart.has(bare) ? id : bare
      const mine = toCatalogModel(id, model, snapshot)
      const known = byKey.get(key)
      if (known === undefined) byKey.set(key, mine)
      else join(known, mine)
    }
  }
  return [...byKey.values()]
}

/** Whoever asks for a model here must not be answered from the public internet because of how a name is spelt there. */
function isAway({ connection }: ConnectionSnapshot): boolean {
  return connection.place === 'away'
}

/** The ids of every name, with and without `:latest`. */
function spellings(offers: readonly Offer[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const { models } of offers) {
    for (const id of models.keys()) {
      const bare = withoutLatest(id)
      const ids = found.get(bare)
      if (ids === undefined) found.set(bare, new Set([id]))
      else ids.add(id)
    }
  }
  return found
}

/** Names that one server lists with `:latest` and without it. It may mean two models, so both stay to be asked for. */
function listedBothWays(offers: readonly Offer[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const { models } of offers) {
    for (const id of models.keys()) {
      const bare = withoutLatest(id)
      if (bare !== id && models.has(bare)) found.add(bare)
    }
  }
  return found
}

/** The id under which a connection's model is known here. */
export function catalogId(connection: Connection, upstreamModel: string): string {
  const prefix = connection.config?.prefixId
  return prefix ? `${prefix}.${upstreamModel}` : upstreamModel
}

/** The models that the allow-list lets through. */
function offered({ connection, models }: ConnectionSnapshot): ReadonlyMap<string, UpstreamModel> {
  const isOffered = allowing(connection.config?.modelIds ?? [])
  const byId = new Map<string, UpstreamModel>()
  for (const model of models) {
    const id = catalogId(connection, model.upstreamModel)
    if (isOffered(model.upstreamModel) && !byId.has(id)) byId.set(id, model)
  }
  return byId
}

function join(known: CatalogModel, other: CatalogModel): void {
  known.holders.push(...other.holders)
  const { id, name, holders } = known
  if (RANK[other.state] > RANK[known.state]) Object.assign(known, other, { id, name, holders })
  known.loaded = holders.some((holder) => holder.loaded && holder.reachable)
  known.expiresAt = soonest(holders)
}

function soonest(holders: readonly Holder[]): number | null {
  const times = holders.flatMap((holder) => (holder.loaded && holder.expiresAt !== null ? [holder.expiresAt] : []))
  return times.length === 0 ? null : Math.min(...times)
}

function toCatalogModel(
  id: string,
  model: UpstreamModel,
  { connection, knownAt, reachable }: ConnectionSnapshot,
): CatalogModel {
  const loaded = model.loaded && reachable
  const holder: Holder = {
    connectionId: connection.id,
    connectionName: connection.name,
    provider: connection.provider,
    upstreamModel: model.upstreamModel,
    place: connection.place,
    reachable,
    knownAt,
    loaded,
    expiresAt: loaded ? (model.expiresAt ?? null) : null,
    sizeBytes: model.sizeBytes,
    quantization: model.quantization,
    contextLength: model.contextLength,
  }
  const { config } = connection
  return {
    id,
    name: model.name,
    place: connection.place,
    holders: [holder],
    tags: config !== null && config.tags.length > 0 ? config.tags : (model.tags ?? []),
    connectionType: config?.connectionType ?? defaultConnectionType(connection),
    ownedBy: model.ownedBy ?? null,
    capabilities: model.capabilities,
    contextLength: model.contextLength,
    sizeBytes: model.sizeBytes,
    quantization: model.quantization,
    parameterSize: model.parameterSize,
    family: model.family,
    digest: model.digest,
    modifiedAt: model.modifiedAt,
    loaded,
    expiresAt: holder.expiresAt,
    state: reachable ? model.state : 'unreachable',
    // How old this is stands beside it, in `knownAt`: an age in words would stand still.
    reason: reachable ? model.reason : `${connection.name} does not answer.`,
    isDemo: model.isDemo,
  }
}

function defaultConnectionType({ provider }: Connection): 'local' | 'external' {
  return provider === 'llama' || provider === 'ollama' ? 'local' : 'external'
}
