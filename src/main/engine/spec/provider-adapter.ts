import type { Capability } from '#shared/models.ts'
import type { ProviderKind } from '#shared/place.ts'
import type { ChatRequest, CompletionRequest, EmbeddingRequest } from './chat-request.ts'
import type { EmbeddingResult, StreamPart } from './stream-part.ts'

/** One call to an upstream. */
export interface ProviderCall<Request> {
  request: Request
  /** The model's name at the upstream. */
  upstreamModel: string
  requestId: string
  /** Aborting it must end the upstream's work within 200 ms. */
  signal: AbortSignal
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
}

/** What makes one provider satisfy the spec. Every adapter passes the one contract suite in tests/contract. */
export interface ProviderAdapter {
  readonly kind: ProviderKind
  listModels(): Promise<UpstreamModel[]>
  chat(call: ProviderCall<ChatRequest>): AsyncIterable<StreamPart>
  complete(call: ProviderCall<CompletionRequest>): AsyncIterable<StreamPart>
  embed(call: ProviderCall<EmbeddingRequest>): Promise<EmbeddingResult>
}
