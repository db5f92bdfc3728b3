import type { App, SafeStorage } from 'electron'
import { chooseVault } from '../engine/secrets/choose-vault.ts'
import { createKeyFileVault } from '../engine/secrets/key-file-vault.ts'
import type { Logger } from '../engine/spec/engine.ts'
import type { SecretVault } from '../engine/spec/secret-vault.ts'
import { createSecretVault } from './secret-vault.ts'

/**
 * The desktop's vault: the system's key store, or the key file where the system offers none. The engine starts before
 * Electron is ready and safeStorage tells the truth only after that, so every call waits for it.
 */
export function openVault(app: Pick<App, 'whenReady'>, safeStorage: SafeStorage, platform: NodeJS.Platform) {
  return (dataFolder: string, log: Logger): SecretVault => {
    const ready = app
      .whenReady()
      .then(() =>
        chooseVault(createSecretVault(dataFolder, safeStorage, platform), createKeyFileVault(dataFolder, log), log),
      )
    return {
      get: async (name) => (await ready).get(name),
      set: async (name, value) => (await ready).set(name, value),
      remove: async (name) => (await ready).remove(name),
      names: async () => (await ready).names(),
    }
  }
}
