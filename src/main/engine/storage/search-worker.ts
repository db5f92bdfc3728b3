import { Worker } from 'node:worker_threads'
import type { SearchHit } from '#shared/chats.ts'
import type { Logger } from '../spec/engine.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { WorkerReply, WorkerRequest, WorkerSetup } from './worker/protocol.ts'

/** Search on a second, read-only connection in a thread of its own, so that no query holds up the engine's loop. */
export interface SearchWorker {
  /** One person's messages, newest first. Rejects with `storage_failed` if the search could not run. */
  search(ownerId: string, query: string, limit: number): Promise<SearchHit[]>
  /** Ends the thread; what still runs is rejected with `shutting_down`. Safe to call twice. */
  close(): Promise<void>
}

interface SearchWorkerOptions {
  /** The database file. */
  file: string
  /** The worker's entry: src/main/storage-worker.ts, or storage-worker.js beside the built entry. */
  entry: URL
  log: Logger
}

interface Waiting {
  resolve(hits: SearchHit[]): void
  reject(error: EngineError): void
}

/** Makes the search worker; its thread starts with the first search, and again after it died. */
export function createSearchWorker({ file, entry, log }: SearchWorkerOptions): SearchWorker {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | null = null
  let lastId = 0
  let closed = false

  function rejectAll(error: EngineError): void {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }

  function start(): Worker {
    const setup: WorkerSetup = { file }
    const started = new Worker(entry, { workerData: setup, name: 'storage' })
    started.on('message', (reply: WorkerReply) => {
      const call = waiting.get(reply.id)
      waiting.delete(reply.id)
      if (waiting.size === 0) started.unref()
      if (reply.ok) call?.resolve(reply.hits)
      else call?.reject(new EngineError('storage_failed', 'The search could not run.', { detail: reply.reason }))
    })
    started.on('error', (error) => {
      log.error({ err: error }, 'the storage worker failed')
      if (worker === started) worker = null
      rejectAll(
        new EngineError('storage_failed', 'The search could not run.', {
          cause: error,
          detail: error.message,
          retryable: true,
        }),
      )
    })
    started.on('exit', (code) => {
      if (worker === started) worker = null
      if (code !== 0 && !closed) {
        rejectAll(
          new EngineError('storage_failed', 'The search could not run.', {
            detail: `worker exit ${code}`,
            retryable: true,
          }),
        )
      }
    })
    return started
  }

  return {
    search(ownerId, query, limit) {
      if (closed) return Promise.reject(new EngineError('shutting_down', 'Switchyard is closing.'))
      worker ??= start()
      const target = worker
      return new Promise((resolve, reject) => {
        const request: WorkerRequest = { id: ++lastId, type: 'search', ownerId, query, limit }
        waiting.set(request.id, { resolve, reject })
        target.ref()
        target.postMessage(request)
      })
    },
    async close() {
      closed = true
      const running = worker
      worker = null
      rejectAll(new EngineError('shutting_down', 'Switchyard is closing.'))
      await running?.terminate()
    },
  }
}
