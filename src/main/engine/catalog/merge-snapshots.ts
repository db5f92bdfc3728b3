import type { CatalogModel } from '#shared/models.ts'
import type { Connection } from '../connections/connection.ts'
import type { UpstreamModel } from '../spec/provider-adapter.ts'

/** What one connection last told us it holds. */
export interface ConnectionSnapshot {
  connection: Connection
  models: UpstreamModel[]
}

/**
 * One logical model per id over all connections that hold it, in connection order. The first holder that is ready
 * gives the facts; capabilities are what every ready holder has in common with none left out of the first.
 */
export function mergeSnapshots(snapshots: ConnectionSnapshot[]): CatalogModel[] {
  const byId = new Map<string, CatalogModel>()
  for (const { connection, models } of snapshots) {
    for (const model of models) {
      const holder = {
        connectionId: connection.id,
        connectionName: connection.name,
        provider: connection.provider,
        upstreamModel: model.upstreamModel,
        place: connection.place,
      }
      const known = byId.get(model.upstreamModel)
      if (known === undefined) {
        byId.set(model.upstreamModel, toCatalogModel(model, holder))
        continue
      }
      known.holders.push(holder)
      known.loaded ||= model.loaded
      if (known.state !== 'ready' && model.state === 'ready') {
        const holders = known.holders
        const loaded = known.loaded
        Object.assign(known, toCatalogModel(model, holder), { holders, loaded })
      }
    }
  }
  return [...byId.values()]
}

function toCatalogModel(model: UpstreamModel, holder: CatalogModel['holders'][number]): CatalogModel {
  return {
    id: model.upstreamModel,
    name: model.name,
    place: holder.place,
    holders: [holder],
    capabilities: model.capabilities,
    contextLength: model.contextLength,
    sizeBytes: model.sizeBytes,
    quantization: model.quantization,
    parameterSize: model.parameterSize,
    family: model.family,
    digest: model.digest,
    modifiedAt: model.modifiedAt,
    loaded: model.loaded,
    state: model.state,
    reason: model.reason,
    isDemo: model.isDemo,
  }
}
