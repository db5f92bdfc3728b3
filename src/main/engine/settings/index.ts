export { createSettingsStore, type SettingsStoreOptions } from './create-settings-store.ts'
