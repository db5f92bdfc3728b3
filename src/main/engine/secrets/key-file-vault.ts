import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Logger } from '../spec/engine.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { SecretVault } from '../spec/secret-vault.ts'
import { createKeyFile, readKeyFile } from './key-file.ts'
import { openSealedFile } from './sealed-file.ts'

const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * A vault for machines without a key store: `secrets.sealed.json` in the data folder, each value sealed with AES-256-GCM
 * and bound to its name, under the random key in `secrets.key`. Both are for their owner alone (0600). It keeps secrets out
 * of backups and databases that are passed on without the key; who may read the owner's files can open it.
 * Throws `storage_failed` where a file is damaged or missing, `auth_failed` where a secret was sealed under another key.
 */
export function createKeyFileVault(dataFolder: string, log: Logger | null = null): SecretVault {
  const keyPath = join(dataFolder, 'secrets.key')
  const sealedPath = join(dataFolder, 'secrets.sealed.json')
  const file = openSealedFile(sealedPath)
  let key: Promise<Buffer> | null = null

  /** Asked for once; a failure is tried again. */
  function openKey(): Promise<Buffer> {
    if (key === null) {
      key = findKey()
      key.catch(() => {
        key = null
      })
    }
    return key
  }

  async function findKey(): Promise<Buffer> {
    const found = await readKeyFile(keyPath, log)
    if (found !== null) return found
    if ((await file.read()).size > 0) {
      throw new EngineError(
        'storage_failed',
        'The key file of the sealed secrets is missing, so they cannot be opened. Put secrets.key back, or remove ' +
          'secrets.sealed.json and enter the secrets again.',
        { detail: keyPath },
      )
    }
    return createKeyFile(keyPath)
  }

  return {
    async get(name) {
      const sealed = (await file.read()).get(name)
      if (sealed === undefined) return null
      const opened = open(name, Buffer.from(sealed, 'base64'), await openKey())
      if (opened !== null) return opened
      throw new EngineError(
        'auth_failed',
        `The secret "${name}" was sealed under another key, or was changed since; enter it again.`,
        { detail: sealedPath },
      )
    },
    async set(name, value) {
      const sealed = seal(name, value, await openKey()).toString('base64')
      await file.change((secrets) => {
        secrets.set(name, sealed)
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

/** IV, tag and ciphertext in one. */
function seal(name: string, value: string, key: Buffer): Buffer {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(boundTo(name))
  const sealed = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed])
}

/** Null for what was not sealed under this key and name. */
function open(name: string, bytes: Buffer, key: Buffer): string | null {
  if (bytes.length < IV_BYTES + TAG_BYTES) return null
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(boundTo(name))
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
  } catch {
    // The one failure that GCM knows: something is not what was sealed.
    return null
  }
}

function boundTo(name: string): Buffer {
  return Buffer.from(`switchyard secret 1\0${name}`, 'utf8')
}
