import type { Job, OllamaDetails, OllamaModel } from '#shared/jobs.ts'
import type { EngineError } from './engine-error.ts'

/** The step of a create job until its server says something. */
export const CREATING = 'creating the model'

/** Where one layer of a job stands, in the words and figures of the server that moves it. */
export interface JobLayer {
  status: string
  digest: string
  total: number
  /** Null until the server gives a figure. */
  completed: number | null
}

/**
 * Long work on Ollama servers. It belongs to the engine: it goes on when windows close, survives broken lines, and every
 * client sees the same state. At most 3 run at once per connection; the rest wait in order.
 */
export interface Jobs {
  /** Newest first: all that run or wait, and ended ones of the last 7 days (200 at most). */
  list(): Job[]
  get(id: string): Job | null
  /** Each layer that the job moves or moved since Switchyard started, in the order of their first figures. */
  layers(id: string): readonly JobLayer[]
  /** What was done since Switchyard started, each step in the server's or our words, in order; those of each try anew. */
  steps(id: string): readonly string[]
  /** What a failed job failed with since Switchyard started, with its server's status where that refused it; else null. */
  failure(id: string): EngineError | null
  /** A pull of a model that is already being pulled there joins it. */
  pull(input: { connectionId: string; model: string; insecure?: boolean }): Job
  push(input: { connectionId: string; model: string; insecure?: boolean }): Job
  /** Parses the Modelfile first: `invalid_request` with line numbers. `files` are names in FROM/ADAPTER lines already uploaded, with digests. */
  create(input: {
    connectionId: string
    model: string
    modelfile: string
    quantize?: string
    files?: Record<string, string>
  }): Job
  /**
   * Reads the GGUF from disk, uploads the blob (resumes by asking for it first), then creates the model. The server is told
   * `fileName`, else the path's own.
   */
  upload(input: {
    connectionId: string
    model: string
    path: string
    fileName?: string
    removeFileAfterwards?: boolean
  }): Job
  /** Pulls every model of the server again; each is its own item, failures are kept by name. */
  updateAll(input: { connectionId: string }): Job
  /** Ends it without touching any installed version. No-op once it has ended. */
  cancel(id: string): void
  /** A failed, cancelled or interrupted job goes on where it was. */
  resume(id: string): Job
  /** Takes an ended job off the list. */
  dismiss(id: string): void
  /** At most 4 times a second per job. */
  onChange(listener: (job: Job) => void): () => void
  /** Each change of one job until it ends; ends with the signal. For API clients that follow a pull as NDJSON. */
  follow(id: string, signal: AbortSignal): AsyncIterable<Job>
  /** Ends running work; it is `interrupted` after the next start, and goes on then by itself. */
  close(): Promise<void>
}

/** Short work on one Ollama server. Errors carry the server's reason. */
export interface OllamaServers {
  models(connectionId: string, signal?: AbortSignal): Promise<OllamaModel[]>
  details(connectionId: string, model: string, signal?: AbortSignal): Promise<OllamaDetails>
  unload(connectionId: string, model: string): Promise<void>
  copy(connectionId: string, source: string, destination: string): Promise<void>
  remove(connectionId: string, model: string): Promise<void>
}
