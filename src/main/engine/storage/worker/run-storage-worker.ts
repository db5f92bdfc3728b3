import { parentPort, workerData } from 'node:worker_threads'
import { openReadOnly } from '../sqlite.ts'
import type { WorkerReply, WorkerRequest, WorkerSetup } from './protocol.ts'
import { createMessageSearch } from './search-messages.ts'

/** The storage worker: answers queries from a read-only connection until its thread is ended. */
export function runStorageWorker(): void {
  const port = parentPort
  if (port === null) throw new Error('The storage worker must run in a worker thread.')
  const { file } = workerData as WorkerSetup
  const search = createMessageSearch(openReadOnly(file))
  port.on('message', (request: WorkerRequest) => {
    let reply: WorkerReply
    try {
      reply = { id: request.id, ok: true, hits: search(request.ownerId, request.query, request.limit) }
    } catch (error) {
      reply = { id: request.id, ok: false, reason: error instanceof Error ? error.message : String(error) }
    }
    port.postMessage(reply)
  })
}
