import { otherName } from '#shared/model-name.ts'
import type { ModelDefaults, Preset } from '#shared/presets.ts'
import type { Catalog } from '../../spec/engine.ts'
import type { FollowedModel } from '../../spec/presets.ts'

/** The records by id, in memory. */
export interface RecordLookup {
  find(id: string): Preset | null
}

export interface FollowParts {
  records: RecordLookup
  catalog: Pick<Catalog, 'find'>
  /** Their fallback model, if there is one, stands in for a missing base. */
  defaults: () => ModelDefaults
  /** Goes on through records that are switched off, to show what they would do. */
  inactiveToo?: boolean
}

const NONE: readonly Preset[] = []

/**
 * Follows an id down to its base model. A preset whose id is that of a base model which is there does not count: the base
 * model wins, so nobody can put a record of their own in its place. Its override changes it, and comes last.
 */
export function followModel(id: string, parts: FollowParts): FollowedModel {
  return walk(id, parts, NONE, null, true)
}

/** The record that counts for an id: not a preset in a base model's place. */
export function recordOf(id: string, { records, catalog }: Pick<FollowParts, 'records' | 'catalog'>): Preset | null {
  const record = findRecord(records, id)
  if (record === null || record.baseModelId === null) return record
  return catalog.find(record.id) === null ? record : null
}

function walk(
  start: string,
  parts: FollowParts,
  before: readonly Preset[],
  seen: Set<Preset> | null,
  mayFallBack: boolean,
): FollowedModel {
  let id = start
  // Most models are plain base models: nothing is made for them.
  let own: Preset[] | null = null
  let known = seen
  for (;;) {
    const base = parts.catalog.find(id)
    const record = findRecord(parts.records, base?.id ?? id)
    if (base !== null) {
      const chain = own ?? before
      // A preset in a base model's place does not count.
      const override = record?.baseModelId === null ? record : null
      if (isOff(override, parts)) return ended('inactive', chain, base.id)
      return {
        state: 'ready',
        chain: withOverride(chain, override),
        baseModelId: base.id,
        base,
        usesFallback: before !== NONE,
      }
    }
    if (record === null || record.baseModelId === null) {
      const chain = own ?? before
      if (isOff(record, parts)) return ended('inactive', chain, id)
      // Only what a preset stands on is missed; a base model that is gone is gone, with or without an override.
      if (mayFallBack && own !== null) return standIn(id, withOverride(chain, record), own, known, parts)
      if (record === null && chain === NONE) return ended('unknown', chain, id)
      return ended('missing-base', withOverride(chain, record), id)
    }
    known ??= new Set()
    if (known.has(record)) return ended('cycle', own ?? before, null)
    known.add(record)
    if (isOff(record, parts)) return ended('inactive', own ?? before, record.baseModelId)
    own ??= [...before]
    own.push(record)
    id = record.baseModelId
  }
}

function withOverride(chain: readonly Preset[], override: Preset | null): readonly Preset[] {
  return override === null ? chain : [...chain, override]
}

function isOff(record: Preset | null, { inactiveToo }: FollowParts): boolean {
  return record?.isActive === false && inactiveToo !== true
}

/** The fallback model in the place of a missing base; `missing-base` if it is not there either. */
function standIn(
  missing: string,
  wholeChain: readonly Preset[],
  presets: readonly Preset[],
  seen: Set<Preset> | null,
  parts: FollowParts,
): FollowedModel {
  const { fallbackModelId } = parts.defaults()
  if (fallbackModelId === null || fallbackModelId === '') return ended('missing-base', wholeChain, missing)
  const instead = walk(fallbackModelId, parts, presets, seen, false)
  return instead.state === 'ready' ? instead : ended('missing-base', wholeChain, missing)
}

function ended(
  state: Exclude<FollowedModel['state'], 'ready'>,
  chain: readonly Preset[],
  baseModelId: string | null,
): FollowedModel {
  return { state, chain, baseModelId, base: null, usesFallback: false }
}

/** `x` and `x:latest` are one. */
function findRecord(records: RecordLookup, id: string): Preset | null {
  const found = records.find(id)
  if (found !== null) return found
  const other = otherName(id)
  return other === null ? null : records.find(other)
}
