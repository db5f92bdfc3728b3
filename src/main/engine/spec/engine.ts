import type { AppInfo, Status, UiEvent } from '#shared/app-info.ts'
import type { AnswerEvent, Conversation, Message, SearchHit, Thread } from '#shared/chats.ts'
import type { CatalogModel } from '#shared/models.ts'
import type { Place } from '#shared/place.ts'
import type { Settings, SettingsPatch, SettingsView } from '#shared/settings.ts'
import type { ChatRequest, CompletionRequest, EmbeddingRequest } from './chat-request.ts'
import type { LlamaRuntime } from './llama-runtime.ts'
import type { EmbeddingResult, StreamPart } from './stream-part.ts'

/** Where one request runs and why; kept with the answer. */
export interface RouteRecord {
  requestId: string
  modelId: string
  modelName: string
  place: Place
  connectionId: string
  connectionName: string
  upstreamModel: string
  /** One plain sentence per step of the decision. */
  reasons: string[]
}

/** Who asks, for access rules and the ledger. */
export interface Caller {
  kind: 'owner'
  /** `ui`, or the dialect of the API client. */
  via: 'ui' | 'openai' | 'ollama' | 'anthropic'
}

export interface ChatRun {
  route: RouteRecord
  parts: AsyncIterable<StreamPart>
}

/** The one way through for every request, whatever its dialect. Rejects with EngineError before anything ran. */
export interface Pipeline {
  chat(request: ChatRequest, caller: Caller, signal: AbortSignal): Promise<ChatRun>
  complete(request: CompletionRequest, caller: Caller, signal: AbortSignal): Promise<ChatRun>
  embed(
    request: EmbeddingRequest,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<{ route: RouteRecord; result: EmbeddingResult }>
}

export interface Catalog {
  list(): CatalogModel[]
  /** Finds by id; `name` and `name:latest` are the same. Null if nobody has it. */
  find(id: string): CatalogModel | null
}

/** Conversations and the generations that belong to them. Streams live here, not in a window. */
export interface Chats {
  list(limit: number, before?: number): Conversation[]
  create(modelId: string | null): Conversation
  update(
    id: string,
    patch: { title?: string | undefined; pinned?: boolean | undefined; modelId?: string | null | undefined },
  ): Conversation
  saveDraft(id: string, draft: string): void
  remove(id: string): void
  restore(id: string): Conversation
  thread(id: string, tail: number): Thread
  range(id: string, leafId: string, from: number, to: number): Message[]
  selectBranch(id: string, messageId: string): Thread
  send(input: { id: string; parentId: string | null; content: string; modelId: string }): {
    userMessage: Message
    answer: Message
  }
  regenerate(input: { id: string; answerId: string; modelId?: string | undefined }): Message
  stop(answerId: string): void
  removeMessage(id: string, messageId: string): Thread
  restoreMessage(id: string, messageId: string): Thread
  /** Ends when the answer ends or the signal aborts. Leaving it never stops the generation. */
  watch(answerId: string, signal: AbortSignal): AsyncIterable<AnswerEvent>
  search(query: string, limit: number): Promise<SearchHit[]>
  /** Ends running generations (status `stopped`, text kept) and flushes. */
  close(): Promise<void>
}

export interface SettingsStore {
  get(): Settings
  view(): SettingsView
  update(patch: SettingsPatch): SettingsView
  onChange(listener: (settings: Settings) => void): () => void
}

/** Everything that the gateway, the desktop shell and the UI contract may use. */
export interface Engine {
  readonly settings: SettingsStore
  readonly runtime: LlamaRuntime
  readonly catalog: Catalog
  readonly pipeline: Pipeline
  readonly chats: Chats
  readonly log: Logger
  info(): Promise<AppInfo>
  /** Told by the gateway once it listens. */
  setGatewayUrl(url: string | null): void
  status(): Status
  onEvent(listener: (event: UiEvent) => void): () => void
  /** Where the data lives (absolute). */
  readonly dataFolder: string
  /** Graceful: refuses new requests, drains generations, flushes, closes the database. Safe to call twice. */
  close(): Promise<void>
}

/** Structured log; prompts and secrets are redacted before they are written. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(fields: object): Logger
}
