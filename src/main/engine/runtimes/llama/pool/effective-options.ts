import type { LoadOptions } from '#shared/models.ts'
import type { RuntimeHints } from '../../../spec/chat-request.ts'
import type { LoadedFacts } from '../protocol.ts'

/** The load options that a request's hints ask for. */
export function hintedOptions(hints: RuntimeHints | undefined): LoadOptions {
  const { contextSize, gpuLayers, threads, batchSize, mmap, mlock } = hints ?? {}
  return {
    ...(contextSize === undefined ? {} : { contextSize }),
    // Ollama's num_gpu -1 means: decide yourself.
    ...(gpuLayers === undefined ? {} : { gpuLayers: gpuLayers < 0 ? ('auto' as const) : gpuLayers }),
    ...(threads === undefined || threads < 1 ? {} : { threads }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(mmap === undefined ? {} : { mmap }),
    ...(mlock === undefined ? {} : { mlock }),
  }
}

/** What has to change before a request with these wishes can run on the loaded model. */
export type Change = 'none' | 'context' | 'model'

/**
 * Compares wishes with how the model was loaded (`asked`) and what came out (`facts`). A smaller context serves as
 * well, and a context that could not be made larger is not tried again for the same wish.
 */
export function neededChange(wishes: LoadOptions, asked: LoadOptions, facts: LoadedFacts): Change {
  const differs = (key: keyof LoadOptions): boolean => wishes[key] !== undefined && wishes[key] !== asked[key]
  if (differs('gpuLayers') && wishes.gpuLayers !== facts.gpuLayers) return 'model'
  if (differs('mmap') && wishes.mmap !== facts.options.mmap) return 'model'
  if (differs('mlock') && (wishes.mlock ?? false) !== (asked.mlock ?? false)) return 'model'
  if (differs('flashAttention')) return 'context'
  if (differs('threads') && wishes.threads !== facts.options.threads) return 'context'
  if (differs('batchSize') && (wishes.batchSize ?? 0) !== facts.options.batchSize) return 'context'
  if (differs('sequences') && wishes.sequences !== facts.sequences) return 'context'
  const size = Math.min(wishes.contextSize ?? 0, facts.trainedContextSize)
  if (size > facts.contextSize && size > (asked.contextSize ?? 0)) return 'context'
  return 'none'
}
