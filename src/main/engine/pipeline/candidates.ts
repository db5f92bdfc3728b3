import type { CatalogModel } from '#shared/models.ts'
import type { Connection, ConnectionSet, HealthBoard } from '../spec/connections.ts'
import type { RouteOptions, RouteRecord } from '../spec/engine.ts'

/** An eligible connection and the model's name there. */
export interface Candidate {
  connection: Connection
  upstreamModel: string
  /** Why it stands where it stands, one sentence. */
  reason: string
}

/** The model as it was asked for: a preset's own id and name. */
export interface AskedModel {
  id: string
  name: string
}

interface Ranked {
  connection: Connection
  upstreamModel: string
  rank: number
  inFlight: number
}

/** Counts the requests of each model, so that equal holders take turns. */
export type Turns = Map<string, number>

/** The most models whose turns are remembered; beyond it counting starts again. */
const MAX_TURNS = 10_000

/** To be called once for each request that goes to one of these candidates; looking for them counts nothing. */
export function countTurn(candidates: readonly Candidate[], model: CatalogModel | null, turns: Turns): void {
  if (candidates.length < 2 || model === null) return
  if (turns.size >= MAX_TURNS) turns.clear()
  turns.set(model.id, (turns.get(model.id) ?? 0) + 1)
}

/** What a person's requests are held to. */
export interface Limits {
  /** Requests may go to the public internet. */
  mayRunAway: boolean
  /** A named server is asked even for models that its list does not show. */
  mayNameAnyModel: boolean
}

/**
 * The holders of a base model in the order in which they are tried: those that answer first, then the fewest requests
 * under way, then the higher priority, then in turn. A named connection is the only candidate, whatever its state. Those
 * beyond the person's limits are none.
 */
export function candidatesFor(
  model: CatalogModel | null,
  modelId: string,
  connections: ConnectionSet,
  health: HealthBoard,
  turns: Turns,
  limits: Limits,
  options: RouteOptions = {},
): Candidate[] {
  if (options.connectionId !== undefined) return named(model, modelId, connections, limits, options.connectionId)
  if (model === null) return []
  const [only] = model.holders
  if (only !== undefined && model.holders.length === 1) return onlyHolder(only, model, connections, limits, options)
  const ranked: Ranked[] = []
  for (const { connectionId, upstreamModel } of model.holders) {
    if (options.excluding?.has(connectionId)) continue
    const connection = connections.find(connectionId)
    if (connection === null || !mayRunAt(connection, limits)) continue
    ranked.push({
      connection,
      upstreamModel,
      rank: rankOf(health, connectionId),
      inFlight: health.inFlight(connectionId),
    })
  }
  if (ranked.length > 1) {
    ranked.sort(compare)
    takeTurns(ranked, model.id, turns)
  }
  return ranked.map((entry) => ({
    connection: entry.connection,
    upstreamModel: entry.upstreamModel,
    reason: reasonFor(entry, model, ranked.length),
  }))
}

/** Nothing to weigh: nearly every model has one holder. */
function onlyHolder(
  { connectionId, upstreamModel }: CatalogModel['holders'][number],
  model: CatalogModel,
  connections: ConnectionSet,
  limits: Limits,
  { excluding }: RouteOptions,
): Candidate[] {
  const connection = excluding?.has(connectionId) === true ? null : connections.find(connectionId)
  if (connection === null || !mayRunAt(connection, limits)) return []
  return [{ connection, upstreamModel, reason: `${connection.name} is the only place that has ${model.name}` }]
}

function mayRunAt({ place }: Connection, { mayRunAway }: Limits): boolean {
  return mayRunAway || place !== 'away'
}

/** The record of an attempt at a candidate. */
export function routeTo(
  { connection, upstreamModel, reason }: Candidate,
  { model, asked }: { model: CatalogModel | null; asked: AskedModel },
  requestId: string,
): RouteRecord {
  const { id, name } = asked
  const route: RouteRecord = {
    requestId,
    modelId: id,
    modelName: name,
    place: connection.place,
    connectionId: connection.id,
    connectionName: connection.name,
    upstreamModel,
    reasons: [reason],
  }
  if (model !== null && model.id !== id) route.baseModelId = model.id
  return route
}

function named(
  model: CatalogModel | null,
  modelId: string,
  connections: ConnectionSet,
  limits: Limits,
  connectionId: string,
): Candidate[] {
  const connection = connections.find(connectionId)
  if (connection === null || !mayRunAt(connection, limits)) return []
  const holder = model?.holders.find((each) => each.connectionId === connectionId)
  if (holder === undefined && !limits.mayNameAnyModel) return []
  // A server may have a model that its list does not show; who names the server is believed.
  const prefix = connection.config?.prefixId ? `${connection.config.prefixId}.` : ''
  const bare = modelId.startsWith(prefix) ? modelId.slice(prefix.length) : modelId
  return [{ connection, upstreamModel: holder?.upstreamModel ?? bare, reason: `${connection.name} was named` }]
}

function rankOf(health: HealthBoard, id: string): number {
  if (health.isDown(id)) return 2
  return health.state(id) === 'limited' ? 1 : 0
}

function compare(a: Ranked, b: Ranked): number {
  return a.rank - b.rank || a.inFlight - b.inFlight || priority(b) - priority(a)
}

function priority({ connection }: Ranked): number {
  return connection.config?.priority ?? 0
}

/** Rotates the equals at the head of the list. */
function takeTurns(ranked: Ranked[], modelId: string, turns: Turns): void {
  const [first] = ranked
  if (first === undefined) return
  const equals = ranked.filter((entry) => compare(entry, first) === 0)
  if (equals.length === 1) return
  const offset = (turns.get(modelId) ?? 0) % equals.length
  ranked.splice(0, equals.length, ...equals.slice(offset), ...equals.slice(0, offset))
}

function reasonFor({ connection, rank, inFlight }: Ranked, model: CatalogModel, holders: number): string {
  if (holders === 1) return `${connection.name} is the last place left that has ${model.name}`
  if (rank === 2) return `${connection.name} did not answer lately and is tried for want of a better one`
  const load = inFlight === 0 ? 'no request under way' : `${inFlight} under way`
  return `${connection.name} is the least busy of ${model.holders.length} places that have ${model.name} (${load})`
}
