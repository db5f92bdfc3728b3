import type { ConnectionView } from '#shared/connections.ts'
import type { Clock } from '../spec/clock.ts'
import type { Connection, ConnectionFamily, HealthBoard } from '../spec/connections.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { ConnectionsStore } from '../storage/index.ts'
import { type ListChange, type PlannedConnection, writeChange } from './change-connections.ts'
import { type ConnectionEntry, familyOf, hostOf } from './connection-entry.ts'
import type { ConnectionSecrets } from './connection-secrets.ts'
import { viewOfBuiltIn, viewOfEntry } from './connection-view.ts'
import type { LiveConnections } from './live-connections.ts'
import type { PlaceWatch } from './place/watch-places.ts'

/** More would no longer be a list that anyone keeps by hand; the compatible routes take whole lists from outside. */
const MOST_CONNECTIONS = 1_000

interface ConnectionListOptions {
  records: ConnectionsStore
  secrets: ConnectionSecrets
  live: LiveConnections
  places: Pick<PlaceWatch, 'placeOf' | 'look'>
  builtIn: Connection
  health: HealthBoard
  clock: Clock
}

/** The configured connections in memory, in list order: what is stored, shown, and handed to the set in use. */
export interface ConnectionList {
  entries(): readonly ConnectionEntry[]
  ids(family?: ConnectionFamily): string[]
  /** Throws `not_found`, or `invalid_request` for the built-in one. */
  find(id: string): ConnectionEntry
  view(id: string): ConnectionView | null
  /** As `view`; throws `not_found`. */
  viewOf(id: string): ConnectionView
  isFamilyEnabled(family: ConnectionFamily): boolean
  /** Takes over what was read at the start. */
  load(entries: readonly ConnectionEntry[], families: ReadonlyMap<ConnectionFamily, boolean>): void
  /** Shows an entry whose secrets were opened again. */
  replace(before: ConnectionEntry, after: ConnectionEntry): void
  /** Writes a change, then shows it. Throws the vault's or the database's error, and then nothing has changed. */
  apply(change: Omit<ListChange, 'before'>, changed: readonly string[]): Promise<void>
  /** Shows entries whose place is another one now. */
  updatePlaces(): void
}

/** Keeps the list. Changes have to come one at a time. */
export function createConnectionList(options: ConnectionListOptions): ConnectionList {
  const { records, secrets, live, places, builtIn, health, clock } = options
  let entries: readonly ConnectionEntry[] = []
  let families: ReadonlyMap<ConnectionFamily, boolean> = new Map()

  const placeOf = ({ stored }: Pick<ConnectionEntry, 'stored'>) => places.placeOf(hostOf(stored.config))
  const isFamilyEnabled = (family: ConnectionFamily): boolean => families.get(family) ?? true
  const isInUse = ({ stored }: ConnectionEntry): boolean =>
    stored.config.enabled && isFamilyEnabled(familyOf(stored.config))

  function show(next: readonly ConnectionEntry[], changed: readonly string[]): void {
    entries = next
    live.show(entries.filter(isInUse), changed)
  }

  function view(id: string): ConnectionView | null {
    if (id === builtIn.id) return viewOfBuiltIn(builtIn, health.get(id))
    const index = entries.findIndex(({ stored }) => stored.id === id)
    const entry = entries[index]
    return entry === undefined ? null : viewOfEntry(entry, index + 1, isInUse(entry), health.get(id))
  }

  return {
    entries: () => entries,
    ids: (family) =>
      entries
        .filter(({ stored }) => family === undefined || familyOf(stored.config) === family)
        .map(({ stored }) => stored.id),
    isFamilyEnabled,
    view,

    find(id) {
      const entry = entries.find(({ stored }) => stored.id === id)
      if (entry !== undefined) return entry
      if (id === builtIn.id) {
        throw new EngineError('invalid_request', 'The built-in connection is always there: it cannot be changed.')
      }
      throw unknownConnection()
    },

    viewOf(id) {
      const found = view(id)
      if (found === null) throw unknownConnection()
      return found
    },

    load(stored, switched) {
      families = switched
      show(
        stored,
        stored.map((entry) => entry.stored.id),
      )
    },

    replace(before, after) {
      show(
        entries.map((entry) => (entry === before ? after : entry)),
        [after.stored.id],
      )
    },

    async apply(change, changed) {
      if (change.order.length > MOST_CONNECTIONS) {
        throw new EngineError('conflict', `There cannot be more than ${MOST_CONNECTIONS} connections.`)
      }
      const put = new Map(change.put.map((planned) => [planned.stored.id, planned]))
      const before = entries.filter(({ stored }) => put.has(stored.id) || change.remove.includes(stored.id))
      await writeChange({ ...change, before }, { records, secrets, now: clock.now() })
      families = new Map([...families, ...(change.families ?? [])])
      for (const id of change.remove) health.forget(id)
      // Read now: a place may have changed while secrets were sealed.
      const kept = new Map(entries.map((entry) => [entry.stored.id, entry]))
      const entryOf = (id: string): ConnectionEntry[] => {
        const planned: PlannedConnection | undefined = put.get(id)
        if (planned !== undefined) {
          return [{ stored: planned.stored, secrets: planned.secrets, place: placeOf(planned) }]
        }
        const same = kept.get(id)
        return same === undefined ? [] : [same]
      }
      show(change.order.flatMap(entryOf), changed)
      for (const { stored } of change.put) void places.look(hostOf(stored.config))
    },

    updatePlaces() {
      const moved = entries.filter((entry) => entry.place !== placeOf(entry))
      if (moved.length === 0) return
      show(
        entries.map((entry) => (moved.includes(entry) ? { ...entry, place: placeOf(entry) } : entry)),
        moved.map(({ stored }) => stored.id),
      )
    },
  }
}

function unknownConnection(): EngineError {
  return new EngineError('not_found', 'There is no such connection. It may have been removed.')
}
