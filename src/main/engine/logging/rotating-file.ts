import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

interface RotatingFileOptions {
  folder: string
  /** Bytes after which a new file begins. */
  maxBytes?: number
  /** Files kept, the current one included. */
  keep?: number
}

/** A log file that stays bounded: `switchyard.log`, then `switchyard.1.log` (newer) to `switchyard.4.log` (oldest). */
export interface RotatingFile {
  /** Appends whole lines; keeps no hold of the bytes. A disk that cannot take them loses them, never the app. */
  write(lines: Uint8Array): void
  close(): void
}

/** Opens the log file of a folder for appending. Throws if the folder cannot be written. */
export function openRotatingFile({ folder, maxBytes = 5_000_000, keep = 5 }: RotatingFileOptions): RotatingFile {
  const name = (index: number): string => join(folder, index === 0 ? 'switchyard.log' : `switchyard.${index}.log`)
  let handle: number | null = openSync(name(0), 'a', 0o600)
  let size = fstatSync(handle).size

  function rotate(): void {
    if (handle !== null) closeSync(handle)
    handle = null
    rmSync(name(keep - 1), { force: true })
    for (let index = keep - 2; index >= 0; index--) {
      try {
        renameSync(name(index), name(index + 1))
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
      }
    }
    handle = openSync(name(0), 'a', 0o600)
    size = 0
  }

  return {
    write(lines) {
      try {
        if (size > 0 && size + lines.length > maxBytes) rotate()
        handle ??= openSync(name(0), 'a', 0o600)
        size += writeSync(handle, lines)
      } catch {
        // There is no better place to tell: the log itself is what cannot be written.
      }
    },
    close() {
      if (handle !== null) closeSync(handle)
      handle = null
    },
  }
}
