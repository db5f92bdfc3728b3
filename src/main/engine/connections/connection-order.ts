import { EngineError } from '../spec/engine-error.ts'

/** Throws `invalid_request` unless `wanted` names each of `present` exactly once. */
export function requireSameIds(present: readonly string[], wanted: readonly string[]): void {
  const unique = new Set(wanted)
  if (unique.size === wanted.length && wanted.length === present.length && present.every((id) => unique.has(id))) return
  throw new EngineError(
    'invalid_request',
    'The new order has to name every connection once, without the built-in one. The list may have changed: load it again.',
    { param: 'ids' },
  )
}

/**
 * The whole list's order after one family was replaced: its connections take the places that the family had, in their
 * new order, and those beyond follow the last of them, so that the other family stays where it is.
 */
export function mergeFamilyOrder(
  all: readonly string[],
  isInFamily: (id: string) => boolean,
  family: readonly string[],
): string[] {
  const waiting = [...family]
  const lastPlace = all.findLastIndex(isInFamily)
  const order = all.flatMap((id, place) => {
    if (!isInFamily(id)) return [id]
    return place === lastPlace ? waiting.splice(0) : waiting.splice(0, 1)
  })
  return [...order, ...waiting]
}
