import type { MessagePort } from 'node:worker_threads'
import { EngineError, toEngineError } from '../../../spec/engine-error.ts'
import {
  type FromWorker,
  type JobKind,
  type ToWorker,
  toWireError,
  type WorkerJobs,
  type WorkerSettings,
} from '../protocol.ts'
import { inspectFile } from './inspect-file.ts'
import { LoadedModel } from './loaded-model.ts'
import type { NativeRuntime } from './native-runtime.ts'
import { openNativeRuntime } from './native-runtime.ts'
import { createPartBatcher } from './part-batcher.ts'
import { type RunIo, runChat } from './run-chat.ts'
import { runCompletion } from './run-completion.ts'
import { runEmbedding } from './run-embedding.ts'

/** Native work that is torn down while it runs aborts the whole process, so a dying thread waits this long for it. */
const LAST_WORK_LIMIT_MS = 5_000

/** Serves jobs that arrive on `port` until it closes. Everything native happens in this thread. */
export function serveLlamaWorker(port: MessagePort, settings: WorkerSettings): void {
  const models = new Map<string, LoadedModel>()
  const running = new Map<number, AbortController>()
  const told = new Set<string>()
  let native: Promise<NativeRuntime> | null = null

  function send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
    port.postMessage(message, transfer)
  }

  function openNative(): Promise<NativeRuntime> {
    native ??= openNativeRuntime(settings, (level, line) =>
      send({
        type: 'log',
        level: level === 'error' || level === 'fatal' ? 'error' : 'debug',
        fields: { native: true },
        message: line,
      }),
    ).catch((cause: unknown) => {
      native = null
      throw new EngineError('model_load_failed', 'The llama runtime could not be started on this machine.', {
        cause,
        detail: cause instanceof Error ? cause.message : String(cause),
      })
    })
    return native
  }

  function loadedModel(key: string): LoadedModel {
    const model = models.get(key)
    if (model === undefined) throw new EngineError('internal', 'The model is not loaded.', { retryable: true })
    return model
  }

  /** An option without effect is told once per model and option, not once per request. */
  function tellIgnored(key: string, option: string): void {
    const mark = `${key}\0${option}`
    if (told.has(mark)) return
    told.add(mark)
    send({
      type: 'log',
      level: 'warn',
      fields: { model: key, option },
      message: 'Option has no effect with the llama runtime',
    })
  }

  async function stream(
    job: number,
    key: string,
    signal: AbortSignal,
    run: (loaded: LoadedModel, io: RunIo) => Promise<void>,
  ) {
    const loaded = loadedModel(key)
    const batcher = createPartBatcher((parts) => send({ type: 'parts', job, parts }))
    try {
      await loaded.track(run(loaded, { signal, emit: batcher.push, ignored: (option) => tellIgnored(key, option) }))
    } finally {
      batcher.flush()
    }
    return null
  }

  const handlers: {
    [Kind in JobKind]: (
      input: WorkerJobs[Kind]['input'],
      job: number,
      signal: AbortSignal,
    ) => Promise<WorkerJobs[Kind]['result']>
  } = {
    inspect: ({ path }) => inspectFile(path),
    async warm() {
      await openNative()
      return null
    },
    async load(input, job, signal) {
      const loaded = await LoadedModel.open(await openNative(), input, signal, progressReporter(job))
      models.set(input.key, loaded)
      return loaded.facts()
    },
    reshape: ({ key, options }, _job, signal) => loadedModel(key).reshape(options, signal),
    async unload({ key }) {
      const loaded = models.get(key)
      models.delete(key)
      await loaded?.dispose()
      return null
    },
    chat: ({ key, request }, job, signal) => stream(job, key, signal, (loaded, io) => runChat(loaded, request, io)),
    complete: ({ key, request }, job, signal) =>
      stream(job, key, signal, (loaded, io) => runCompletion(loaded, request, io)),
    async embed({ key, request }, _job, signal) {
      const loaded = loadedModel(key)
      return loaded.track(runEmbedding(loaded, request, signal))
    },
    async close(_input, job) {
      for (const [other, controller] of running) if (other !== job) controller.abort(closing())
      for (const [key, loaded] of models) {
        models.delete(key)
        await loaded.dispose()
      }
      if (native !== null) await (await native).llama.dispose()
      return null
    },
  }

  /** At most ten reports a second: llama.cpp calls back far more often. */
  function progressReporter(job: number): (value: number) => void {
    let reportedAt = Number.NEGATIVE_INFINITY
    return (value) => {
      const now = performance.now()
      if (now - reportedAt < 100 && value < 1) return
      reportedAt = now
      send({ type: 'progress', job, value })
    }
  }

  async function perform<Kind extends JobKind>(
    job: number,
    kind: Kind,
    input: WorkerJobs[Kind]['input'],
  ): Promise<void> {
    const controller = new AbortController()
    running.set(job, controller)
    try {
      const result = await handlers[kind](input, job, controller.signal)
      send({ type: 'done', job, result })
    } catch (error) {
      const shown = controller.signal.aborted ? toEngineError(controller.signal.reason) : toEngineError(error)
      send({ type: 'failed', job, error: toWireError(shown) })
    } finally {
      running.delete(job)
    }
    if (kind === 'close') port.close()
  }

  /** An error that nobody caught leaves unknown state behind: end native work first, then the thread. */
  process.once('uncaughtException', (error) => {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
    send({ type: 'dying', detail })
    const crash = new EngineError('runtime_crashed', 'The llama runtime crashed. The next request starts it again.')
    for (const controller of running.values()) controller.abort(crash)
    const drained = Promise.all([...models.values()].map((loaded) => loaded.drained()))
    const late = new Promise((resolve) => setTimeout(resolve, LAST_WORK_LIMIT_MS))
    void Promise.race([drained, late]).finally(() => process.exit(1))
  })

  port.on('message', (message: ToWorker) => {
    if (message.type === 'cancel') {
      running.get(message.job)?.abort(new EngineError('aborted', 'The request was cancelled.'))
    } else {
      void perform(message.job, message.kind, message.input as never)
    }
  })
}

function closing(): EngineError {
  return new EngineError('shutting_down', 'Switchyard is closing.')
}
