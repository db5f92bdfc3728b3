import type { ConnectionConfig } from '#shared/connections.ts'

/** What a request knows about its caller, for header templates, forwarded cookies and tokens. All optional. */
export interface CallContext {
  /** Gives the values of `{{USER_ID}}`, `{{CHAT_ID}}` …, without braces. What is missing becomes an empty text. */
  variables?: () => Readonly<Record<string, string>>
  /** The caller's Cookie header, for auth type `session`. */
  cookie?: string
  /** The caller's OAuth access token, for auth type `system_oauth`. */
  oauthToken?: string
  /** Headers that tell who asks (`ENABLE_FORWARD_USER_INFO_HEADERS`), in lower case. */
  forwarded?: Readonly<Record<string, string>>
  /** Headers of the caller's dialect that only its own provider understands (`anthropic-beta`), in lower case. */
  dialectHeaders?: Readonly<Record<string, string>>
}

/** One HTTP request to a connection's server. */
export interface UpstreamRequest {
  method: 'GET' | 'POST' | 'DELETE' | 'HEAD'
  /** Begins with `/`, with its query; put behind the base URL's own path. */
  path: string
  /** Replaces the base URL's path instead of following it (a vendor's health route at the root). */
  fromRoot?: boolean
  /** Sent as it is; `Content-Type: application/json` unless `headers` say otherwise. */
  body?: string | Uint8Array | AsyncIterable<Uint8Array>
  /** Extra headers in lower case. Auth and custom headers are added by the upstream. */
  headers?: Readonly<Record<string, string>>
  /** Aborting it ends the exchange. What is ended by `discard` needs none. */
  signal?: AbortSignal
  context?: CallContext
  /** Which of the connection's keys, counted from 0; default 0. */
  key?: number
  /** Override the connection's own limits, ms. */
  firstByteMs?: number
  idleMs?: number
}

/** Heads of an answer. Header names are in lower case; a repeated one is joined with `, `. */
export interface UpstreamHead {
  status: number
  headers: Readonly<Record<string, string>>
}

/**
 * An answer as it comes. `body` yields the decoded bytes (gzip, deflate, br, zstd are undone), fails with EngineError
 * (`idle_timeout`, `aborted`, `upstream_error` for a cut line) and releases the socket when left early.
 */
export interface UpstreamResponse extends UpstreamHead {
  body: AsyncIterable<Buffer>
  /** Ends the exchange and frees its socket; safe to call at any time. */
  discard(): void
}

/** Who takes an answer without iterators in between: the fast path. Calls come in order: head, data*, then end or error. */
export interface UpstreamSink {
  head(head: UpstreamHead): void
  /** False pauses the upstream until `resume` is called. */
  data(chunk: Buffer): boolean
  end(): void
  /** Always an EngineError. */
  error(error: Error): void
}

/**
 * HTTP to one connection's server. Address, auth, custom headers, time limits, TLS pinning and the rule that no redirect
 * is followed live here and nowhere else, so an adapter only knows paths and bodies.
 * Every failure is an EngineError whose `upstream` keeps the server's reason, with our secrets blotted out.
 */
export interface Upstream {
  readonly config: Readonly<ConnectionConfig>
  /** Name for messages: `Workstation`. */
  readonly title: string
  /** Number of keys; at least 1 so that `key: 0` is always valid. */
  keyCount(): number
  /** Resolves with the head, whatever its status. Throws `upstream_unavailable`, `connect_timeout`, `first_byte_timeout`, `aborted`. */
  request(request: UpstreamRequest): Promise<UpstreamResponse>
  /** As `request`, and throws `httpError` for any status from 300 on. */
  open(request: UpstreamRequest): Promise<UpstreamResponse>
  /** Reads a whole JSON answer of at most 64 MB. Throws `upstream_error` for what is not JSON. */
  json(request: UpstreamRequest): Promise<unknown>
  /** The error of an answer with a bad status; reads at most 64 kB of its body. */
  httpError(response: UpstreamResponse, context?: CallContext): Promise<Error>
  /** A text from the server without our secrets in it: for words that adapters quote from answers. */
  blot(text: string): string
  /**
   * Fast path: starts at once, calls the sink; returns how to go on after a pause, and how to end it without another word
   * to the sink. Aborting the signal frees the socket.
   */
  dispatch(request: UpstreamRequest, sink: UpstreamSink): { resume(): void; discard(): void }
  close(): Promise<void>
}
