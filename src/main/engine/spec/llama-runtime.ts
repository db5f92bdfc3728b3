import type { GgufFile, LoadOptions, ModelMetrics } from '#shared/models.ts'
import type { ChatRequest, CompletionRequest, EmbeddingRequest } from './chat-request.ts'
import type { EmbeddingResult, StreamPart } from './stream-part.ts'

/** What the loaded GGUF says about itself, for Ollama's /api/show. */
export interface GgufDetails {
  file: GgufFile
  /** Chat template source, if the file has one. */
  template: string | null
  /** Header metadata without the token arrays (those are given as their length). */
  metadata: Record<string, unknown>
  tensorCount: number
}

/**
 * The in-process llama runtime: GGUF files on this machine, the worker that loads and runs them, and the quarantine.
 * Errors are EngineErrors: model_not_found, model_quarantined, model_offline, model_load_failed, out_of_memory, context_length_exceeded,
 * queue_full, unsupported, invalid_request, runtime_crashed, aborted, shutting_down.
 */
export interface LlamaRuntime {
  /**
   * Starts scanning the folders. Resolves when built-in and already judged files are known (2 s at most); checks of
   * never-seen files go on in the background.
   */
  start(): Promise<void>
  /**
   * Somebody has opened the app: starts the worker thread in the background, ahead of their first request. Without it the
   * first request does, which takes about a second longer; a server that nobody looks at keeps the 50 MB free.
   */
  warmSoon(): void
  files(): GgufFile[]
  details(id: string): Promise<GgufDetails>
  add(paths: string[]): Promise<{ added: { id: string; path: string }[]; refused: { path: string; error: unknown }[] }>
  forget(id: string): Promise<void>
  recheck(id: string): Promise<void>
  setOptions(id: string, options: LoadOptions): Promise<void>
  /** What is wrong with load options for this model on this machine, in plain sentences; empty: nothing. */
  validate(id: string, options: Readonly<Record<string, unknown>>): Promise<string[]>
  /** Saves options beside those saved before. A loaded model takes at once how long it stays; the rest from its next load. */
  updateLoaded(id: string, options: LoadOptions): Promise<{ applied: string[]; fromNextLoad: string[] }>
  /** Counted since the start; null if it neither is loaded nor was ever asked for anything. */
  metrics(id: string): ModelMetrics | null
  load(id: string, options?: LoadOptions, signal?: AbortSignal): Promise<void>
  /** Drains (running requests are aborted with `aborted`), then frees it. No error if it is not loaded. */
  unload(id: string): Promise<void>
  /** `onNotEnforced` is told, before the first part, the fields that have no effect or that the answer may break. */
  chat(
    id: string,
    request: ChatRequest,
    signal: AbortSignal,
    onNotEnforced?: (fields: string[]) => void,
  ): AsyncIterable<StreamPart>
  complete(
    id: string,
    request: CompletionRequest,
    signal: AbortSignal,
    onNotEnforced?: (fields: string[]) => void,
  ): AsyncIterable<StreamPart>
  embed(
    id: string,
    request: EmbeddingRequest,
    signal: AbortSignal,
    onNotEnforced?: (fields: string[]) => void,
  ): Promise<EmbeddingResult>
  /** Calls back on any change of files() (throttled to at most 10 a second). Returns the unsubscribe function. */
  onChange(listener: () => void): () => void
  /** Drains everything and ends the worker. */
  close(): Promise<void>
}

/** What the runtime keeps between starts (in SQLite, through storage). */
export interface GgufRegistry {
  /** Verdict of an earlier check for exactly this file content identity (path + size + mtime). */
  verdict(path: string, sizeBytes: number, modifiedAt: number): GgufVerdict | null
  saveVerdict(path: string, sizeBytes: number, modifiedAt: number, verdict: GgufVerdict): void
  forgetVerdict(path: string): void
  options(id: string): LoadOptions
  saveOptions(id: string, options: LoadOptions): void
  lastUsedAt(id: string): number | null
  touch(id: string, at: number): void
}
export type GgufVerdict = { state: 'trusted' } | { state: 'quarantined'; reason: string }
