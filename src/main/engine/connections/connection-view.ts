import type { ConnectionHealth, ConnectionView } from '#shared/connections.ts'
import type { Connection } from '../spec/connections.ts'
import { type ConnectionEntry, titleOf } from './connection-entry.ts'
import { maskHeaders, maskOf } from './mask.ts'
import { revisionOf } from './revision.ts'

/** A configured connection as a window sees it: secrets masked. `inUse` is false if it or its family is switched off. */
export function viewOfEntry(
  { stored, secrets, place }: ConnectionEntry,
  position: number,
  inUse: boolean,
  health: ConnectionHealth,
): ConnectionView {
  return {
    id: stored.id,
    position,
    title: titleOf(stored.config),
    provider: stored.config.provider,
    place,
    config: { ...stored.config, headers: maskHeaders(stored.headerNames, secrets.headers) },
    keys: stored.keys.map(({ id, last4 }) => ({ id, mask: maskOf(last4) })),
    origin: stored.origin,
    revision: revisionOf(stored),
    health: inUse ? health : { ...health, state: 'disabled', nextCheckAt: null },
  }
}

/** The built-in connection as a window sees it: there is nothing to set. */
export function viewOfBuiltIn({ id, name, provider, place }: Connection, health: ConnectionHealth): ConnectionView {
  return {
    id,
    position: 0,
    title: name,
    provider,
    place,
    config: null,
    keys: [],
    origin: 'built-in',
    revision: '',
    health,
  }
}
