import { type FSWatcher, watch } from 'node:fs'

/** Tells of changes right inside some folders; deeper ones and network drives are left to the regular scan. */
export interface FolderWatch {
  /** Replaces the set of watched folders. */
  follow(folders: readonly string[]): void
  close(): void
}

/** Where the system cannot watch a folder nothing is told, and nothing fails. */
export function createFolderWatch(onChange: () => void): FolderWatch {
  const watchers = new Map<string, FSWatcher>()

  function stop(folder: string): void {
    watchers.get(folder)?.close()
    watchers.delete(folder)
  }

  function start(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, onChange)
      watcher.on('error', () => stop(folder))
      watchers.set(folder, watcher)
    } catch {
      // The folder is missing or cannot be watched; the regular scan still looks at it.
    }
  }

  return {
    follow(folders) {
      for (const folder of [...watchers.keys()]) if (!folders.includes(folder)) stop(folder)
      for (const folder of folders) if (!watchers.has(folder)) start(folder)
    },
    close() {
      for (const folder of [...watchers.keys()]) stop(folder)
    },
  }
}
