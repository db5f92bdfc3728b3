import { z } from 'zod'
import type { RuntimeHints, Sampling } from '../../spec/chat-request.ts'
import { keepAliveSeconds } from '../keep-alive.ts'
import { seedField } from '../seed.ts'
import { withoutUndefined } from '../without-undefined.ts'

/** Ollama's `options`. Those without a field of their own in the engine (mirostat, num_keep …) are kept as they came. */
const knownOptions = z.object({
  num_ctx: z.number().int().nullish(),
  num_predict: z.number().int().nullish(),
  temperature: z.number().min(0).nullish(),
  top_k: z.number().int().nullish(),
  top_p: z.number().min(0).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  seed: seedField,
  repeat_penalty: z.number().nullish(),
  repeat_last_n: z.number().int().nullish(),
  presence_penalty: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  stop: z.array(z.string()).nullish(),
  num_gpu: z.number().int().nullish(),
  num_thread: z.number().int().nullish(),
  num_batch: z.number().int().nullish(),
  use_mmap: z.boolean().nullish(),
  use_mlock: z.boolean().nullish(),
})
export const optionsSchema = knownOptions.loose()
export type OllamaOptions = z.output<typeof optionsSchema>

export const keepAliveField = z.union([z.string(), z.number()]).nullish()

/** The engine's sampling. Ollama's "no limit" and "random" values (num_predict <= 0, seed -1) mean absent here. */
export function optionsToSampling(options: OllamaOptions): Sampling {
  const seed = options.seed ?? -1
  return withoutUndefined({
    temperature: options.temperature ?? undefined,
    topK: options.top_k == null ? undefined : Math.max(0, options.top_k),
    topP: options.top_p == null ? undefined : Math.min(1, options.top_p),
    minP: options.min_p ?? undefined,
    seed: seed === -1 ? undefined : seed,
    repeatPenalty: options.repeat_penalty ?? undefined,
    repeatLastN: options.repeat_last_n ?? undefined,
    presencePenalty: options.presence_penalty ?? undefined,
    frequencyPenalty: options.frequency_penalty ?? undefined,
    maxTokens: positive(options.num_predict),
    stop: options.stop?.filter((text) => text !== ''),
  })
}

/** What stands beside `options`. */
interface Handling {
  keep_alive?: string | number | null | undefined
  truncate?: boolean | null | undefined
  shift?: boolean | null | undefined
}

/** What a local runtime gets told. A prompt that does not fit loses its oldest turns unless `truncate` is false. */
export function optionsToHints(
  options: OllamaOptions,
  { keep_alive: keepAlive, truncate, shift }: Handling,
): RuntimeHints {
  return withoutUndefined({
    contextSize: positive(options.num_ctx),
    // Negative means "as many as fit", which is the runtime's default.
    gpuLayers: options.num_gpu == null || options.num_gpu < 0 ? undefined : options.num_gpu,
    threads: positive(options.num_thread),
    batchSize: positive(options.num_batch),
    mmap: options.use_mmap ?? undefined,
    mlock: options.use_mlock ?? undefined,
    options: otherOptions(options),
    keepAliveSeconds: keepAlive == null ? undefined : keepAliveSeconds(keepAlive),
    overflow: (truncate ?? true) ? ('truncate' as const) : ('error' as const),
    shift: shift ?? undefined,
  })
}

/** The options that the engine has no field for; undefined if there are none. */
function otherOptions(options: OllamaOptions): Record<string, unknown> | undefined {
  const others = Object.entries(options).filter(([name, value]) => !(name in knownOptions.shape) && value != null)
  return others.length === 0 ? undefined : Object.fromEntries(others)
}

function positive(value: number | null | undefined): number | undefined {
  return value == null || value <= 0 ? undefined : value
}
