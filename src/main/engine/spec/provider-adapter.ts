import type { Capability } from '#shared/models.ts'
import type { ProviderKind } from '#shared/place.ts'
import type { ChatRequest, CompletionRequest, EmbeddingRequest } from './chat-request.ts'
import type { EngineError } from './engine-error.ts'
import type { EmbeddingResult, StreamPart } from './stream-part.ts'
import type { CallContext, Upstream } from './upstream.ts'

/** One call to an upstream. */
export interface ProviderCall<Request> {
  request: Request
  /** The model's name at the upstream. */
  upstreamModel: string
  requestId: string
  /** Aborting it must end the upstream's work within 200 ms. */
  signal: AbortSignal
  /** Which of the connection's keys; default 0. */
  key?: number
  context?: CallContext
  /**
   * Told before the first part: fields of the request that this upstream cannot express and that were left out, named
   * as the OpenAI dialect names them (`logit_bias`, `top_k`, `messages[2].content[1]`). They reach the caller as a header.
   */
  onNotSent?(fields: string[]): void
}

/** A model as one connection offers it. */
export interface UpstreamModel {
  upstreamModel: string
  name: string
  capabilities: Capability[]
  contextLength: number | null
  sizeBytes: number | null
  quantization: string | null
  parameterSize: string | null
  family: string | null
  digest: string
  modifiedAt: number
  loaded: boolean
  state: 'ready' | 'checking' | 'unavailable'
  reason: string | null
  isDemo: boolean
  /** Epoch ms at which a loaded model unloads; null if it stays or is not loaded. */
  expiresAt?: number | null
  /** Bytes of it in GPU memory, while loaded. */
  vramBytes?: number | null
  ownedBy?: string | null
  /** The upstream's own tags, if it has any. */
  tags?: string[]
  /** The upstream's own entry, for the compatible lists that show it. */
  raw?: Readonly<Record<string, unknown>>
}

/** A client's body over which a model's records were laid. */
export interface LaidOver {
  /** Top-level fields that the records decided. */
  fields: ReadonlySet<string>
  /**
   * The changed body's bytes, with this name for its model where one is given; made when they are asked for, as a server's
   * rules may change it once more.
   */
  bytes(model?: string): Buffer
}

/** The wire format of an endpoint whose bytes can be passed through. */
export type PassThroughEndpoint =
  | 'openai:chat'
  | 'openai:completions'
  | 'openai:embeddings'
  | 'openai:responses'
  | 'anthropic:messages'
  | 'anthropic:count_tokens'
  | 'ollama:chat'
  | 'ollama:generate'
  | 'ollama:embed'
  | 'ollama:embeddings'

/** What to send where, for a request whose answer needs no reading. */
export interface PassThroughRequest {
  path: string
  headers?: Readonly<Record<string, string>>
  /** Null: the caller's bytes as they are. */
  body: string | Uint8Array | null
  /** As `ProviderCall.onNotSent`. */
  notSent: string[]
}

/** What makes one provider satisfy the spec. Every adapter passes the one contract suite in tests/contract. */
export interface ProviderAdapter {
  readonly kind: ProviderKind
  /**
   * Every model it has now, quickly: facts that take extra requests may follow with a later call. `context` is the caller's
   * for whom it is asked, which connections need whose auth is their callers'.
   */
  listModels(signal?: AbortSignal, context?: CallContext): Promise<UpstreamModel[]>
  /** The server's own list word for word, whatever the connection offers of it; absent where it is not in OpenAI's form. */
  ownList?(signal: AbortSignal, context?: CallContext): Promise<unknown>
  /** The server's version, if it tells one. */
  version?(signal: AbortSignal): Promise<string | null>
  chat(call: ProviderCall<ChatRequest>): AsyncIterable<StreamPart>
  complete(call: ProviderCall<CompletionRequest>): AsyncIterable<StreamPart>
  embed(call: ProviderCall<EmbeddingRequest>): Promise<EmbeddingResult>
  /** Prompt tokens of a request, counted by the upstream; null if it turns out not to count. Then the caller gets an estimate. */
  countTokens?(call: ProviderCall<ChatRequest>): Promise<number | null>
  /**
   * The fast path: how this request body (parsed; the provider's rules for its fields applied) goes upstream so that
   * the answer's bytes can be passed on unread. Null if this upstream does not speak the endpoint. `raw` are the body's
   * own bytes: where only the model's name changes, the rest of them is sent on as it came. With `laid` the body is what a
   * model's records made of them, and what the upstream is known not to take of the fields that they decided is left out
   * and named.
   */
  passThrough?(
    endpoint: PassThroughEndpoint,
    body: Readonly<Record<string, unknown>>,
    upstreamModel: string,
    raw?: Buffer,
    laid?: LaidOver,
  ): PassThroughRequest | null
  /** The error that an answer of status 200 reports in its first value; null leaves it to its own words. */
  reportedError?: (reported: Readonly<Record<string, unknown>>) => EngineError | null
  /** The HTTP way to the server; absent for in-process providers. */
  readonly upstream?: Upstream
}
