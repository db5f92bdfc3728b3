import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Logger } from '../spec/engine.ts'
import type { WritableDatabase } from './sqlite.ts'
import { toStorageError } from './storage-error.ts'

/** Below this many free bytes the person is warned. */
const LOW_SPACE_BYTES = 500_000_000
const SPACE_CHECK_EVERY_MS = 30_000

export type StorageHealth = 'ok' | 'disk-low' | 'failed'

/** The one way to write: counts commits, classifies failures, and remembers whether the last write worked. */
export interface Writer {
  /** Runs `action` in one transaction (nested calls join it). Throws `disk_full` or `storage_failed`; nothing is written then. */
  write<Result>(action: () => Result): Result
  /** Epoch ms of the last commit in this process, null before the first. */
  lastCommitAt(): number | null
  health(): StorageHealth
  /** Called when health() changes. Returns the unsubscribe function. */
  onHealthChange(listener: (health: StorageHealth) => void): () => void
}

interface WriterOptions {
  db: WritableDatabase
  file: string
  log: Logger
  now: () => number
}

/** Makes the writer of a connection. */
export function createWriter({ db, file, log, now }: WriterOptions): Writer {
  const listeners = new Set<(health: StorageHealth) => void>()
  let lastCommitAt: number | null = null
  let failed = false
  let low = false
  let checkedSpaceAt = Number.NEGATIVE_INFINITY

  const current = (): StorageHealth => (failed ? 'failed' : low ? 'disk-low' : 'ok')

  function change(apply: () => void): void {
    const before = current()
    apply()
    const after = current()
    if (before !== after) for (const listener of [...listeners]) listener(after)
  }

  function write<Result>(action: () => Result): Result {
    if (db.inTransaction) return action()
    try {
      const result = db.transaction(action).immediate()
      lastCommitAt = now()
      if (failed) change(() => (failed = false))
      return result
    } catch (error) {
      // What the caller's own checks throw is no failure of the disk.
      if (!isFromStorage(error)) throw error
      const classified = toStorageError(error, file)
      if (!failed) log.error({ err: classified }, 'a write to the database failed')
      change(() => (failed = true))
      throw classified
    }
  }

  function checkSpace(): void {
    if (now() - checkedSpaceAt < SPACE_CHECK_EVERY_MS) return
    checkedSpaceAt = now()
    statfs(dirname(file)).then(
      (space) => change(() => (low = space.bavail * space.bsize < LOW_SPACE_BYTES)),
      (error: unknown) => log.debug({ err: error }, 'the free space of the data folder is unknown'),
    )
  }

  return {
    write,
    lastCommitAt: () => lastCommitAt,
    health() {
      checkSpace()
      return current()
    },
    onHealthChange(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}

function isFromStorage(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^(SQLITE_|ENOSPC|EDQUOT|EIO)/.test(error.code)
  )
}
