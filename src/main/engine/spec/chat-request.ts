/** A JSON Schema as it came from the caller; checked where it is used. */
export type JsonSchema = { readonly [key: string]: unknown }

export type ContentPart =
  | { type: 'text'; text: string }
  /** `data` is base64 without a data: prefix. */
  | { type: 'image'; mediaType: string; data: string }
  | { type: 'image-url'; url: string }

export interface ToolCall {
  id: string
  name: string
  /** JSON text, as the model wrote it. */
  arguments: string
}

export type ChatMessage =
  | { role: 'system'; content: string }
  | { role: 'user'; content: ContentPart[] }
  | {
      role: 'assistant'
      content: string
      reasoning?: string
      /** What proves to its author that `reasoning` is its own (Anthropic's thinking signature). */
      reasoningSignature?: string
      toolCalls?: ToolCall[]
    }
  | {
      role: 'tool'
      toolCallId: string
      toolName?: string
      content: string
      /** Pictures that the tool gave back, beside its text. */
      images?: Extract<ContentPart, { type: 'image' | 'image-url' }>[]
      isError?: boolean
    }

export interface ToolDefinition {
  name: string
  description?: string
  parameters?: JsonSchema
  /** True if the caller asked that arguments be held to the schema (OpenAI's `strict`). */
  strict?: boolean
}

export type ToolChoice = 'auto' | 'none' | 'required' | { name: string }

export type ResponseFormat =
  | { type: 'text' }
  | { type: 'json' }
  /** `strict`: whether the caller asked that the answer be held to the schema (OpenAI); absent if it did not say. */
  | { type: 'json-schema'; name?: string; schema: JsonSchema; strict?: boolean }

/** Sampling and limits. Absent means the model's or the settings' default. */
export interface Sampling {
  temperature?: number
  topP?: number
  topK?: number
  minP?: number
  seed?: number
  repeatPenalty?: number
  repeatLastN?: number
  frequencyPenalty?: number
  presencePenalty?: number
  /** Cap on generated tokens; absent or -1 means until the model ends or the context is full. */
  maxTokens?: number
  stop?: string[]
  logitBias?: Record<string, number>
}

export interface ReasoningOptions {
  /** false asks the model not to think aloud. */
  enabled?: boolean
  effort?: 'minimal' | 'low' | 'medium' | 'high' | 'xhigh'
  /** Cap on reasoning tokens. */
  budgetTokens?: number
}

/** Hints that only a local runtime understands (Ollama's `options` and `keep_alive`). */
export interface RuntimeHints {
  contextSize?: number
  gpuLayers?: number
  threads?: number
  batchSize?: number
  mmap?: boolean
  mlock?: boolean
  /** Seconds; -1 keeps the model loaded, 0 unloads it after this request. */
  keepAliveSeconds?: number
  /** Ollama `options` that have no field of their own here (mirostat, tfs_z, num_keep …), as they came. */
  options?: Record<string, unknown>
  /** What to do with a prompt that does not fit: `error` (OpenAI) or `truncate` oldest turns first (Ollama). Default `error`. */
  overflow?: 'error' | 'truncate'
  /** Whether an answer that fills the context goes on without the oldest turns (Ollama). */
  shift?: boolean
}

/** The engine's one chat request: a superset of OpenAI chat completions. */
export interface ChatRequest {
  model: string
  messages: ChatMessage[]
  tools?: ToolDefinition[]
  toolChoice?: ToolChoice
  parallelToolCalls?: boolean
  responseFormat?: ResponseFormat
  sampling: Sampling
  reasoning?: ReasoningOptions
  runtime?: RuntimeHints
  /** End-user id for the provider's abuse checks. */
  user?: string
  /**
   * Top-level fields of the caller's dialect that have no field of their own here, as they came
   * (`service_tier`, `provider`, `custom …`). Adapters of the OpenAI family send them on; others report them as not sent.
   */
  extra?: Record<string, unknown>
}

/** A raw completion (no chat template unless `template` says so): Ollama generate raw/suffix, OpenAI /v1/completions. */
export interface CompletionRequest {
  model: string
  prompt: string
  /** Fill-in-the-middle: text after the gap. */
  suffix?: string
  responseFormat?: ResponseFormat
  sampling: Sampling
  runtime?: RuntimeHints
  user?: string
  /** As in a chat. */
  extra?: Record<string, unknown>
}

export interface EmbeddingRequest {
  model: string
  inputs: string[]
  dimensions?: number
  /** Cut inputs that are longer than the context instead of refusing them. Default true. */
  truncate?: boolean
  runtime?: RuntimeHints
  user?: string
  /** As in a chat. */
  extra?: Record<string, unknown>
}
