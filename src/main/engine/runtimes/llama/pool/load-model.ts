import type { LoadOptions } from '#shared/models.ts'
import { toEngineError } from '../../../spec/engine-error.ts'
import type { LoadedFacts } from '../protocol.ts'
import type { SlotModel, SlotSurroundings } from './slot-surroundings.ts'

/**
 * Loads a model into the worker once no other load runs. While memory is short, idle models make room one by one; what
 * still does not fit then is tried all the same. Rejects with `out_of_memory`, `model_load_failed` or the signal's reason.
 */
export function loadModel(
  model: SlotModel,
  options: LoadOptions,
  around: Pick<SlotSurroundings, 'lane' | 'link' | 'hasIdle' | 'evictIdle'>,
  signal: AbortSignal | undefined,
  onProgress: (value: number) => void,
): Promise<LoadedFacts> {
  const { id, path, sizeBytes, forEmbedding } = model
  return around.lane.run(async () => {
    for (;;) {
      signal?.throwIfAborted()
      try {
        const ignoreFreeMemory = !around.hasIdle(id)
        return await around
          .link()
          .run(
            'load',
            { key: id, path, sizeBytes, forEmbedding, options, ignoreFreeMemory },
            { ...(signal === undefined ? {} : { signal }), onProgress },
          )
      } catch (error) {
        const full = toEngineError(error).code === 'out_of_memory'
        if (!full || !(await around.evictIdle(id))) throw error
      }
    }
  })
}
