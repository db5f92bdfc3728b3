import type { CatalogModel } from '#shared/models.ts'
import type { Catalog } from '../../engine/spec/engine.ts'
import type { UpstreamModel } from '../../engine/spec/provider-adapter.ts'
import { ollamaTags } from '../../engine/wire/ollama/model-list.ts'
import { callerModels } from '../caller-models.ts'
import type { Exchange } from '../exchange.ts'
import { sendJson } from '../respond.ts'

/** GET /api/tags: what is known; no server is asked. */
export function tags(exchange: Exchange): void {
  const { catalog } = exchange.gateway.engine
  sendJson(exchange, 200, ollamaTags(callerModels(exchange), ownDetails(catalog)))
}

/** Finds the `details` that an Ollama server itself lists for a model; null where none has this very model. */
function ownDetails(catalog: Pick<Catalog, 'snapshot'>): (model: CatalogModel) => object | null {
  const byConnection = new Map<string, Map<string, UpstreamModel>>()
  const listedBy = (connectionId: string): Map<string, UpstreamModel> => {
    const known = byConnection.get(connectionId)
    if (known !== undefined) return known
    const models = catalog.snapshot(connectionId)?.models ?? []
    const listed = new Map(models.map((model) => [model.upstreamModel, model]))
    byConnection.set(connectionId, listed)
    return listed
  }
  return ({ holders, digest }) => {
    for (const { connectionId, provider, upstreamModel } of holders) {
      if (provider !== 'ollama') continue
      const listed = listedBy(connectionId).get(upstreamModel)
      const details = listed?.raw?.details
      if (listed?.digest === digest && typeof details === 'object' && details !== null) return details
    }
    return null
  }
}
