import type { EngineError } from './engine-error.ts'

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'error' | 'other'

/** Token counts. `raw` keeps the upstream's own object. */
export interface Usage {
  promptTokens: number
  /** Of the prompt tokens, those served from a prefix cache. */
  cachedPromptTokens?: number
  /** Of the prompt tokens, those that a prefix cache took up. */
  cacheWrittenTokens?: number
  completionTokens: number
  reasoningTokens?: number
  raw?: unknown
}

/** Where the time went, ms. */
export interface Timings {
  queueMs: number
  loadMs: number
  promptMs: number
  /** First to last generated token. */
  generateMs: number
  /** Tokens of context the request ran in, if known. */
  contextSize?: number
}

/**
 * One unified event of an answer. Order: any `progress`, then deltas, then at most one `usage`, then exactly one
 * `finish` or `error`. An adapter throws EngineError at any time; the pipeline turns what is thrown after the first
 * content into the final `error` part, so that the partial text is kept.
 */
export type StreamPart =
  | { type: 'progress'; phase: 'queued' | 'loading' | 'reading'; value: number | null }
  /** `isRefusal`: the model says that it will not answer (OpenAI), where a dialect has a place of its own for that. */
  | { type: 'text-delta'; text: string; isRefusal?: true }
  /** `signature` comes with an empty text after the reasoning that it proves (Anthropic). */
  | { type: 'reasoning-delta'; text: string; signature?: string }
  /** `id` and `name` come with the first delta of an index. */
  | { type: 'tool-call-delta'; index: number; id?: string; name?: string; argumentsDelta: string }
  | { type: 'usage'; usage: Usage; timings?: Timings }
  /** `stopSequence` is the stop text that the answer ran into, where the upstream tells which. */
  | { type: 'finish'; reason: FinishReason; raw?: string; stopSequence?: string }
  | { type: 'error'; error: EngineError }

export interface EmbeddingResult {
  /** One per input, in order. L2-normalised, by the server where it does so by itself. */
  embeddings: Float32Array[]
  promptTokens: number
  loadMs: number
  totalMs: number
}
