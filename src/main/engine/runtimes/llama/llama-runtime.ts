import { mkdir } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import type { GgufFile, LoadOptions } from '#shared/models.ts'
import type { EmbeddingRequest, RuntimeHints } from '../../spec/chat-request.ts'
import type { Clock } from '../../spec/clock.ts'
import type { Logger, SettingsStore } from '../../spec/engine.ts'
import { EngineError } from '../../spec/engine-error.ts'
import type { GgufRegistry, LlamaRuntime } from '../../spec/llama-runtime.ts'
import type { EmbeddingResult } from '../../spec/stream-part.ts'
import type { MachineLimits } from './check-load-options.ts'
import { configureModels } from './configure-models.ts'
import { modelThatCrashed } from './crash-verdict.ts'
import { addPaths } from './library/add-paths.ts'
import { fileView } from './library/file-view.ts'
import { HeaderInspector } from './library/header-inspector.ts'
import { knownEntry } from './library/known-entry.ts'
import type { LibraryEntry } from './library/library-entry.ts'
import { ModelLibrary } from './library/model-library.ts'
import { errorCode } from './library/scan-folder.ts'
import { ModelMeters } from './model-meters.ts'
import { notEnforced, withoutEffect } from './not-enforced.ts'
import { hintedKeepAlive, hintedOptions } from './pool/effective-options.ts'
import { ModelPool } from './pool/model-pool.ts'
import type { SlotModel } from './pool/slot-surroundings.ts'
import { asEngineError, type StreamedJob, streamRequest } from './pool/stream-request.ts'
import type { Ticket, WaitListener } from './pool/wait-line.ts'
import type { WorkerSettings } from './protocol.ts'
import { refuseImages } from './refuse-images.ts'
import { throttle } from './throttle.ts'
import { runTrial } from './trust/run-trial.ts'
import { inspectFile } from './worker/inspect-file.ts'
import { WorkerHost } from './worker-host.ts'

const CHANGE_EVERY_MS = 100

export interface LlamaRuntimeParts {
  /** Entry of the worker thread (`llama-worker`) and of the trial child (`llama-trial`). */
  workerUrl: URL
  trialUrl: URL
  /** The data folder's `models/`; made if it is missing. */
  modelsFolder: string
  /** Folders of SWITCHYARD_MODELS_DIR. */
  environmentFolders: readonly string[]
  builtInModels: readonly { id: string; path: string }[]
  /** `off` computes on the CPU alone (SWITCHYARD_GPU=off). */
  gpu: 'auto' | 'off'
  /** What load options are checked against. Default: what the operating system says. */
  machine?: Omit<MachineLimits, 'mayUseGpu'>
  settings: Pick<SettingsStore, 'get' | 'update' | 'onChange'>
  registry: GgufRegistry
  log: Logger
  clock: Clock
}

