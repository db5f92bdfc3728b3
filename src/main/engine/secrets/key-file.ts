import { randomBytes } from 'node:crypto'
import { open, readFile, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Logger } from '../spec/engine.ts'
import { EngineError } from '../spec/engine-error.ts'
import { syncFolder } from './sealed-file.ts'

const KEY_BYTES = 32

/**
 * Reads the key. A mode that lets others read it is put right first, and said in the log; where that fails it is not used.
 * Null if there is none. Throws `storage_failed` for one that cannot be read or is damaged.
 */
export async function readKeyFile(path: string, log: Logger | null): Promise<Buffer | null> {
  let text: string
  try {
    await guardMode(path, log)
    text = await readFile(path, 'latin1')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    if (error instanceof EngineError) throw error
    throw new EngineError('storage_failed', 'The key file of the sealed secrets cannot be read.', {
      cause: error,
      detail: path,
    })
  }
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length !== KEY_BYTES) {
    throw new EngineError('storage_failed', 'The key file of the sealed secrets is damaged. It was left as it is.', {
      detail: path,
    })
  }
  return key
}

/** Makes a new random key. Never overwrites one: throws `storage_failed` if there is a file. */
export async function createKeyFile(path: string): Promise<Buffer> {
  const key = randomBytes(KEY_BYTES)
  let isOurs = false
  try {
    const file = await open(path, 'wx', 0o600)
    isOurs = true
    try {
      await file.chmod(0o600)
      await file.writeFile(`${key.toString('base64')}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await syncFolder(dirname(path))
    return key
  } catch (error) {
    // Half a key would be taken for a damaged one at the next start.
    if (isOurs) await unlink(path).catch(() => undefined)
    throw new EngineError('storage_failed', 'The key file of the sealed secrets could not be made.', {
      cause: error,
      detail: path,
    })
  }
}

async function guardMode(path: string, log: Logger | null): Promise<void> {
  if (process.platform === 'win32') return
  const file = await open(path, 'r')
  try {
    const { mode } = await file.stat()
    if ((mode & 0o077) === 0) return
    await file.chmod(0o600)
    // Some file systems take the call and keep no modes.
    if (((await stat(path)).mode & 0o077) !== 0) throw new Error('The mode stays as it was.')
  } catch (error) {
    throw new EngineError(
      'storage_failed',
      'Others on this machine can read the key file of the sealed secrets, and that could not be changed. ' +
        'Keep the data folder on a disk that knows file permissions.',
      { cause: error, detail: path },
    )
  } finally {
    await file.close()
  }
  log?.warn(
    { path },
    'Others on this machine could read the key file of the sealed secrets. Only its owner can now; if somebody may have read it, replace the API keys.',
  )
}
