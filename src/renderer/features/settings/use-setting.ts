import type { PublicError } from '#shared/errors.ts'
import type { Settings } from '#shared/settings.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { useSettings, useUpdateSettings } from '../../bridge/queries.ts'

export interface Setting<Value> {
  value: Value
  set: (value: Value) => void
  /** The environment variable that decides it; then it cannot be changed here. */
  variable: string | null
  /** Why the last change was not saved. */
  error: PublicError | null
}

/** One setting, saved on change. Null until the settings have arrived. */
export function useSetting<Key extends keyof Settings>(key: Key): Setting<Settings[Key]> | null {
  const view = useSettings().data
  const update = useUpdateSettings()
  if (view === undefined) return null
  return {
    value: view.values[key],
    set: (value) => update.mutate({ [key]: value }),
    variable: view.environment[key] ?? null,
    error: update.error === null ? null : toPublicError(update.error),
  }
}
