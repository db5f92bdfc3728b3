import { randomUUID } from 'node:crypto'
import type { ConnectionFamily } from '../spec/connections.ts'
import type { ConnectionsStore, StoredConnection } from '../storage/index.ts'
import type { ConnectionEntry } from './connection-entry.ts'
import { type ConnectionSecrets, type NewSecrets, type OpenSecrets, sealedNames } from './connection-secrets.ts'
import { lastFour } from './mask.ts'
import type { AcceptedInput } from './read-input.ts'

/** One connection to write: new, or in place of an existing one. */
export interface AcceptedConnection {
  accepted: AcceptedInput
  existing: ConnectionEntry | null
  origin: StoredConnection['origin']
}

/** What a change makes of a connection, before anything is written. */
export interface PlannedConnection {
  stored: StoredConnection
  secrets: OpenSecrets
  toSeal: NewSecrets
}

export function newConnectionId(): string {
  return randomUUID()
}

/** Gives every new secret a name of its own, so that the change can be taken back whole. */
export function planConnection(
  id: string,
  { accepted, existing, origin }: AcceptedConnection,
  now: number,
): PlannedConnection {
  const keys = accepted.keys.map((key) => ({
    id: key.id ?? randomUUID(),
    last4: lastFour(key.value),
    value: key.value,
    isNew: key.id === null,
  }))
  const values = accepted.headers
  const names = Object.keys(values)
  const keepsHeaders = existing !== null && sameHeaders(existing.secrets.headers, values)
  const headerSeal = keepsHeaders ? existing.stored.headerSeal : names.length === 0 ? null : randomUUID()
  return {
    stored: {
      id,
      config: accepted.config,
      keys: keys.map((key) => ({ id: key.id, last4: key.last4 })),
      headerNames: names,
      headerSeal,
      origin,
      createdAt: existing?.stored.createdAt ?? now,
    },
    secrets: {
      keys: keys.map((key) => ({ id: key.id, last4: key.last4, value: key.value })),
      headers: values,
      trouble: null,
    },
    toSeal: {
      connectionId: id,
      keys: keys.filter(({ isNew }) => isNew),
      headers: keepsHeaders || headerSeal === null ? null : { seal: headerSeal, values },
    },
  }
}

interface WriteOptions {
  records: ConnectionsStore
  secrets: ConnectionSecrets
  now: number
}

/** One change of the whole list. */
export interface ListChange {
  put: readonly PlannedConnection[]
  remove: readonly string[]
  order: readonly string[]
  families?: ReadonlyMap<ConnectionFamily, boolean>
  seed?: ReadonlyMap<string, string>
  /** Connections that are replaced or removed. */
  before: readonly ConnectionEntry[]
}

/**
 * Seals, then writes the rows in one transaction, then destroys what is not needed any more: at no point does a row name
 * a secret that is not there. Throws the vault's or the database's error, and then nothing has changed.
 */
export async function writeChange(change: ListChange, { records, secrets, now }: WriteOptions): Promise<void> {
  const sealed = await secrets.seal(change.put.map(({ toSeal }) => toSeal))
  const { remove, order, families, seed } = change
  try {
    records.save(
      {
        put: change.put.map(({ stored }) => stored),
        remove,
        order,
        ...(families === undefined ? {} : { families }),
        ...(seed === undefined ? {} : { seed }),
      },
      now,
    )
  } catch (error) {
    await secrets.destroy(sealed)
    throw error
  }
  const needed = new Set(change.put.flatMap(({ stored }) => sealedNames(stored)))
  const names = change.before.flatMap(({ stored }) => sealedNames(stored))
  await secrets.destroy(names.filter((name) => !needed.has(name)))
}

function sameHeaders(
  known: Readonly<Record<string, string>> | null,
  wanted: Readonly<Record<string, string>>,
): boolean {
  if (known === null) return false
  const names = Object.keys(known)
  return names.length === Object.keys(wanted).length && names.every((name) => known[name] === wanted[name])
}
