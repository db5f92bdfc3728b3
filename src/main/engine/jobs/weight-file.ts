import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { EngineError } from '../spec/engine-error.ts'
import { FinalFailure } from './failures.ts'

/** Read and hashed at once; between two slices the loop is free. */
const READ_SLICE = 1024 * 1024
/** Small enough that a slow line still shows progress between two slices. */
const SEND_SLICE = 128 * 1024
const GGUF_MAGIC = 'GGUF'

/** A file's content by its digest, valid while size and time of change are the same. */
export interface FileDigest {
  /** `sha256:` and 64 hex digits. */
  digest: string
  sizeBytes: number
  /** ms */
  modifiedAt: number
}

/** What is known about a file without reading it. Throws FinalFailure if it cannot be read. */
export async function fileFacts(path: string): Promise<Omit<FileDigest, 'digest'>> {
  return withFile(path, facts)
}

/** Reads a GGUF file through. Throws FinalFailure if it is none or cannot be read, and the signal's reason. */
export async function digestOf(
  path: string,
  signal: AbortSignal,
  onBytes: (read: number, size: number) => void,
): Promise<FileDigest> {
  return withFile(path, async (file) => {
    const { sizeBytes, modifiedAt } = await facts(file)
    const hash = createHash('sha256')
    const slice = Buffer.allocUnsafe(READ_SLICE)
    let read = 0
    for (;;) {
      signal.throwIfAborted()
      const { bytesRead } = await file.read(slice, 0, slice.length, read)
      if (read === 0 && slice.toString('latin1', 0, Math.min(bytesRead, GGUF_MAGIC.length)) !== GGUF_MAGIC) {
        throw fail('invalid_request', `${path} is not a GGUF file: it does not begin with "GGUF".`)
      }
      if (bytesRead === 0) break
      hash.update(slice.subarray(0, bytesRead))
      read += bytesRead
      onBytes(read, Math.max(read, sizeBytes))
    }
    const after = await facts(file)
    if (read !== sizeBytes || after.modifiedAt !== modifiedAt) throw changed(path)
    return { digest: `sha256:${hash.digest('hex')}`, sizeBytes, modifiedAt }
  })
}

/**
 * Gives a file's bytes to `send` piece by piece; `onSent` counts those that were taken. Throws FinalFailure if the file
 * is not as it was when it was hashed; what `send` throws passes.
 */
export async function sendFile<Result>(
  path: string,
  expected: FileDigest,
  onSent: (sent: number) => void,
  send: (body: AsyncIterable<Uint8Array>) => Promise<Result>,
): Promise<Result> {
  return withFile(path, async (file) => {
    let failure: unknown = null
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        const { sizeBytes, modifiedAt } = await facts(file)
        if (sizeBytes !== expected.sizeBytes || modifiedAt !== expected.modifiedAt) throw changed(path)
        let sent = 0
        while (sent < sizeBytes) {
          const slice = Buffer.allocUnsafe(Math.min(SEND_SLICE, sizeBytes - sent))
          const { bytesRead } = await file.read(slice, 0, slice.length, sent)
          if (bytesRead === 0) throw changed(path)
          yield slice.subarray(0, bytesRead)
          sent += bytesRead
          onSent(sent)
        }
      } catch (error) {
        // Whoever sends sees only that the body broke off; the reason is ours.
        failure = error
        throw error
      }
    }
    try {
      return await send(body())
    } catch (error) {
      throw failure ?? error
    }
  })
}

async function facts(file: FileHandle): Promise<Omit<FileDigest, 'digest'>> {
  const { size, mtimeMs } = await file.stat()
  return { sizeBytes: size, modifiedAt: mtimeMs }
}

async function withFile<Result>(path: string, work: (file: FileHandle) => Promise<Result>): Promise<Result> {
  let file: FileHandle | null = null
  try {
    file = await open(path, 'r')
    return await work(file)
  } catch (error) {
    throw fileFailure(error, path)
  } finally {
    await file?.close()
  }
}

function fileFailure(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error && 'syscall' in error ? error.code : null
  if (code === 'ENOENT' || code === 'ENOTDIR') return fail('not_found', `There is no file ${path}.`, error)
  if (code === 'EISDIR') return fail('invalid_request', `${path} is a folder; a GGUF file is needed.`, error)
  if (code === 'EACCES' || code === 'EPERM') {
    return fail('forbidden', `${path} cannot be read: Switchyard has no right to.`, error)
  }
  if (code === 'EIO' || code === 'ESTALE') return fail('storage_failed', `${path} cannot be read from its disk.`, error)
  return error
}

function changed(path: string): FinalFailure {
  return fail('conflict', `${path} was changed while it was sent. Start again once it is whole.`)
}

function fail(
  code: 'conflict' | 'forbidden' | 'invalid_request' | 'not_found' | 'storage_failed',
  message: string,
  cause?: unknown,
): FinalFailure {
  return new FinalFailure(new EngineError(code, message, { cause }))
}
