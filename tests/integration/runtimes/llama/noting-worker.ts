import { parentPort, workerData } from 'node:worker_threads'
import type { ToWorker, WorkerSettings } from '../../../../src/main/engine/runtimes/llama/protocol.ts'
import { serveLlamaWorker } from '../../../../src/main/engine/runtimes/llama/worker/worker-main.ts'

// The real worker, which also writes into the log what it is asked to do.
if (parentPort === null) throw new Error('runs as a worker thread only')
const port = parentPort
port.on('message', (message: ToWorker) => {
  if (message.type === 'job')
    port.postMessage({ type: 'log', level: 'info', fields: { job: message.kind }, message: 'asked' })
})
serveLlamaWorker(port, workerData as WorkerSettings)
