import { parentPort, workerData } from 'node:worker_threads'
import type { WorkerSettings } from './engine/runtimes/llama/protocol.ts'
import { serveLlamaWorker } from './engine/runtimes/llama/worker/worker-main.ts'

// Entry of the thread that hosts llama.cpp; see engine/runtimes/llama.
if (parentPort === null) throw new Error('llama-worker runs as a worker thread only.')
serveLlamaWorker(parentPort, workerData as WorkerSettings)
