import { join } from 'node:path'
import type { SafeStorage } from 'electron'
import type { KeyStoreVault } from '../engine/secrets/choose-vault.ts'
import { openSealedFile } from '../engine/secrets/sealed-file.ts'
import { EngineError } from '../engine/spec/engine-error.ts'

/**
 * A vault in `secrets.json` of the data folder (mode 0600, replaced atomically); each value is sealed by safeStorage.
 * Every call fails with EngineError `unsupported` while the system offers no real key store: on Linux Electron's
 * fallback `basic_text` seals with a key that is the same for everybody, which is no protection.
 */
export function createSecretVault(
  dataFolder: string,
  safeStorage: Pick<
    SafeStorage,
    'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
  >,
  platform: NodeJS.Platform,
): KeyStoreVault {
  const file = openSealedFile(join(dataFolder, 'secrets.json'))

  /** Null for a key store worth the name, else what the system has in its place. */
  function poorBackend(): string | null {
    const backend = platform === 'linux' ? safeStorage.getSelectedStorageBackend() : null
    return backend === 'basic_text' || backend === 'unknown' ? backend : null
  }

  async function requireKeyStore(): Promise<void> {
    const poor = poorBackend()
    if (poor !== null || !(await safeStorage.isAsyncEncryptionAvailable())) {
      const backend = platform === 'linux' ? safeStorage.getSelectedStorageBackend() : null
      throw new EngineError(
        'unsupported',
        'This system offers no key store to keep secrets in, so Switchyard does not store them. ' +
          (platform === 'linux'
            ? 'Install and unlock GNOME Keyring or KWallet, then try again.'
            : 'Unlock it, then try again.'),
        { detail: backend === null ? 'safeStorage is not available' : `safeStorage backend: ${backend}` },
      )
    }
  }

  return {
    async hasKeyStore() {
      if (poorBackend() !== null) return false
      return platform !== 'linux' || (await safeStorage.isAsyncEncryptionAvailable())
    },
    async get(name) {
      await requireKeyStore()
      const sealed = (await file.read()).get(name)
      if (sealed === undefined) return null
      try {
        const opened = await safeStorage.decryptStringAsync(Buffer.from(sealed, 'base64'))
        return opened.result
      } catch (error) {
        throw new EngineError(
          'auth_failed',
          `The secret "${name}" was sealed by another user or system; enter it again.`,
          {
            cause: error,
          },
        )
      }
    },
    async set(name, value) {
      await requireKeyStore()
      const sealed = await safeStorage.encryptStringAsync(value)
      await file.change((secrets) => {
        secrets.set(name, sealed.toString('base64'))
      })
    },
    remove: (name) =>
      file.change((secrets) => {
        secrets.delete(name)
      }),
    async names() {
      return [...(await file.read()).keys()]
    },
  }
}
