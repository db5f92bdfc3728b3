import type { CatalogModel, LoadOptions } from '#shared/models.ts'
import type { RuntimeHints } from '../../engine/spec/chat-request.ts'
import type { Engine } from '../../engine/spec/engine.ts'
import { EngineError } from '../../engine/spec/engine-error.ts'
import { withoutUndefined } from '../../engine/wire/without-undefined.ts'

/** The catalog's model of that name. Throws `model_not_found`. */
export function findModel(engine: Engine, name: string): CatalogModel {
  const model = engine.catalog.find(name)
  if (model === null) throw new EngineError('model_not_found', `model '${name}' not found`, { param: 'model' })
  return model
}

/** The id under which the in-process runtime holds a model; null if it does not. */
export function runtimeId(model: CatalogModel): string | null {
  return model.holders.find((holder) => holder.provider === 'llama')?.upstreamModel ?? null
}

/**
 * What Ollama does with a request that has no prompt: `keep_alive` 0 unloads the model, anything else loads it.
 * A model that the in-process runtime does not hold has nothing to load.
 */
export async function loadOrUnload(
  engine: Engine,
  model: CatalogModel,
  hints: RuntimeHints,
  signal: AbortSignal,
): Promise<'load' | 'unload'> {
  const id = runtimeId(model)
  if (hints.keepAliveSeconds === 0) {
    if (id !== null) await engine.runtime.unload(id)
    return 'unload'
  }
  if (id !== null) await engine.runtime.load(id, loadOptions(hints), signal)
  return 'load'
}

function loadOptions(hints: RuntimeHints): LoadOptions {
  return withoutUndefined({
    contextSize: hints.contextSize,
    gpuLayers: hints.gpuLayers,
    threads: hints.threads,
    batchSize: hints.batchSize,
    mmap: hints.mmap,
    mlock: hints.mlock,
    keepAliveSeconds: hints.keepAliveSeconds,
  })
}
