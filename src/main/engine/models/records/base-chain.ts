import { isSameName, otherName } from '#shared/model-name.ts'
import type { CatalogModel } from '#shared/models.ts'
import type { Preset, PresetRow } from '#shared/presets.ts'

/** Looks up what ids stand for: records by exact id, base models under either way to write theirs. */
export interface ChainSources {
  record(id: string): Preset | null
  baseModel(id: string): CatalogModel | null
}

/** Where a record's way to its base model ends. */
export interface ChainEnd {
  state: PresetRow['state']
  /** Null in a cycle. */
  resolvedBaseId: string | null
  /** Ids after the record's own, in order. */
  through: string[]
}

/** The record of an id under either way to write it. */
export function recordOf(id: string, find: ChainSources['record']): Preset | null {
  const other = otherName(id)
  return find(id) ?? (other === null ? null : find(other))
}

/**
 * Follows a record down to what runs it, and says what is in the way, nearest first. Unlike requests it knows no fallback
 * model and goes on behind what is switched off. A base model that is there wins over a preset of its id.
 */
export function followChain(preset: Preset, { record, baseModel }: ChainSources): ChainEnd {
  const seen = new Set<Preset>()
  const through: string[] = []
  let here: Preset | null = preset
  let { id } = preset
  let isActive = true
  while (here !== null) {
    if (seen.has(here)) return { state: 'cycle', resolvedBaseId: null, through }
    seen.add(here)
    isActive &&= here.isActive
    if (here.baseModelId === null) break
    id = here.baseModelId
    through.push(id)
    const next = recordOf(id, record)
    here = next !== null && next.baseModelId !== null && baseModel(id) !== null ? null : next
  }
  const base = baseModel(id)
  const end = { resolvedBaseId: base?.id ?? id, through }
  if (!isActive) return { state: 'inactive', ...end }
  if (base === null) return { state: 'missing-base', ...end }
  const isReplaced = preset.baseModelId !== null && baseModel(preset.id) !== null
  return { state: base.state === 'ready' && !isReplaced ? 'ready' : 'unavailable', ...end }
}

/** Whether a record of this id over this base would lead in a circle. */
export function leadsInCircle(id: string, baseModelId: string | null, find: ChainSources['record']): boolean {
  const seen = new Set<Preset>()
  let next = baseModelId
  while (next !== null) {
    if (isSameName(next, id)) return true
    const here = recordOf(next, find)
    if (here === null) return false
    if (seen.has(here)) return true
    seen.add(here)
    next = here.baseModelId
  }
  return false
}
