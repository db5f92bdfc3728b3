import { type LoadOptions, loadOptionsSchema } from '#shared/models.ts'
import { type Settings, type SettingsPatch, settingsPatchSchema, settingsSchema } from '#shared/settings.ts'
import type { Logger, SettingsStore } from '../spec/engine.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { SettingsRecords } from '../storage/index.ts'
import { readEnvironmentSettings } from './environment-settings.ts'

export interface SettingsStoreOptions {
  records: SettingsRecords
  /** process.env, or a test's own. */
  environment: Readonly<Record<string, string | undefined>>
  log: Logger
  now: () => number
}

/**
 * Settings: environment variables over stored values over defaults, key by key.
 * A variable or stored value that makes no sense is left aside alone, with a warning; the rest holds.
 */
export function createSettingsStore({ records, environment, log, now }: SettingsStoreOptions): SettingsStore {
  const fromEnvironment = readEnvironmentSettings(environment)
  for (const { variable, reason } of fromEnvironment.refused) {
    log.warn({ variable, reason }, 'an environment variable has a value that cannot be used, so it is ignored')
  }
  let stored = readStored(records, log, now)
  let current = merge()
  const listeners = new Set<(settings: Settings) => void>()

  function merge(): Settings {
    const { load, ...values } = fromEnvironment.values
    const settings = settingsSchema.parse({ ...stored, ...values })
    return { ...settings, load: { ...settings.load, ...load } }
  }

  function view() {
    return { values: current, environment: { ...fromEnvironment.variables } }
  }

  return {
    get: () => current,
    view,
    update(patch) {
      const accepted = readPatch(patch)
      const { load } = accepted
      for (const key of Object.keys(accepted)) refuseDecided(key, fromEnvironment.variables)
      if (load !== undefined) accepted.load = keepOwnLoad(load, current.load, stored.load, fromEnvironment.variables)
      records.save(new Map(Object.entries(accepted).map(([key, value]) => [key, JSON.stringify(value)])), now())
      stored = { ...stored, ...accepted }
      current = merge()
      for (const listener of [...listeners]) listener(current)
      return view()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}

function readStored(records: SettingsRecords, log: Logger, now: () => number): SettingsPatch {
  const stored: SettingsPatch = {}
  for (const [key, text] of records.all()) {
    // Left where it is: a newer Switchyard may have written it and may read it again.
    if (!(key in settingsSchema.shape)) continue
    const reason = adopt(stored, key as keyof Settings, text)
    if (reason === null) continue
    log.warn({ setting: key, reason }, 'a stored setting makes no sense and was put aside; its default holds')
    records.quarantine(key, reason, now())
  }
  return stored
}

/** Adds one stored value. Returns why it cannot be used, or null. */
function adopt(stored: SettingsPatch, key: keyof Settings, text: string): string | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'not JSON'
  }
  const parsed = settingsSchema.shape[key].unwrap().safeParse(value)
  if (!parsed.success) return parsed.error.issues.map((issue) => issue.message).join('; ')
  Object.assign(stored, { [key]: parsed.data })
  return null
}

function readPatch(patch: SettingsPatch): SettingsPatch {
  const parsed = settingsPatchSchema.safeParse(patch)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const param = issue?.path.join('.') ?? ''
    throw new EngineError('invalid_request', `The setting ${param} cannot have this value: ${issue?.message ?? ''}.`, {
      cause: parsed.error,
      param,
    })
  }
  return Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined))
}

function refuseDecided(setting: string, variables: Readonly<Record<string, string>>): void {
  const variable = variables[setting]
  if (variable === undefined) return
  throw new EngineError(
    'conflict',
    `The setting ${setting} is decided by the environment variable ${variable}. Unset it to change the setting here.`,
    { param: setting },
  )
}

/** The load options to store: what the environment decides is refused if changed, and otherwise not stored. */
function keepOwnLoad(
  wanted: LoadOptions,
  current: LoadOptions,
  stored: LoadOptions | undefined,
  variables: Readonly<Record<string, string>>,
): LoadOptions {
  const own: LoadOptions = { ...wanted }
  for (const key of loadOptionsSchema.keyof().options) {
    if (variables[`load.${key}`] === undefined) continue
    if (wanted[key] !== undefined && wanted[key] !== current[key]) refuseDecided(`load.${key}`, variables)
    delete own[key]
    if (stored?.[key] !== undefined) Object.assign(own, { [key]: stored[key] })
  }
  return own
}
