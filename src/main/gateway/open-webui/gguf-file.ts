import { createHash } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EngineError } from '../../engine/spec/engine-error.ts'

/** What a file must leave free, so that the database can go on writing. Bytes. */
const RESERVE = 512 * 1024 * 1024
const MAGIC = 'GGUF'
/** Ends the names of files that are not whole yet. */
export const PART = '.part'
/** A part that nobody went on with for so long is given up, ms. */
const PART_KEPT_MS = 7 * 86_400_000

/**
 * Writes a GGUF file as it comes and tells its digest (`sha256:…`); it has its name only once it is whole. Throws
 * `invalid_request` for what does not begin like one and `disk_full` before the disk is; nothing is left behind then.
 */
export async function saveGguf(path: string, content: AsyncIterable<Buffer>, signal: AbortSignal): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  const room = await freeBytes(dirname(path))
  const hash = createHash('sha256')
  const part = path + PART
  const file = await open(part, 'wx', 0o600)
  let whole = false
  try {
    let size = 0
    let start = ''
    for await (const chunk of content) {
      signal.throwIfAborted()
      if (start.length < MAGIC.length) {
        start += chunk.toString('latin1', 0, MAGIC.length - start.length)
        if (!MAGIC.startsWith(start)) throw notGguf()
      }
      size += chunk.length
      if (size > room) throw diskFull()
      hash.update(chunk)
      await file.write(chunk)
    }
    if (start !== MAGIC) throw notGguf()
    await file.sync()
    whole = true
    return `sha256:${hash.digest('hex')}`
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFull(error) : error
  } finally {
    await file.close()
    if (whole) await rename(part, path)
    else await rm(part, { force: true })
  }
}

/** Removes parts that a crash or a download that nobody asked for again has left in a folder. */
export async function removeOldParts(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(folder)) {
    if (!name.endsWith(PART)) continue
    const path = join(folder, name)
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > PART_KEPT_MS) await rm(path, { force: true })
  }
}

/** What the disk may still take, bytes. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize - RESERVE
}

/** A file's name without its path. Ollama goes by the ending, and what is sent here is a GGUF file, whatever it says. */
export function ggufNameOf(fileName: string): string {
  return `${stemOf(fileName)}.gguf`
}

/** A model's name from a file's: without path and ending, in letters that Ollama takes. */
export function modelNameOf(fileName: string): string {
  const stem = stemOf(fileName).replace(/[^\w.-]+/g, '-')
  const name = stem.replace(/^[^A-Za-z0-9_]+/, '').slice(0, 80)
  if (name !== '') return name
  throw new EngineError('invalid_request', 'The name of the file gives no name for the model.', { param: 'file' })
}

function stemOf(fileName: string): string {
  const base = fileName.split(/[\\/]/).at(-1) ?? ''
  return base.replace(/\.[^.]*$/, '')
}

export function notGguf(): EngineError {
  return new EngineError('invalid_request', 'This is not a GGUF file: it does not begin with "GGUF".', {
    param: 'file',
  })
}

export function diskFull(cause?: unknown): EngineError {
  return new EngineError('disk_full', 'There is not enough free space on the disk for this file.', { cause })
}
