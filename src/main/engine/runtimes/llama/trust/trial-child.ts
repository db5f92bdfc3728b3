import { createNativeLog } from '../worker/native-log.ts'
import type { TrialMessage, TrialTask } from './trial-protocol.ts'

const TRIAL_CONTEXT = 256

/** What the entry has of its process: an IPC channel to the parent. */
export interface TrialProcess {
  send?: NodeJS.Process['send']
  once(event: 'message', listener: (task: TrialTask) => void): unknown
  exit(code: number): never
}

/**
 * Loads one file completely (weights, chat wrapper, a small context, one token), says how it went, and ends. Native
 * code may abort or hang this process instead: that is what it is for.
 */
export function serveTrial(self: TrialProcess): void {
  const send = self.send?.bind(self)
  if (send === undefined) throw new Error('llama-trial runs as a child process only.')
  const tell = (message: TrialMessage): Promise<void> =>
    new Promise((resolve) => send(message, undefined, undefined, () => resolve()))
  self.once('message', (task) => {
    const lines = createNativeLog(() => undefined)
    attempt(task, lines, tell)
      .then(() => tell({ type: 'passed' }))
      .catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error)
        return tell({ type: 'refused', reason: lines.reason() ?? message, detail: message })
      })
      .finally(() => self.exit(0))
  })
}

async function attempt(
  task: TrialTask,
  lines: ReturnType<typeof createNativeLog>,
  tell: (message: TrialMessage) => Promise<void>,
): Promise<void> {
  const module = await import('node-llama-cpp')
  // The CPU suffices to find out whether a file is sound, and leaves the GPU's memory to running models.
  const llama = await module.getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: module.LlamaLogLevel.warn,
    logger: lines.write,
    maxThreads: 1,
  })
  await tell({ type: 'ready' })
  lines.reset()
  await tell({ type: 'phase', phase: 'loading the weights' })
  const model = await llama.loadModel({ modelPath: task.path, gpuLayers: 0, checkTensors: true })
  await tell({ type: 'phase', phase: 'reading the chat template' })
  if (!task.forEmbedding) module.resolveChatWrapper(model, { warningLogs: false })
  await tell({ type: 'phase', phase: 'evaluating a token' })
  const contextSize = Math.min(TRIAL_CONTEXT, Math.max(1, model.trainContextSize))
  if (task.forEmbedding) {
    const context = await model.createEmbeddingContext({ contextSize, threads: 1 })
    await context.getEmbeddingFor('a')
    return
  }
  const context = await model.createContext({ contextSize, sequences: 1, batchSize: 32, threads: 1 })
  const start = model.tokens.bos ?? model.tokenize('a')[0]
  if (start === undefined) throw new Error('the vocabulary cannot write the letter "a"')
  for await (const _token of context.getSequence().evaluate([start])) break
}
