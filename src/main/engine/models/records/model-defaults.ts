import { type ModelDefaults, modelDefaultsSchema } from '#shared/presets.ts'
import type { Logger } from '../../spec/engine.ts'
import { EngineError, isEngineError } from '../../spec/engine-error.ts'
import type { Presets } from '../../spec/presets.ts'
import type { DocumentsStore } from '../../storage/index.ts'
import { isPlainObject } from '../../wire/parameters/parameter-casts.ts'
import { checkParams } from '../parameters/check-params.ts'
import { requireAdmin } from './record-rules.ts'

const KEY = 'model-defaults'
const NONE: ModelDefaults = {
  params: {},
  meta: {},
  fallbackModelId: null,
  defaultModels: [],
  pinnedModels: [],
  order: [],
}

interface ModelDefaultsOptions {
  documents: DocumentsStore
  environment: Readonly<Record<string, string | undefined>>
  log: Logger
  /** Epoch ms. */
  now(): number
  changed(): void
}

/** Defaults for all models. DEFAULT_MODELS, DEFAULT_MODEL_PARAMS and ENABLE_CUSTOM_MODEL_FALLBACK win over what is stored. */
export function createModelDefaults(options: ModelDefaultsOptions): Pick<Presets, 'defaults' | 'setDefaults'> {
  const { documents, now, changed } = options
  const fromEnvironment = readEnvironment(options)
  let current = lay(read(documents, options.log))

  function lay(stored: ModelDefaults): ModelDefaults {
    const defaults = { ...stored, ...fromEnvironment.values }
    const first = defaults.defaultModels[0] ?? null
    const fallbackModelId = {
      on: defaults.fallbackModelId ?? first,
      off: null,
      unset: defaults.fallbackModelId,
    }[fromEnvironment.fallback]
    return { ...defaults, fallbackModelId }
  }

  return {
    defaults: () => current,
    setDefaults(defaults, principal) {
      requireAdmin(principal)
      const accepted = modelDefaultsSchema.safeParse(defaults)
      if (!accepted.success) {
        throw new EngineError('invalid_request', 'The defaults for models do not have the expected form.')
      }
      checkParams(accepted.data.params)
      documents.save(KEY, accepted.data, now())
      current = lay(accepted.data)
      changed()
      return current
    },
  }
}

function read(documents: DocumentsStore, log: Logger): ModelDefaults {
  const stored = documents.get(KEY)
  if (stored === undefined) return NONE
  // Fields that a later version adds are missing in what an earlier one wrote.
  const read = modelDefaultsSchema.safeParse(isPlainObject(stored) ? { ...NONE, ...stored } : stored)
  if (read.success) return read.data
  log.warn({ err: read.error }, 'the stored defaults for models make no sense to this version; none are used')
  return NONE
}

function readEnvironment({ environment, log }: Pick<ModelDefaultsOptions, 'environment' | 'log'>) {
  const values: Partial<Pick<ModelDefaults, 'params' | 'defaultModels'>> = {}
  const models = (environment.DEFAULT_MODELS ?? '').split(',').flatMap((id) => id.trim() || [])
  if (models.length > 0) values.defaultModels = models
  const params = readParams(environment.DEFAULT_MODEL_PARAMS, log)
  if (params !== null) values.params = params
  const word = environment.ENABLE_CUSTOM_MODEL_FALLBACK?.trim().toLowerCase() ?? ''
  const fallback: 'on' | 'off' | 'unset' = word === '' ? 'unset' : /^(?:1|true|yes|on)$/.test(word) ? 'on' : 'off'
  return { values, fallback }
}

function readParams(text: string | undefined, log: Logger): Record<string, unknown> | null {
  if (text === undefined || text.trim() === '') return null
  try {
    const parsed: unknown = JSON.parse(text)
    if (isPlainObject(parsed)) {
      checkParams(parsed)
      return parsed
    }
    log.warn({}, 'DEFAULT_MODEL_PARAMS is ignored: it is no JSON object')
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isEngineError(error)) throw error
    log.warn({ reason: error.message }, 'DEFAULT_MODEL_PARAMS is ignored')
  }
  return null
}