/** Puts library, trust, pool and worker together. Nothing is started before `start()`; the worker not before its first job. */
export function createLlamaRuntime(parts: LlamaRuntimeParts): LlamaRuntime {
  const { settings, registry, clock } = parts
  const log = parts.log.child({ area: 'llama' })
  const workerSettings: WorkerSettings = { gpu: parts.gpu }
  const listeners = new Set<() => void>()
  const changed = throttle(() => {
    for (const listener of listeners) listener()
  }, CHANGE_EVERY_MS)
  const closing = new AbortController()
  const machine: MachineLimits = {
    ...(parts.machine ?? { memoryBytes: totalmem(), threads: availableParallelism() }),
    mayUseGpu: parts.gpu !== 'off',
  }
  const inspector = new HeaderInspector(parts.workerUrl, workerSettings, log)

  const library = new ModelLibrary({
    places: () => ({
      builtIn: parts.builtInModels,
      modelsFolder: parts.modelsFolder,
      environmentFolders: parts.environmentFolders,
      addedFolders: settings.get().modelFolders,
      addedFiles: settings.get().modelFiles,
    }),
    registry,
    clock,
    log,
    // The built-in header is small and sound; a thread just for it would delay the start.
    inspect: ({ path, source }) => (source === 'built-in' ? inspectFile(path) : inspector.inspect(path)),
    restInspector: () => inspector.rest(),
    trial: (entry, signal) =>
      runTrial(
        parts.trialUrl,
        { path: entry.found.path, forEmbedding: entry.facts?.isEmbedding ?? false },
        entry.found.sizeBytes,
        signal,
      ),
    onChange: changed,
    onReplaced: (id) => {
      void pool.unload(id, new EngineError('aborted', 'The model file was changed or removed.'))
    },
  })

  const pool = new ModelPool({
    clock,
    link: () => host.link(),
    queueLimit: () => settings.get().queueLimit,
    onChange: () => {
      changed()
      host.restSoon()
    },
    touch: (id, at) => registry.touch(id, at),
  })

  const host = new WorkerHost({
    url: parts.workerUrl,
    settings: workerSettings,
    log,
    clock,
    inUse: (): boolean => pool.inUse,
    onDeath: (error, unfinished) => {
      log.error({ detail: error.detail, unfinished }, 'The llama worker ended unexpectedly')
      const crashed = modelThatCrashed(unfinished)
      const entry = crashed === null ? undefined : library.find(crashed)
      if (entry !== undefined && entry.found.source !== 'built-in') {
        library.quarantine(entry, 'The llama runtime crashed while it was loading this file.')
      }
      pool.workerDied(error, unfinished)
    },
  })

  const meters = new ModelMeters({ clock, library, pool })
  const configuration = configureModels({
    library,
    pool,
    registry,
    inspector,
    machine,
    log,
    slotModel,
    changed,
    closing: closing.signal,
  })

  const unsubscribe = settings.onChange(() => {
    if (!closing.signal.aborted) void library.scan()
  })

  const known = (id: string): LibraryEntry => knownEntry(library, id)

  /** The entry once it may be loaded; waits for a check that is still going on. */
  async function ready(id: string, signal: AbortSignal): Promise<LibraryEntry> {
    if (pool.view(id) === null) await library.refresh(known(id))
    const entry = known(id)
    await library.whenChecked(entry, signal)
    refuseWhenClosing()
    if (entry.state === 'ready') return entry
    const reason = entry.reason ?? 'It cannot be used right now.'
    const code = entry.state === 'quarantined' ? 'model_quarantined' : 'model_offline'
    throw new EngineError(code, `The model "${id}" cannot be loaded. ${reason}`)
  }

  function slotModel(entry: LibraryEntry): SlotModel {
    return {
      id: entry.id,
      path: entry.found.path,
      sizeBytes: entry.found.sizeBytes,
      forEmbedding: entry.facts?.isEmbedding ?? false,
      options: { ...settings.get().load, ...registry.options(entry.id) },
    }
  }

  function refuseWhenClosing(): void {
    if (closing.signal.aborted) throw new EngineError('shutting_down', 'Switchyard is closing.')
  }

  async function admit(
    id: string,
    hints: RuntimeHints | undefined,
    signal: AbortSignal,
    listener: WaitListener,
  ): Promise<Ticket> {
    refuseWhenClosing()
    if (known(id).state === 'checking') listener.loading(null)
    const entry = await ready(id, signal)
    return pool.acquire(slotModel(entry), hintedOptions(hints), hintedKeepAlive(hints), signal, listener)
  }

  function stream(id: string, hints: RuntimeHints | undefined, signal: AbortSignal, run: StreamedJob) {
    return streamRequest(
      AbortSignal.any([signal, closing.signal]),
      (stop, listener) => admit(id, hints, stop, listener),
      run,
    )
  }

  async function embed(id: string, request: EmbeddingRequest, signal: AbortSignal): Promise<EmbeddingResult> {
    const started = clock.monotonic()
    const stop = AbortSignal.any([signal, closing.signal])
    const silent = { queued: () => undefined, loading: () => undefined }
    const ticket = await admit(id, request.runtime, stop, silent)
    try {
      const both = AbortSignal.any([stop, ticket.signal])
      const { embeddings, promptTokens } = await ticket.link.run('embed', { key: id, request }, { signal: both })
      return { embeddings, promptTokens, loadMs: ticket.loadMs, totalMs: clock.monotonic() - started }
    } catch (error) {
      throw stop.aborted ? asEngineError(stop.reason) : ticket.signal.aborted ? ticket.signal.reason : error
    } finally {
      ticket.release()
    }
  }

  function view(entry: LibraryEntry): GgufFile {
    const { id } = entry
    return fileView(entry, {
      options: registry.options(id),
      loaded: pool.view(id),
      lastUsedAt: registry.lastUsedAt(id),
    })
  }

  return {
    async start() {
      await mkdir(parts.modelsFolder, { recursive: true }).catch((cause: unknown) => {
        log.warn({ folder: parts.modelsFolder, problem: errorCode(cause) }, 'The models folder cannot be made')
      })
      await library.firstLook()
    },

    warmSoon: () => host.warmSoon(),

    files: () => library.entries().map(view),

    async details(id) {
      const entry = known(id)
      await library.whenChecked(entry, closing.signal)
      const inspection = await inspector.inspect(entry.found.path)
      if (!inspection.ok) {
        throw new EngineError('model_quarantined', `The model "${id}" cannot be read. ${inspection.reason}`)
      }
      const { template, metadata, tensorCount } = inspection
      return { file: view(entry), template, metadata, tensorCount }
    },

    async add(paths) {
      const { accepted, refused } = await addPaths(paths, {
        settings,
        inspect: (path) => inspector.inspect(path),
        isKnown: (path) => library.findByPath(path) !== undefined,
      })
      await library.scan()
      const added = library
        .entries()
        .filter(({ found }) => accepted.some((path) => found.path === path || found.path.startsWith(`${path}/`)))
        .map(({ id, found }) => ({ id, path: found.path }))
      return { added, refused }
    },

    async forget(id) {
      const entry = known(id)
      const { path, source } = entry.found
      const files = settings.get().modelFiles
      if (!files.includes(path)) {
        const why = source === 'built-in' ? 'It comes with Switchyard.' : 'It lies in a folder that Switchyard watches.'
        throw new EngineError('conflict', `"${id}" cannot be taken off the list. ${why}`)
      }
      await pool.unload(id)
      settings.update({ modelFiles: files.filter((file) => file !== path) })
      registry.forgetVerdict(path)
      await library.scan()
    },

    async recheck(id) {
      const entry = known(id)
      await pool.unload(id)
      library.recheck(entry)
      await library.whenChecked(entry, closing.signal)
    },

    ...configuration,
    metrics: meters.metrics,

    async load(id, options, signal) {
      refuseWhenClosing()
      const entry = await ready(id, signal ?? closing.signal)
      const { keepAliveSeconds, ...wishes } = options ?? {}
      await pool.load(
        slotModel(entry),
        // A load by hand applies the saved options also to a model that is already loaded with others.
        {
          ...slotModel(entry).options,
          ...wishes,
          ...(keepAliveSeconds === undefined ? {} : { keepAliveSeconds }),
        } satisfies LoadOptions,
        signal,
      )
    },

    unload: (id) => pool.unload(id),

    async *chat(id, request, signal, onNotEnforced) {
      refuseImages(request)
      onNotEnforced?.(notEnforced(request))
      const answer = stream(id, request.runtime, signal, (ticket, options) =>
        ticket.link.run('chat', { key: id, request }, options),
      )
      yield* meters.stream(id, answer)
    },

    async *complete(id, request, signal, onNotEnforced) {
      onNotEnforced?.(notEnforced(request))
      const answer = stream(id, request.runtime, signal, (ticket, options) =>
        ticket.link.run('complete', { key: id, request }, options),
      )
      yield* meters.stream(id, answer)
    },

    embed(id, request, signal, onNotEnforced) {
      onNotEnforced?.(withoutEffect(request))
      return meters.embedding(id, embed(id, request, signal))
    },

    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    async close() {
      const reason = new EngineError('shutting_down', 'Switchyard is closing.')
      closing.abort(reason)
      unsubscribe()
      await library.close()
      await pool.unloadAll(reason)
      await host.close()
      changed.cancel()
      listeners.clear()
    },
  }
}
