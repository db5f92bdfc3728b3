import type { GgufFile } from '#shared/models.ts'
import { EngineError } from '../../../engine/spec/engine-error.ts'
import { localFileId, registeredModelId } from '../../../engine/spec/local-model-id.ts'
import { isAdmin } from '../../../engine/spec/principal.ts'
import { unknownModel } from '../../../engine/spec/unknown-model.ts'
import type { Exchange } from '../../exchange.ts'

/** The id that the query names. Throws `invalid_request` (422, as for a form) where it names none. */
export function queriedId({ query }: Exchange): string {
  const id = new URLSearchParams(query).get('id') ?? ''
  if (id !== '') return id
  throw new EngineError('invalid_request', "Missing required parameter: 'id'.", { param: 'id', status: 422 })
}

/**
 * The file behind a model's or a preset's id. Administrators manage every file; for others, what they may not use is as
 * unknown as what there is not (`model_not_found`). Throws `unsupported` for a model that only others hold.
 */
export function askedFile(exchange: Exchange, id: string): GgufFile {
  const { engine } = exchange.gateway
  exchange.model = id
  if (!isAdmin(exchange.principal)) engine.access.requireModel(exchange.principal, id)
  const fileId = localFileId(engine, id)
  const file = engine.runtime.files().find((one) => one.id === fileId)
  if (file !== undefined) return file
  registeredModelId(engine, id)
  if (engine.resolver.follow(id).base === null) throw unknownModel(id)
  throw new EngineError(
    'unsupported',
    `The model "${id}" does not run inside Switchyard. A server that is connected to it has it; manage it there.`,
    { param: 'id' },
  )
}

/** Whether the caller may know of a file: administrators of all, others of those whose model they may use. */
export function mayKnow({ gateway, principal }: Exchange, { id }: GgufFile): boolean {
  if (isAdmin(principal)) return true
  const { access, catalog } = gateway.engine
  const runs = catalog
    .list()
    .find(({ holders }) => holders.some(({ provider, upstreamModel }) => provider === 'llama' && upstreamModel === id))
  return runs !== undefined && access.mayUse(principal, runs.id)
}
