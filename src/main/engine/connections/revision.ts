import { createHash } from 'node:crypto'
import type { StoredConnection } from '../storage/index.ts'

const known = new WeakMap<StoredConnection, string>()

/**
 * Names what is stored of a connection, so that a change can say what it was made from: the same until its
 * configuration, a key or a header value is another one, also after a restart. Nothing of a secret goes in.
 */
export function revisionOf(stored: StoredConnection): string {
  const before = known.get(stored)
  if (before !== undefined) return before
  const { config, keys, headerNames, headerSeal } = stored
  const text = JSON.stringify([config, keys.map(({ id }) => id), headerNames, headerSeal], inKeyOrder)
  const revision = createHash('sha256').update(text).digest('base64url').slice(0, 16)
  known.set(stored, revision)
  return revision
}

/** The order in which fields were written says nothing. */
function inKeyOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
}
