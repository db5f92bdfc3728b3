import { availableParallelism } from 'node:os'
import type { LoadOptions } from '#shared/models.ts'
import type { RuntimeHints } from '../../../spec/chat-request.ts'
import type { LoadedFacts } from '../protocol.ts'

/** Tokens of context per sequence where neither a request, the model's options nor the settings say. */
export const DEFAULT_CONTEXT = 8192

/** Bounds of what reaches native code, which aborts the process or allocates without limit for worse. */
const CONTEXT = { least: 64, most: 10_000_000 }
const BATCH = { least: 1, most: 65_536 }
const LAYERS = { least: 0, most: 10_000 }

/** The load options that a request's hints ask for. Numbers that mean nothing are left out, extreme ones are bounded. */
export function hintedOptions(hints: RuntimeHints | undefined): LoadOptions {
  const { contextSize, gpuLayers, threads, batchSize, mmap, mlock } = hints ?? {}
  // Ollama's num_gpu -1 means: decide yourself.
  const layers = gpuLayers !== undefined && gpuLayers < 0 ? 'auto' : whole(gpuLayers, LAYERS)
  const wishes = {
    contextSize: positive(contextSize, CONTEXT),
    gpuLayers: layers,
    threads: positive(threads, { least: 1, most: availableParallelism() }),
    batchSize: positive(batchSize, BATCH),
    mmap,
    mlock,
  }
  return Object.fromEntries(Object.entries(wishes).filter(([, wish]) => wish !== undefined)) satisfies LoadOptions
}

/** Seconds a request asks its model to stay; -1 for always. */
export function hintedKeepAlive(hints: RuntimeHints | undefined): number | undefined {
  const seconds = hints?.keepAliveSeconds
  if (seconds === undefined || Number.isNaN(seconds)) return undefined
  return Number.isFinite(seconds) ? Math.max(-1, seconds) : -1
}

interface Bounds {
  least: number
  most: number
}

function whole(value: number | undefined, { least, most }: Bounds): number | undefined {
  if (value === undefined || Number.isNaN(value)) return undefined
  return Math.min(most, Math.max(least, Math.trunc(value)))
}

/** Zero and less mean the default, as in Ollama. */
function positive(value: number | undefined, bounds: Bounds): number | undefined {
  return value === undefined || value <= 0 ? undefined : whole(value, bounds)
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
