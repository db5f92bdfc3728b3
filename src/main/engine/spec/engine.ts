import type { AppInfo, Status } from '#shared/app-info.ts'
import type { AnswerEvent, Conversation, Message, NewImage, SearchHit, Thread } from '#shared/chats.ts'
import type { ErrorCode } from '#shared/error-codes.ts'
import type { CatalogModel } from '#shared/models.ts'
import type { Place } from '#shared/place.ts'
import type { Settings, SettingsPatch, SettingsView } from '#shared/settings.ts'
import type { Access } from './access.ts'
import type { ChatRequest, CompletionRequest, EmbeddingRequest } from './chat-request.ts'
import type { ConnectionSet, Connections } from './connections.ts'
import type { EngineError } from './engine-error.ts'
import type { EngineEvent } from './engine-event.ts'
import type { Jobs, OllamaServers } from './jobs.ts'
import type { LlamaRuntime } from './llama-runtime.ts'
import type { ModelResolver, Presets, PromptContext, ResolvedModel } from './presets.ts'
import type { Principal } from './principal.ts'
import type { LaidOver, PassThroughEndpoint, UpstreamModel } from './provider-adapter.ts'
import type { Sharing } from './sharing.ts'
import type { EmbeddingResult, StreamPart } from './stream-part.ts'
import type { Team } from './team.ts'
import type { CallContext, UpstreamHead, UpstreamSink } from './upstream.ts'

/** Where one request runs and why; kept with the answer. */
export interface RouteRecord {
  requestId: string
  modelId: string
  modelName: string
  /** The base model that runs it, where another one was asked for (a preset). */
  baseModelId?: string
  place: Place
  connectionId: string
  connectionName: string
  upstreamModel: string
  /** One plain sentence per step of the decision. */
  reasons: string[]
  /** What was tried before the attempt that served it, in order. */
  attempts?: { connectionId: string; connectionName: string; code: ErrorCode; message: string; durationMs: number }[]
  /** Fields that the upstream could not be told. */
  notSent?: string[]
}

/** Who asks, for access rules and the ledger. */
export interface Caller {
  principal: Principal
  /** `ui`, or the dialect of the API client. */
  via: 'ui' | 'openai' | 'ollama' | 'anthropic'
  /** For header templates and forwarded credentials. */
  context?: CallContext
  /** What prompts of presets may name beside the principal. */
  prompt?: Omit<PromptContext, 'principal'>
  /** The id under which the caller knows the request; else the pipeline makes one. */
  requestId?: string
}

/** Limits the choice of where a request runs. */
export interface RouteOptions {
  /** Only this connection (a named `url_idx`). */
  connectionId?: string
  /** Not these: they have been tried. */
  excluding?: ReadonlySet<string>
  /** Chats: what is applied and run in the place of the asked model's own records (a draft that is tried out). */
  resolved?: ResolvedModel
}

export interface ChatRun {
  /** May still change until the first content part: a failed attempt moves on to the next holder. */
  readonly route: RouteRecord
  parts: AsyncIterable<StreamPart>
}

/** A request whose answer can be passed on unread, if the upstream speaks the caller's dialect. */
export interface PassThroughInput {
  endpoint: PassThroughEndpoint
  model: string
  /** The body's own bytes. */
  raw: Buffer
  /** The same, parsed. */
  body: Readonly<Record<string, unknown>>
  stream: boolean
  /** Where the model's records changed `body`; `raw` is still the client's own. */
  laid?: LaidOver
}

/** Receives a passed-through answer: `head` only once an attempt succeeded, so nothing needs to be taken back. */
export interface PassThroughSink extends UpstreamSink {
  /** Called before `head`, and before an `error` that comes without one. */
  route(route: RouteRecord): void
  head(head: UpstreamHead): void
}

/** A request on the fast path. */
export interface PassThroughRun {
  /** Goes on after the sink paused it. */
  resume(): void
  /** Nobody wants the answer any more: frees the upstream at once, and gives the sink this as its error. */
  cancel(reason: EngineError): void
  /**
   * The connections to exclude if all that can pass it through failed before the first byte and others are left; null
   * once the sink was given the whole answer or the final error.
   */
  readonly retry: Promise<ReadonlySet<string> | null>
}

