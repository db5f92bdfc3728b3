import type { Logger } from '../../spec/engine.ts'
import type { GgufRegistry, LlamaRuntime } from '../../spec/llama-runtime.ts'
import { checkLoadOptions, type MachineLimits } from './check-load-options.ts'
import type { HeaderInspector } from './library/header-inspector.ts'
import { knownEntry } from './library/known-entry.ts'
import type { LibraryEntry } from './library/library-entry.ts'
import type { ModelLibrary } from './library/model-library.ts'
import type { ModelPool } from './pool/model-pool.ts'
import type { SlotModel } from './pool/slot-surroundings.ts'

interface ConfigureModelsParts {
  library: Pick<ModelLibrary, 'find' | 'whenChecked'>
  pool: Pick<ModelPool, 'applyNow' | 'update'>
  registry: Pick<GgufRegistry, 'options' | 'saveOptions'>
  inspector: Pick<HeaderInspector, 'inspect'>
  machine: MachineLimits
  log: Logger
  /** The file as it is loaded without a request's hints. */
  slotModel: (entry: LibraryEntry) => SlotModel
  changed: () => void
  closing: AbortSignal
}

/** How models are loaded: options checked, saved, and changed while a model is loaded. See `LlamaRuntime`. */
export function configureModels(
  parts: ConfigureModelsParts,
): Pick<LlamaRuntime, 'setOptions' | 'validate' | 'updateLoaded'> {
  const { library, pool, registry, inspector, machine, log, slotModel, changed, closing } = parts
  return {
    async setOptions(id, options) {
      const entry = knownEntry(library, id)
      registry.saveOptions(id, options)
      changed()
      log.info({ model: entry.id, options }, 'Model options saved')
    },

    async validate(id, options) {
      const entry = knownEntry(library, id)
      await library.whenChecked(entry, closing)
      const { facts, found, state, reason } = entry
      if (facts === null || state !== 'ready') return [reason ?? `The model "${id}" cannot be used right now.`]
      const inspection = await inspector.inspect(found.path)
      const metadata = inspection.ok ? inspection.metadata : {}
      return checkLoadOptions(
        options,
        slotModel(entry).options,
        { id, sizeBytes: found.sizeBytes, facts, metadata },
        machine,
      )
    },

    async updateLoaded(id, options) {
      const entry = knownEntry(library, id)
      const applied = pool.applyNow(id, options)
      registry.saveOptions(id, { ...registry.options(id), ...options })
      pool.update(slotModel(entry))
      changed()
      log.info({ model: entry.id, options, applied }, 'Options of a model changed')
      return { applied, fromNextLoad: Object.keys(options).filter((option) => !applied.includes(option)) }
    },
  }
}
