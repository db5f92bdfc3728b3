import { parentPort, workerData } from 'node:worker_threads'
import type { ToWorker, WorkerSettings } from '../../../../src/main/engine/runtimes/llama/protocol.ts'
import { serveLlamaWorker } from '../../../../src/main/engine/runtimes/llama/worker/worker-main.ts'

// The real worker, except that one prompt and two file names end the thread, as an error that nobody caught would.
if (parentPort === null) throw new Error('runs as a worker thread only')
parentPort.on('message', (message: ToWorker) => {
  if (message.type !== 'job') return
  if (message.kind === 'load' && message.input.path.includes('crash-on-load')) process.exit(1)
  if (message.kind === 'chat' && JSON.stringify(message.input.request.messages).includes('crash the worker now')) {
    setImmediate(() => {
      throw new Error('asked to crash')
    })
  }
})
// What runs beside this load ends before the thread does. The load itself must not begin: an exit amid native code that
// nobody waits for aborts the process.
parentPort.addEventListener('message', (event) => {
  const message = (event as MessageEvent<ToWorker>).data
  if (message.type !== 'job' || message.kind !== 'load' || !message.input.path.includes('throw-on-load')) return
  event.stopImmediatePropagation()
  throw new Error('asked to crash')
})
serveLlamaWorker(parentPort, workerData as WorkerSettings)
