import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isGgufName } from './split-files.ts'

const MAX_DEPTH = 6
const MAX_FOLDERS = 2_000
const MAX_FILES = 5_000

/** What one look at a folder found. `reachable` is false when the folder itself does not answer. */
export interface FolderScan {
  reachable: boolean
  /** Why it does not answer, as the system says it. */
  problem: string | null
  files: string[]
}

/** Finds `*.gguf` in a folder and below, depth, folders and files bounded. Hidden folders are left out. Never throws. */
export async function scanFolder(root: string): Promise<FolderScan> {
  const files: string[] = []
  let folders: { path: string; depth: number }[] = [{ path: root, depth: 0 }]
  let visited = 0
  while (folders.length > 0 && visited < MAX_FOLDERS && files.length < MAX_FILES) {
    const next: typeof folders = []
    for (const { path, depth } of folders) {
      visited += 1
      let entries: Dirent[]
      try {
        entries = await readdir(path, { withFileTypes: true })
      } catch (error) {
        if (depth === 0) return { reachable: false, problem: errorCode(error), files: [] }
        continue
      }
      for (const entry of entries) {
        const full = join(path, entry.name)
        if (entry.isDirectory()) {
          if (depth < MAX_DEPTH && !entry.name.startsWith('.')) next.push({ path: full, depth: depth + 1 })
        } else if (isGgufName(entry.name) && !entry.name.startsWith('.')) files.push(full)
      }
    }
    folders = next
  }
  return { reachable: true, problem: null, files: files.sort() }
}

/** Size (bytes) and mtime (epoch ms) of a group of parts, or null if one of them is gone. */
export async function statParts(parts: readonly string[]): Promise<{ sizeBytes: number; modifiedAt: number } | null> {
  try {
    const stats = await Promise.all(parts.map((part) => stat(part)))
    if (stats.some((found) => !found.isFile())) return null
    return {
      sizeBytes: stats.reduce((sum, found) => sum + found.size, 0),
      modifiedAt: Math.floor(Math.max(...stats.map((found) => found.mtimeMs))),
    }
  } catch {
    // Gone or unreadable between listing and looking: the next scan will tell which.
    return null
  }
}

/** The system's short code of a failed file operation (`ENOENT`, `EACCES` ...). */
export function errorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'unknown error'
}
