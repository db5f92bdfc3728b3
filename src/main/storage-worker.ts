import { runStorageWorker } from './engine/storage/worker/run-storage-worker.ts'

runStorageWorker()
