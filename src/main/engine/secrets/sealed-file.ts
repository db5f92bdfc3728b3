import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { EngineError } from '../spec/engine-error.ts'

const fileSchema = z.object({ version: z.literal(1), secrets: z.array(z.tuple([z.string(), z.base64()])) })

/** A file of sealed secrets by name, in base64. Who seals them is not its concern. */
export interface SealedFile {
  /** Empty if there is no file yet. Throws `storage_failed` for one that cannot be read or is damaged; it is left as it is. */
  read(): Promise<Map<string, string>>
  /** Reads, edits and replaces the file as a whole; changes happen one after the other. An edit that throws changes nothing. */
  change(edit: (secrets: Map<string, string>) => void): Promise<void>
}

/** The file (mode 0600) is replaced atomically, and is on the disk before a change resolves. */
export function openSealedFile(path: string): SealedFile {
  let queue: Promise<unknown> = Promise.resolve()

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
      await syncFolder(dirname(path))
    } catch (error) {
      throw new EngineError('storage_failed', 'The sealed secrets could not be saved.', { cause: error, detail: path })
    }
  }

  return {
    read,
    change(edit) {
      const next = queue.then(async () => {
        const secrets = await read()
        edit(secrets)
        await write(secrets)
      })
      queue = next.catch(() => undefined)
      return next
    },
  }
}

/** Makes a rename outlast a power cut. Windows has no such call for folders. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
