import type { ErrorCode } from '#shared/error-codes.ts'
import type { GgufFacts, GgufRefusalKind, LoadOptions } from '#shared/models.ts'
import type { ChatRequest, CompletionRequest, EmbeddingRequest } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import type { StreamPart } from '../../spec/stream-part.ts'

/** A stream part that survives structured clone; errors travel as {@link WireError}. */
export type WirePart = Exclude<StreamPart, { type: 'error' }>

/** An EngineError without its class and cause. */
export interface WireError {
  code: ErrorCode
  message: string
  retryable: boolean
  detail?: string
  param?: string
}

/** How a file is opened. `forEmbedding` skips the generation context that such a model cannot use. */
export interface LoadInput {
  key: string
  path: string
  sizeBytes: number
  options: LoadOptions
  forEmbedding: boolean
  /** Load although the estimate says that free memory does not suffice (nothing is left to unload). */
  ignoreFreeMemory: boolean
}

/** What a load or a new context really gave. Sizes in bytes, lengths in tokens. */
export interface LoadedFacts {
  contextSize: number
  trainedContextSize: number
  sequences: number
  gpuLayers: number
  memory: { ram: number; vram: number }
  options: LoadOptions
}

/** What the header says, read off the main thread. */
export type Inspection =
  | {
      ok: true
      facts: GgufFacts
      template: string | null
      metadata: Record<string, unknown>
      tensorCount: number
    }
  | { ok: false; refusal: GgufRefusalKind; reason: string; detail: string | null }

/** Every kind of work the worker does, with its input and its result. */
export interface WorkerJobs {
  inspect: { input: { path: string }; result: Inspection }
  /** Starts llama.cpp ahead of the first load. */
  warm: { input: null; result: null }
  load: { input: LoadInput; result: LoadedFacts }
  /** A new context on a model that is already loaded; nothing may be running on it. */
  reshape: { input: { key: string; options: LoadOptions }; result: LoadedFacts }
  unload: { input: { key: string }; result: null }
  chat: { input: { key: string; request: ChatRequest }; result: null }
  complete: { input: { key: string; request: CompletionRequest }; result: null }
  embed: {
    input: { key: string; request: EmbeddingRequest }
    result: { embeddings: Float32Array[]; promptTokens: number }
  }
  /** Ends running work, frees everything. The thread exits afterwards. */
  close: { input: null; result: null }
}
export type JobKind = keyof WorkerJobs

type JobMessage = { [Kind in JobKind]: { type: 'job'; job: number; kind: Kind; input: WorkerJobs[Kind]['input'] } }

/** Main thread to worker. */
export type ToWorker = JobMessage[JobKind] | { type: 'cancel'; job: number }

/** Worker to main thread. */
export type FromWorker =
  | { type: 'progress'; job: number; value: number }
  | { type: 'parts'; job: number; parts: WirePart[] }
  | { type: 'done'; job: number; result: unknown }
  | { type: 'failed'; job: number; error: WireError }
  /** An uncaught error: running work is being ended, then the thread exits. Give it nothing more to do. */
  | { type: 'dying'; detail: string }
  | { type: 'log'; level: 'debug' | 'info' | 'warn' | 'error'; fields: object; message: string }

/** What the worker is started with. */
export interface WorkerSettings {
  /** `off` computes on the CPU alone. */
  gpu: 'auto' | 'off'
}

/** The error as it crosses a thread or process. */
export function toWireError(error: EngineError): WireError {
  return {
    code: error.code,
    message: error.message,
    retryable: error.retryable,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.param === undefined ? {} : { param: error.param }),
  }
}

/** The error on the other side again. */
export function fromWireError(wire: WireError): EngineError {
  return new EngineError(wire.code, wire.message, {
    retryable: wire.retryable,
    ...(wire.detail === undefined ? {} : { detail: wire.detail }),
    ...(wire.param === undefined ? {} : { param: wire.param }),
  })
}
