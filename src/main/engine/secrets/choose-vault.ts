import type { Logger } from '../spec/engine.ts'
import type { SecretVault } from '../spec/secret-vault.ts'

/** A vault on the system's key store, which may not be there. */
export interface KeyStoreVault extends SecretVault {
  /** False where the system has none at all (Linux without a keyring); one that is only locked counts as there. */
  hasKeyStore(): Promise<boolean>
}

/**
 * The system's key store where there is one, else the key file. Secrets stay readable where they were put: a system that
 * gains or loses its key store later moves each one with its next change. The key file's entry counts where both have one.
 */
export function chooseVault(keyStore: KeyStoreVault, keyFile: SecretVault, log: Logger): SecretVault {
  let chosen: boolean | null = null

  /** Asked for once; the first answer holds until the next start. */
  async function hasKeyStore(): Promise<boolean> {
    if (chosen !== null) return chosen
    const has = await keyStore.hasKeyStore()
    if (!has && chosen === null) {
      log.warn({}, 'This system has no key store. Secrets are sealed with the key file secrets.key in the data folder')
    }
    chosen ??= has
    return chosen
  }

  async function holds(vault: SecretVault, name: string): Promise<boolean> {
    return (await vault.names()).includes(name)
  }

  return {
    async get(name) {
      return (await holds(keyFile, name))
        ? keyFile.get(name)
        : (await holds(keyStore, name))
          ? keyStore.get(name)
          : null
    },
    async set(name, value) {
      if (!(await hasKeyStore())) return keyFile.set(name, value)
      await keyStore.set(name, value)
      if (await holds(keyFile, name)) await keyFile.remove(name)
    },
    async remove(name) {
      if (await holds(keyFile, name)) await keyFile.remove(name)
      if (await holds(keyStore, name)) await keyStore.remove(name)
    },
    async names() {
      return [...new Set([...(await keyStore.names()), ...(await keyFile.names())])]
    },
  }
}
