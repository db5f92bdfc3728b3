import { availableParallelism } from 'node:os'
import type { Llama } from 'node-llama-cpp'
import type { WorkerSettings } from '../protocol.ts'
import { createNativeLog, type NativeLog } from './native-log.ts'

/** node-llama-cpp's module, imported only when something has to be computed: it costs a third of a second. */
export type LlamaModule = typeof import('node-llama-cpp')

/** The one llama.cpp instance of this thread. */
export interface NativeRuntime {
  module: LlamaModule
  llama: Llama
  log: NativeLog
}

/** Loads the prebuilt binary; never compiles, never downloads. */
export async function openNativeRuntime(
  settings: WorkerSettings,
  onLine: (level: string, line: string) => void,
): Promise<NativeRuntime> {
  const module = await import('node-llama-cpp')
  const log = createNativeLog(onLine)
  const llama = await module.getLlama({
    gpu: settings.gpu === 'off' ? false : 'auto',
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: module.LlamaLogLevel.warn,
    logger: log.write,
    maxThreads: 1,
  })
  llama.maxThreads = physicalCores(llama)
  return { module, llama, log }
}

/** Cores that help with matrix work: never more than the scheduler gives this process. */
export function physicalCores(llama: Llama): number {
  return Math.max(1, Math.min(llama.cpuMathCores, availableParallelism()))
}

/** Below this, what surrounds the computing costs more than the computing. */
export const TINY_MODEL_BYTES = 50 * 1024 * 1024

/**
 * Threads for one model. More threads than free cores slow llama.cpp down by an order of magnitude, and a tiny model
 * spends more on waking threads than on computing, so it gets one. 64 threads on 2 cores do not get anywhere at all.
 */
export function chooseThreads(llama: Llama, asked: number | undefined, modelBytes: number): number {
  const threads = Math.min(asked ?? (modelBytes < TINY_MODEL_BYTES ? 1 : physicalCores(llama)), availableParallelism())
  if (threads > llama.maxThreads) llama.maxThreads = threads
  return threads
}
