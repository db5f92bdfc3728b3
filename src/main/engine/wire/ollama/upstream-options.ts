import type { RuntimeHints, Sampling } from '../../spec/chat-request.ts'

type Json = Record<string, unknown>

/** Options that clients of other dialects send at the top level; Ollama only reads them inside `options`. */
const OPTION_NAMES: ReadonlySet<string> = new Set([
  'num_ctx',
  'num_keep',
  'num_batch',
  'num_gpu',
  'main_gpu',
  'num_thread',
  'num_predict',
  'low_vram',
  'numa',
  'use_mmap',
  'use_mlock',
  'mirostat',
  'mirostat_tau',
  'mirostat_eta',
  'tfs_z',
  'typical_p',
  'penalize_newline',
  'repeat_last_n',
  'repeat_penalty',
  'min_p',
  'top_k',
])

/** True for a top-level field of another dialect that is understood as one of Ollama's options. */
export function isOllamaOption(name: string): boolean {
  return OPTION_NAMES.has(name)
}

/** Fields of Ollama's own dialect that clients of others send along (`extra_body` of the OpenAI library). */
const OWN_FIELDS: ReadonlySet<string> = new Set(['options', 'keep_alive', 'think', 'format', 'truncate', 'shift'])

/** True for a top-level field of another dialect that Ollama understands, be it as one of its options. */
export function isOllamaField(name: string): boolean {
  return OWN_FIELDS.has(name) || isOllamaOption(name)
}

/**
 * `options` of a request to Ollama. What has a field of its own wins over the caller's raw `options`, and those over
 * `extra` (the caller's own `options`, and options at the top level).
 */
export function ollamaOptions(sampling: Sampling, runtime: RuntimeHints, extra: Readonly<Json> = {}): Json {
  const topLevel = Object.fromEntries(Object.entries(extra).filter(([name]) => OPTION_NAMES.has(name)))
  return definedOnly({
    ...(isObject(extra.options) ? extra.options : {}),
    ...topLevel,
    ...runtime.options,
    ...definedOnly({
      temperature: sampling.temperature,
      top_p: sampling.topP,
      top_k: sampling.topK,
      min_p: sampling.minP,
      seed: sampling.seed,
      repeat_penalty: sampling.repeatPenalty,
      repeat_last_n: sampling.repeatLastN,
      frequency_penalty: sampling.frequencyPenalty,
      presence_penalty: sampling.presencePenalty,
      num_predict: sampling.maxTokens,
      stop: sampling.stop === undefined || sampling.stop.length === 0 ? undefined : sampling.stop,
      num_ctx: runtime.contextSize,
      num_gpu: runtime.gpuLayers,
      num_thread: runtime.threads,
      num_batch: runtime.batchSize,
      use_mmap: runtime.mmap,
      use_mlock: runtime.mlock,
    }),
  })
}

/**
 * What Ollama is told beside `options`: how long the model stays, and what happens to a prompt that does not fit.
 * Ollama by itself drops the oldest turns; a caller who did not ask for that gets an error instead.
 */
export function ollamaHandling(runtime: RuntimeHints, extra: Readonly<Json> = {}): Json {
  const truncates = runtime.overflow === 'truncate'
  return definedOnly({
    keep_alive: runtime.keepAliveSeconds ?? extra.keep_alive,
    truncate: typeof extra.truncate === 'boolean' ? extra.truncate : truncates ? undefined : false,
    shift: typeof extra.shift === 'boolean' ? extra.shift : (runtime.shift ?? (truncates ? undefined : false)),
  })
}

/** Without the fields that are undefined or null. */
export function definedOnly(fields: Readonly<Json>): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null))
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
