import type { Status } from '#shared/app-info.ts'
import type { ConnectionView } from '#shared/connections.ts'
import type { GgufFile } from '#shared/models.ts'
import type { Place } from '#shared/place.ts'

interface StatusFacts {
  files: GgufFile[]
  connections: ConnectionView[]
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
    near: at(connections, 'near'),
    away: at(connections, 'away'),
    trouble: [
      ...(storage === 'ok' ? [] : [storage === 'failed' ? 'storage-failed' : 'disk-low']),
      ...(connections.some(isDown) ? ['connections-down'] : []),
    ],
    savedAt,
    storage,
  }
}

function at(connections: ConnectionView[], place: Place): { connections: number; down: number } {
  const there = connections.filter((each) => each.place === place && each.health.state !== 'disabled')
  return { connections: there.length, down: there.filter(isDown).length }
}

function isDown({ health }: ConnectionView): boolean {
  return health.state === 'down' || health.state === 'auth-failed'
}

function stateOf(loaded: GgufFile['loaded']): Status['here']['state'] {
  if (loaded === null) return 'idle'
  if (loaded.state === 'loading') return 'loading'
  return loaded.activeRequests > 0 ? 'busy' : 'ready'
}
