import { z } from 'zod'
import { connectionConfigSchema } from '#shared/connections.ts'
import type { ConnectionFamily } from '../spec/connections.ts'
import type { WritableDatabase } from './sqlite.ts'
import type { Writer } from './writer.ts'

const storedConfigSchema = connectionConfigSchema.omit({ headers: true })
/** A configuration as its row holds it: header values are secrets, so they are elsewhere. */
export type StoredConnectionConfig = z.infer<typeof storedConfigSchema>

const keysSchema = z.array(z.object({ id: z.string(), last4: z.string() }))
const namesSchema = z.array(z.string())
const originSchema = z.enum(['environment', 'person'])

export interface StoredConnection {
  id: string
  config: StoredConnectionConfig
  /** Which secrets are its keys, and what may be shown of each (empty for a short one). */
  keys: { id: string; last4: string }[]
  headerNames: string[]
  /** Which sealed set of header values is in force; null without custom headers. */
  headerSeal: string | null
  origin: z.infer<typeof originSchema>
  createdAt: number
}

/** What one change does; all of it or nothing. */
export interface ConnectionsChange {
  put?: readonly StoredConnection[]
  remove?: readonly string[]
  /** Every id that is left, in list order. */
  order: readonly string[]
  families?: ReadonlyMap<ConnectionFamily, boolean>
  /** Digest by variable that the first start read. */
  seed?: ReadonlyMap<string, string>
}

/** Configured connections, in list order. */
export interface ConnectionsStore {
  all(): StoredConnection[]
  /** Ids of rows that make no sense to this version. They are left alone, and so are their secrets. */
  unreadable(): string[]
  /** What the families were switched to; absent ones were never touched. */
  families(): Map<ConnectionFamily, boolean>
  /** Digest by variable; empty if the environment never seeded. */
  seed(): Map<string, string>
  save(change: ConnectionsChange, at: number): void
}

interface Row {
  id: string
  config: string
  keys: string
  header_names: string
  header_seal: string | null
  origin: string
  created_at: number
}

/** The statements about connections. */
export function createConnectionsStore(db: WritableDatabase, writer: Writer): ConnectionsStore {
  const rows = db.prepare<[], Row>(
    `SELECT id, config, keys, header_names, header_seal, origin, created_at FROM connections ORDER BY position, id`,
  )
  const put = db.prepare(
    `INSERT INTO connections (id, position, config, keys, header_names, header_seal, origin, created_at, updated_at)
     VALUES (@id, 0, @config, @keys, @headerNames, @headerSeal, @origin, @createdAt, @at)
     ON CONFLICT (id) DO UPDATE SET config = excluded.config, keys = excluded.keys,
       header_names = excluded.header_names, header_seal = excluded.header_seal, updated_at = excluded.updated_at`,
  )
  const remove = db.prepare('DELETE FROM connections WHERE id = ?')
  const place = db.prepare('UPDATE connections SET position = ? WHERE id = ? AND position <> ?')
  const families = db.prepare<[], { family: ConnectionFamily; enabled: number }>(
    'SELECT family, enabled FROM connection_families',
  )
  const saveFamily = db.prepare(
    `INSERT INTO connection_families (family, enabled) VALUES (?, ?)
     ON CONFLICT (family) DO UPDATE SET enabled = excluded.enabled`,
  )
  const seed = db.prepare<[], { variable: string; digest: string }>('SELECT variable, digest FROM connection_seed')
  const saveSeed = db.prepare('INSERT INTO connection_seed (variable, digest, seeded_at) VALUES (?, ?, ?)')

  return {
    all: () => rows.all().flatMap((row) => readRow(row) ?? []),
    unreadable: () =>
      rows
        .all()
        .filter((row) => readRow(row) === null)
        .map(({ id }) => id),
    families: () => new Map(families.all().map(({ family, enabled }) => [family, enabled === 1])),
    seed: () => new Map(seed.all().map(({ variable, digest }) => [variable, digest])),
    save(change, at) {
      writer.write(() => {
        for (const id of change.remove ?? []) remove.run(id)
        for (const stored of change.put ?? []) {
          put.run({
            id: stored.id,
            // Parsed once more, so that what is no part of it (a header value) cannot reach the disk.
            config: JSON.stringify(storedConfigSchema.parse(stored.config)),
            keys: JSON.stringify(stored.keys),
            headerNames: JSON.stringify(stored.headerNames),
            headerSeal: stored.headerSeal,
            origin: stored.origin,
            createdAt: stored.createdAt,
            at,
          })
        }
        for (const [position, id] of change.order.entries()) place.run(position, id, position)
        for (const [family, enabled] of change.families ?? []) saveFamily.run(family, enabled ? 1 : 0)
        for (const [variable, digest] of change.seed ?? []) saveSeed.run(variable, digest, at)
      })
    },
  }
}

/** Null for a row that a newer Switchyard wrote, or that is damaged. */
function readRow(row: Row): StoredConnection | null {
  const config = read(row.config, storedConfigSchema)
  const keys = read(row.keys, keysSchema)
  const headerNames = read(row.header_names, namesSchema)
  const origin = originSchema.safeParse(row.origin)
  if (config === null || keys === null || headerNames === null || !origin.success) return null
  return {
    id: row.id,
    config,
    keys,
    headerNames,
    headerSeal: row.header_seal,
    origin: origin.data,
    createdAt: row.created_at,
  }
}

function read<Value>(text: string, schema: z.ZodType<Value>): Value | null {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    // Not JSON, or JSON of another shape: the caller tells the two from a good row, not from one another.
    return null
  }
}