/** The one way through for every request, whatever its dialect. Rejects with EngineError before anything ran. */
export interface Pipeline {
  chat(request: ChatRequest, caller: Caller, signal: AbortSignal, options?: RouteOptions): Promise<ChatRun>
  complete(request: CompletionRequest, caller: Caller, signal: AbortSignal, options?: RouteOptions): Promise<ChatRun>
  embed(
    request: EmbeddingRequest,
    caller: Caller,
    signal: AbortSignal,
    options?: RouteOptions,
  ): Promise<{ route: RouteRecord; result: EmbeddingResult }>
  /** Prompt tokens of a request. `exact` is false where the upstream cannot count and it is estimated. */
  countTokens(
    request: ChatRequest,
    caller: Caller,
    signal: AbortSignal,
    options?: RouteOptions,
  ): Promise<{ route: RouteRecord; tokens: number; exact: boolean }>
  /**
   * The fast path. Null: the best holder does not speak the dialect, so the request has to be decoded and answered by
   * `chat` and the like. Otherwise the sink is called. It has no signal: making one for each request costs more than
   * routing it.
   */
  passThrough(
    input: PassThroughInput,
    caller: Caller,
    sink: PassThroughSink,
    options?: RouteOptions,
  ): PassThroughRun | null
}

export interface Catalog {
  list(): CatalogModel[]
  /** Finds by id; `name` and `name:latest` are the same. Null if nobody has it. */
  find(id: string): CatalogModel | null
  /**
   * As `find`; a model that nobody is known to have is asked for once more at servers that were not asked lately (a pull
   * by another program, the first seconds after the start), for 1.5 s at most. `context` is the caller's: connections that
   * have no proof of their own are asked with it.
   */
  findAfterLook(id: string, context?: CallContext): Promise<CatalogModel | null>
  /** One connection's own entries as last known (unprefixed, unfiltered), and when; null if never known. */
  snapshot(connectionId: string): { models: readonly UpstreamModel[]; knownAt: number } | null
  /** Asks one connection again now, with the caller's `context` if it has no proof of its own. Never throws. */
  refresh(connectionId: string, context?: CallContext): Promise<void>
  /** Waits for looks at connections that nothing is known of yet, and at most so long. */
  firstLooks(waitMs: number): Promise<void>
  onChange(listener: () => void): () => void
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
  send(input: {
    id: string
    parentId: string | null
    content: string
    modelId: string
    images?: NewImage[] | undefined
    /** Ids of pictures of this conversation that the message carries as well. */
    keptImages?: string[] | undefined
  }): {
    userMessage: Message
    answer: Message
  }
  /** A picture of a message as a data URL. Throws `not_found`. */
  image(id: string): string
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

/** Free notes beside models, by the catalog's ids. */
export interface ModelMetadata {
  /** Empty if nothing was noted. */
  get(modelId: string): Record<string, unknown>
  /** Throws `invalid_request` for what is too large to be notes. An empty object takes the notes away. */
  save(modelId: string, metadata: Record<string, unknown>): void
}

/** Everything that the gateway, the desktop shell and the UI contract may use. */
export interface Engine {
  readonly settings: SettingsStore
  readonly runtime: LlamaRuntime
  readonly modelMetadata: ModelMetadata
  readonly catalog: Catalog
  /** Connections as they are set up. */
  readonly connections: Connections
  /** Connections as they are in use. */
  readonly connectionSet: ConnectionSet
  readonly jobs: Jobs
  readonly ollamaServers: OllamaServers
  readonly pipeline: Pipeline
  /** Person-made models. */
  readonly presets: Presets
  readonly resolver: ModelResolver
  readonly access: Access
  readonly team: Team
  readonly sharing: Sharing
  /** One person's conversations; those of others do not exist for it. `owner` and every person id have their own. */
  chatsOf(personId: string): Chats
  /**
   * Headers that tell upstreams who asks; absent where that is off. A promise where they are signed.
   */
  userInfoHeaders?(
    principal: Principal,
    ids?: { chatId?: string | undefined; messageId?: string | undefined },
  ): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>> | null
  readonly log: Logger
  info(): Promise<AppInfo>
  /** Told by the gateway once it listens. */
  setGatewayUrl(url: string | null): void
  status(): Status
  onEvent(listener: (event: EngineEvent) => void): () => void
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
  /**
   * A writer of many `info` lines that say the same but for a few fields, whose values it takes in the order of `names`:
   * what they share is redacted and serialised once. The values must be ids, numbers and words of ours, never what a
   * person or a server wrote.
   */
  infoLines(shared: object, message: string, names: readonly string[]): (values: readonly LineValue[]) => void
}

/** The value of a field of one line; undefined ones are left out. */
export type LineValue = string | number | boolean | null | undefined
