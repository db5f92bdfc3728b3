import { accessSync, constants, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { EngineError } from '../spec/engine-error.ts'
import { acquireInstanceLock } from '../storage/index.ts'

/** A data folder that is ready and ours until released. All paths absolute. */
export interface DataFolder {
  path: string
  models: string
  snapshots: string
  logs: string
  /** Gives the folder up. Safe to call twice. */
  release(): void
}

/**
 * Makes the folder with its parts and takes it for this process.
 * Throws `storage_failed` or `disk_full` if it cannot be written, `conflict` if another Switchyard uses it.
 */
export function openDataFolder(folder: string): DataFolder {
  const path = resolve(folder)
  const parts = { models: join(path, 'models'), snapshots: join(path, 'snapshots'), logs: join(path, 'logs') }
  try {
    makeFolder(path)
    for (const part of Object.values(parts)) makeFolder(part)
    proveWritable(path)
  } catch (error) {
    throw unusable(path, error)
  }
  const lock = acquireInstanceLock(path)
  return { path, ...parts, release: lock.release }
}

/**
 * Makes a folder with those above it; new ones are the person's own, for chats are private.
 * Not mkdir's `recursive`: where a file system takes no folders (/proc) Node 24 never comes back from it.
 */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  const above = dirname(path)
  if (above !== path) makeFolder(above)
  mkdirSync(path, { mode: 0o700 })
}

/** Really writes: permission bits say nothing about read-only mounts, and everything is allowed to root. */
function proveWritable(path: string): void {
  accessSync(path, constants.R_OK | constants.W_OK)
  const probe = join(path, `.write-test-${process.pid}`)
  writeFileSync(probe, 'Switchyard checks that it can write here.\n')
  rmSync(probe)
}

function unusable(path: string, error: unknown): EngineError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reasons: Record<string, string> = {
    EACCES: 'no permission to write there',
    EPERM: 'no permission to write there',
    ENOENT: 'no folder can be made there',
    EROFS: 'it is on a read-only file system',
    ENOTDIR: 'a file is in the way',
    EEXIST: 'a file is in the way',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
  }
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error))
  const full = code === 'ENOSPC' || code === 'EDQUOT'
  return new EngineError(
    full ? 'disk_full' : 'storage_failed',
    `The data folder ${path} cannot be used: ${reason}. Choose another one with --data or SWITCHYARD_DATA_DIR.`,
    { cause: error },
  )
}
