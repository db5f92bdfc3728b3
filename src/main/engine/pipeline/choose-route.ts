import type { Connection } from '../connections/connection.ts'
import type { Catalog, RouteRecord } from '../spec/engine.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { ProviderAdapter } from '../spec/provider-adapter.ts'

/** A route and the adapter that will make the attempt. */
export interface ChosenRoute {
  route: RouteRecord
  adapter: ProviderAdapter
}

/**
 * Picks the connection for a model: its first holder that is configured.
 * @throws EngineError model_not_found if no connection has the model.
 */
export function chooseRoute(
  modelId: string,
  catalog: Catalog,
  connections: Connection[],
  requestId: string,
): ChosenRoute {
  const model = catalog.find(modelId)
  if (model === null) throw new EngineError('model_not_found', `model '${modelId}' not found`, { param: 'model' })
  for (const holder of model.holders) {
    const connection = connections.find((each) => each.id === holder.connectionId)
    if (connection === undefined) continue
    const others = model.holders.length - 1
    return {
      adapter: connection.adapter,
      route: {
        requestId,
        modelId: model.id,
        modelName: model.name,
        place: holder.place,
        connectionId: connection.id,
        connectionName: connection.name,
        upstreamModel: holder.upstreamModel,
        reasons: [
          others === 0
            ? `${connection.name} is the only place that has ${model.name}`
            : `${connection.name} comes first`,
        ],
      },
    }
  }
  throw new EngineError('upstream_unavailable', `No configured connection has the model '${modelId}' right now.`)
}
