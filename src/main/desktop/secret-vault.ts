import { chmod, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { SafeStorage } from 'electron'
import { z } from 'zod'
import { EngineError } from '../engine/spec/engine-error.ts'

const fileSchema = z.object({ version: z.literal(1), secrets: z.array(z.tuple([z.string(), z.base64()])) })

/** Secrets by name, sealed by the system's key store. Values are never logged and never reach a window. */
export interface SecretVault {
  /** Null if there is none of that name. */
  get(name: string): Promise<string | null>
  set(name: string, value: string): Promise<void>
  remove(name: string): Promise<void>
  names(): Promise<string[]>
}

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
): SecretVault {
  const path = join(dataFolder, 'secrets.json')
  let queue: Promise<unknown> = Promise.resolve()

  async function requireKeyStore(): Promise<void> {
    const backend = platform === 'linux' ? safeStorage.getSelectedStorageBackend() : null
    if (backend === 'basic_text' || backend === 'unknown' || !(await safeStorage.isAsyncEncryptionAvailable())) {
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

  async function read(): Promise<Map<string, string>> {
    let text: string
    try {
      text = await readFile(path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map()
      throw new EngineError('storage_failed', 'The file with the sealed secrets cannot be read.', {
        cause: error,
        detail: path,
      })
    }
    try {
      return new Map(fileSchema.parse(JSON.parse(text)).secrets)
    } catch {
      // No cause: a JSON error message quotes the file.
      throw new EngineError('storage_failed', 'The file with the sealed secrets is damaged. It was left as it is.', {
        detail: path,
      })
    }
  }

  async function write(secrets: Map<string, string>): Promise<void> {
    const draft = `${path}.new`
    try {
      const file = await open(draft, 'w', 0o600)
      try {
        // An earlier draft keeps its old mode, which `open` does not change.
        await file.chmod(0o600)
        await file.writeFile(JSON.stringify({ version: 1, secrets: [...secrets] }))
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(draft, path)
      await chmod(path, 0o600)
    } catch (error) {
      throw new EngineError('storage_failed', 'The sealed secrets could not be saved.', { cause: error, detail: path })
    }
  }

  /** One change at a time, so that none is lost between reading and writing the file. */
  function change(edit: (secrets: Map<string, string>) => void): Promise<void> {
    const next = queue.then(async () => {
      const secrets = await read()
      edit(secrets)
      await write(secrets)
    })
    queue = next.catch(() => undefined)
    return next
  }

  return {
    async get(name) {
      await requireKeyStore()
      const sealed = (await read()).get(name)
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
      await change((secrets) => {
        secrets.set(name, sealed.toString('base64'))
      })
    },
    remove: (name) =>
      change((secrets) => {
        secrets.delete(name)
      }),
    async names() {
      return [...(await read()).keys()]
    },
  }
}
