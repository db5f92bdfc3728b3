export { createSettingsStore, type SettingsStoreOptions } from './create-settings-store.ts'
export { readEnvironmentSettings } from './environment-settings.ts'
