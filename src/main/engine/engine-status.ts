import type { Status } from '#shared/app-info.ts'
import type { GgufFile } from '#shared/models.ts'
import type { Connection } from './connections/connection.ts'

interface StatusFacts {
  files: GgufFile[]
  connections: Connection[]
  savedAt: number | null
  storage: Status['storage']
}

/** The facts of the status strip, from what the areas say right now. */
export function readStatus({ files, connections, savedAt, storage }: StatusFacts): Status {
  const held = files.flatMap((file) => (file.loaded === null ? [] : [{ file, loaded: file.loaded }]))
  const busiest =
    held.find(({ loaded }) => loaded.activeRequests > 0) ??
    held.find(({ loaded }) => loaded.state === 'loading') ??
    held[0]
  return {
    here: {
      modelName: busiest?.file.id ?? null,
      state: stateOf(busiest?.loaded ?? null),
      loadedModels: held.filter(({ loaded }) => loaded.state === 'loaded').length,
      availableModels: files.filter((file) => file.state === 'ready').length,
      memoryBytes: {
        ram: held.reduce((sum, { loaded }) => sum + loaded.memory.ram, 0),
        vram: held.reduce((sum, { loaded }) => sum + loaded.memory.vram, 0),
      },
    },
    near: { connections: connections.filter((connection) => connection.place === 'near').length },
    away: { connections: connections.filter((connection) => connection.place === 'away').length },
    trouble: storage === 'ok' ? [] : [storage === 'failed' ? 'storage-failed' : 'disk-low'],
    savedAt,
    storage,
  }
}

function stateOf(loaded: GgufFile['loaded']): Status['here']['state'] {
  if (loaded === null) return 'idle'
  if (loaded.state === 'loading') return 'loading'
  return loaded.activeRequests > 0 ? 'busy' : 'ready'
}
