import type { CatalogModel } from '#shared/models.ts'
import type { Connection } from '../connections/connection.ts'
import type { Catalog, Logger } from '../spec/engine.ts'
import { type ConnectionSnapshot, mergeSnapshots } from './merge-snapshots.ts'

/** The catalog plus what its owner needs to keep it fresh. */
export interface ModelCatalog extends Catalog {
  /** Asks one connection again; a failure keeps its last snapshot. Concurrent calls for one connection join. */
  refresh(connectionId: string): Promise<void>
  refreshAll(): Promise<void>
}

const LATEST = ':latest'

/** Keeps one snapshot per connection and answers from the merged view without waiting for anyone. */
export function createModelCatalog(connections: Connection[], log: Logger): ModelCatalog {
  const snapshots = new Map<string, ConnectionSnapshot>()
  const running = new Map<string, { promise: Promise<void>; again: boolean }>()
  let merged: CatalogModel[] = []
  let byId = new Map<string, CatalogModel>()

  async function ask(connection: Connection): Promise<void> {
    try {
      snapshots.set(connection.id, { connection, models: await connection.adapter.listModels() })
    } catch (error) {
      log.warn({ err: error, connection: connection.name }, 'could not list the models of a connection')
      return
    }
    const inOrder = connections.flatMap((each) => snapshots.get(each.id) ?? [])
    merged = mergeSnapshots(inOrder)
    byId = new Map(merged.map((model) => [model.id, model]))
  }

  async function refresh(connectionId: string): Promise<void> {
    const connection = connections.find((each) => each.id === connectionId)
    if (connection === undefined) return
    const current = running.get(connectionId)
    if (current !== undefined) {
      // What is being asked may already be out of date: ask once more after it.
      current.again = true
      return current.promise
    }
    const run = { again: false, promise: Promise.resolve() }
    run.promise = (async () => {
      do {
        run.again = false
        await ask(connection)
      } while (run.again)
      running.delete(connectionId)
    })()
    running.set(connectionId, run)
    return run.promise
  }

  return {
    list: () => merged,
    find(id) {
      const bare = id.endsWith(LATEST) ? id.slice(0, -LATEST.length) : id
      return byId.get(id) ?? byId.get(bare) ?? byId.get(bare + LATEST) ?? null
    },
    refresh,
    async refreshAll() {
      await Promise.all(connections.map((connection) => refresh(connection.id)))
    },
  }
}
