import { PRESET_VERSIONS, type Preset } from '#shared/presets.ts'
import type { Logger } from '../../spec/engine.ts'
import type { PresetSave, PresetsStore } from '../../storage/index.ts'
import { acceptMeta, searchFields, tagNames } from './record-meta.ts'

/** Every record in memory, as it is on the disk. What it hands out is frozen. */
export interface RecordTable {
  find(id: string): Preset | null
  /** In the order of creation. */
  all(): IterableIterator<Preset>
  /** A row that this version cannot read: its id is taken, and it is left alone. */
  isUnreadable(id: string): boolean
  /** Writes in one transaction, then shows. Returns the records as kept. Throws `disk_full` or `storage_failed`. */
  commit(change: { put: readonly Preset[]; remove?: readonly string[] }, savedBy: string): Preset[]
  onChange(listener: () => void): () => void
  /** Another number after every change. */
  revision(): number
}

/** Reads all records. */
export function createRecordTable(store: PresetsStore, log: Logger): RecordTable {
  const listeners = new Set<() => void>()
  const { presets, broken } = store.all()
  if (broken.length > 0)
    log.warn({ ids: broken }, 'some model records make no sense to this version and are left alone')
  const unreadable = new Set(broken)
  const records = new Map<string, Preset>()
  let revision = 0
  for (const { preset } of presets) records.set(preset.id, deepFreeze({ ...preset, meta: acceptMeta(preset.meta) }))

  return {
    find: (id) => records.get(id) ?? null,
    all: () => records.values(),
    isUnreadable: (id) => unreadable.has(id),
    revision: () => revision,
    commit({ put, remove = [] }, savedBy) {
      if (put.length === 0 && remove.length === 0) return []
      // By way of JSON: what is in memory is then what the next start reads, and no caller holds a part of it.
      const kept = put.map((preset) => deepFreeze(JSON.parse(JSON.stringify(preset)) as Preset))
      store.save({ put: kept.map((preset) => toSave(preset, savedBy)), remove }, PRESET_VERSIONS)
      for (const id of remove) records.delete(id)
      for (const preset of kept) records.set(preset.id, preset)
      revision += 1
      for (const listener of [...listeners]) listener()
      return kept
    },
    onChange(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}

function toSave(preset: Preset, savedBy: string): PresetSave {
  return { preset, savedBy, ...searchFields(preset), tags: tagNames(preset.meta) }
}

/** Records are shared by every request: a change in place would be everyone's. */
function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) deepFreeze(part)
  return Object.freeze(value)
}
