import { ipcMain } from 'electron'
import ElectronStore from 'electron-store'
import { z } from 'zod'

const boundsSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
})

const preferencesSchema = z.object({
  window: z.object({ bounds: boundsSchema, maximized: z.boolean() }).nullable().catch(null),
  /** Last known theme setting, so that the first frame has the right background before the database is open. */
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
  startAtLogin: z.boolean().catch(false),
  /** Null: the platform's usual place. */
  dataFolder: z.string().min(1).nullable().catch(null),
})
export type Preferences = z.infer<typeof preferencesSchema>

/** What only this desktop needs to remember. Everything else is in the data folder. */
export interface PreferenceStore {
  get(): Preferences
  set(patch: Partial<Preferences>): void
}

/** Opens the preferences file in Electron's user data folder. Unreadable content counts as no preferences. */
export function openPreferences(): PreferenceStore {
  const store = new ElectronStore<Record<string, unknown>>({
    name: 'preferences',
    clearInvalidConfig: true,
    accessPropertiesByDotNotation: false,
  })
  // electron-store answers a synchronous message of its own; our windows have exactly one channel.
  ipcMain.removeAllListeners('electron-store-get-data')
  let current = preferencesSchema.parse({ window: null, dataFolder: null, ...store.store })
  return {
    get: () => current,
    set(patch) {
      current = { ...current, ...patch }
      store.set(patch)
    },
  }
}
