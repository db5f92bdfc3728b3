import { Worker } from 'node:worker_threads'
import type { Logger } from '../../spec/engine.ts'
import { EngineError } from '../../spec/engine-error.ts'
import type { UnfinishedJob } from './crash-verdict.ts'
import {
  type FromWorker,
  fromWireError,
  type JobKind,
  type ToWorker,
  type WirePart,
  type WorkerJobs,
  type WorkerSettings,
} from './protocol.ts'

/** What a job may tell before it ends. */
export interface JobListeners {
  signal?: AbortSignal
  onParts?: (parts: WirePart[]) => void
  onProgress?: (value: number) => void
}

interface Pending extends UnfinishedJob {
  resolve: (value: never) => void
  reject: (error: EngineError) => void
  listeners: JobListeners
}

const CLOSE_LIMIT_MS = 5_000

/** One worker thread and the jobs that run in it. A link whose thread has ended is used no more. */
export class WorkerLink {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  readonly #log: Logger
  readonly #exited: Promise<void>
  readonly #onDeath: (error: EngineError, unfinished: UnfinishedJob[]) => void
  #nextJob = 1
  #ended = false
  #closing = false
  #dying = false

  /** `onDeath` is called once if the thread ends without having been closed, before its jobs, `unfinished`, fail. */
  constructor(
    url: URL,
    settings: WorkerSettings,
    log: Logger,
    onDeath: (error: EngineError, unfinished: UnfinishedJob[]) => void,
  ) {
    this.#log = log
    this.#worker = new Worker(url, { workerData: settings, name: 'llama' })
    this.#worker.on('message', (message: FromWorker) => this.#receive(message))
    this.#onDeath = onDeath
    let cause: unknown
    this.#worker.on('error', (error) => {
      cause = error
    })
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#ended = true
        const error = this.#die(cause instanceof Error ? cause.message : `exit code ${code}`, cause)
        const pending = [...this.#pending.values()]
        this.#pending.clear()
        for (const job of pending) job.reject(error)
        resolve()
      })
    })
  }

  get ended(): boolean {
    return this.#ended || this.#closing || this.#dying
  }

  /**
   * Runs one job. Aborting the signal cancels it in the worker; the promise settles when the worker has really
   * stopped, so that whoever waits knows its sequence is free. Rejects with EngineError.
   */
  run<Kind extends JobKind>(
    kind: Kind,
    input: WorkerJobs[Kind]['input'],
    listeners: JobListeners = {},
  ): Promise<WorkerJobs[Kind]['result']> {
    if (this.#ended) return Promise.reject(new EngineError('runtime_crashed', 'The llama runtime is not running.'))
    const job = this.#nextJob++
    const { signal } = listeners
    const result = new Promise<WorkerJobs[Kind]['result']>((resolve, reject) => {
      const model = modelOf(input)
      this.#pending.set(job, { kind, model, resolve: resolve as (value: never) => void, reject, listeners })
    })
    this.#send({ type: 'job', job, kind, input } as ToWorker)
    if (signal === undefined) return result
    const cancel = (): void => this.#send({ type: 'cancel', job })
    if (signal.aborted) cancel()
    else signal.addEventListener('abort', cancel, { once: true })
    return result.finally(() => signal.removeEventListener('abort', cancel))
  }

  /**
   * Ends running work, frees all models and ends the thread. A thread that does not follow in time is left alone:
   * ending it by force while native code runs aborts the whole process.
   */
  async close(): Promise<void> {
    if (this.#ended) return this.#exited
    const closed = this.run('close', null)
    this.#closing = true
    const ended = closed
      .catch((error: unknown) => this.#log.debug({ error }, 'The llama worker ended while closing'))
      .then(() => this.#exited)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#log.error({}, 'The llama worker did not end in time and is left behind')
        this.#worker.unref()
        resolve()
      }, CLOSE_LIMIT_MS)
    })
    await Promise.race([ended, late])
    clearTimeout(timer)
  }

  /** Ends the thread at once. Only for a thread that never ran native code, such as one that reads headers. */
  async terminate(): Promise<void> {
    this.#closing = true
    await this.#worker.terminate()
  }

  /** Tells of the death once, unless it was wanted. */
  #die(detail: string, cause?: unknown): EngineError {
    const error = new EngineError('runtime_crashed', 'The llama runtime crashed. The next request starts it again.', {
      cause,
      detail,
    })
    if (!this.#closing && !this.#dying) {
      this.#onDeath(
        error,
        [...this.#pending.values()].map(({ kind, model }) => ({ kind, model })),
      )
    }
    this.#dying = true
    return error
  }

  #send(message: ToWorker): void {
    if (!this.#ended) this.#worker.postMessage(message)
  }

  #receive(message: FromWorker): void {
    if (message.type === 'log') {
      this.#log[message.level](message.fields, message.message)
      return
    }
    if (message.type === 'dying') {
      this.#die(message.detail)
      return
    }
    const pending = this.#pending.get(message.job)
    if (pending === undefined) return
    switch (message.type) {
      case 'progress':
        pending.listeners.onProgress?.(message.value)
        break
      case 'parts':
        pending.listeners.onParts?.(message.parts)
        break
      case 'done':
        this.#pending.delete(message.job)
        pending.resolve(message.result as never)
        break
      case 'failed':
        this.#pending.delete(message.job)
        pending.reject(fromWireError(message.error))
        break
    }
  }
}

function modelOf(input: WorkerJobs[JobKind]['input']): string | null {
  return input !== null && 'key' in input ? input.key : null
}
