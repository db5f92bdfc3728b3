import { implement } from '@orpc/server'
import { contract } from '#shared/contract.ts'
import type { Engine } from '../engine/spec/engine.ts'
import { isEngineError, toEngineError, toPublicError } from '../engine/spec/engine-error.ts'
import { localFileId, registeredModelId } from '../engine/spec/local-model-id.ts'
import { catalogModelOf } from './catalog-model.ts'
import type { RpcContext } from './rpc-context.ts'

const os = implement(contract).$context<RpcContext>().models

/** The models part of the router. Files and the catalog share their ids: a preset's leads to its base model's file. */
export const modelsProcedures = {
  catalog: os.catalog.handler(({ context }) => context.engine.presets.listed(context.principal).map(catalogModelOf)),
  files: os.files.handler(({ context }) => context.engine.runtime.files()),
  add: os.add.handler(async ({ context, input }) => {
    const { added, refused } = await context.engine.runtime.add(input.paths)
    return { added, refused: refused.map(({ path, error }) => ({ path, error: refusal(error) })) }
  }),
  forget: os.forget.handler(({ context, input }) => context.engine.runtime.forget(input.id)),
  load: os.load.handler(({ context, input, signal }) =>
    context.engine.runtime.load(fileIdOf(context.engine, input.id), input.options, signal),
  ),
  unload: os.unload.handler(({ context, input }) => context.engine.runtime.unload(fileIdOf(context.engine, input.id))),
  setOptions: os.setOptions.handler(({ context, input }) =>
    context.engine.runtime.setOptions(fileIdOf(context.engine, input.id), input.options),
  ),
  recheck: os.recheck.handler(({ context, input }) => context.engine.runtime.recheck(input.id)),
  validate: os.validate.handler(({ context, input }) =>
    context.engine.runtime.validate(fileIdOf(context.engine, input.id), input.options),
  ),
  updateLoaded: os.updateLoaded.handler(({ context, input }) =>
    context.engine.runtime.updateLoaded(fileIdOf(context.engine, input.id), input.options),
  ),
  metrics: os.metrics.handler(({ context, input }) =>
    context.engine.runtime.metrics(fileIdOf(context.engine, input.id)),
  ),
  metadata: os.metadata.handler(({ context, input }) =>
    context.engine.modelMetadata.get(registeredModelId(context.engine, input.id)),
  ),
  saveMetadata: os.saveMetadata.handler(({ context, input }) =>
    context.engine.modelMetadata.save(registeredModelId(context.engine, input.id), input.metadata),
  ),
}

/** What has no file stays as it is, for the runtime to refuse. */
function fileIdOf(engine: Engine, id: string): string {
  return localFileId(engine, id) ?? id
}

/** Why one path was refused, as a value. */
function refusal(error: unknown) {
  const known = toPublicError(toEngineError(error))
  if (isEngineError(error)) return known
  return { code: known.code, message: known.message, retryable: known.retryable }
}
