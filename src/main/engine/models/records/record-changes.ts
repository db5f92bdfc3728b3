import { isSameName } from '#shared/model-name.ts'
import type { CatalogModel } from '#shared/models.ts'
import type { IncomingPreset, Preset, PresetInput } from '#shared/presets.ts'
import type { Access } from '../../spec/access.ts'
import { EngineError } from '../../spec/engine-error.ts'
import type { Presets } from '../../spec/presets.ts'
import { isAdmin, type Principal } from '../../spec/principal.ts'
import type { PresetsStore } from '../../storage/index.ts'
import { acceptRecord, isUnchanged } from './accept-record.ts'
import { leadsInCircle, recordOf } from './base-chain.ts'
import { acceptMeta } from './record-meta.ts'
import { requireAdmin, requireMember, requirePermission, requireWritable, unknownRecord } from './record-rules.ts'
import type { RecordTable } from './record-table.ts'

interface RecordChangesOptions {
  table: RecordTable
  store: Pick<PresetsStore, 'versions'>
  access: () => Access
  baseModel(id: string): CatalogModel | null
  /** Epoch s. */
  now(): number
  nameOf(personId: string): string
}

type Changes = Pick<
  Presets,
  'create' | 'update' | 'setActive' | 'setGrants' | 'remove' | 'removeAll' | 'rebind' | 'history' | 'revert'
>

/** Changes of records one by one: who may, what is accepted, and the earlier states. */
export function createRecordChanges(options: RecordChangesOptions): Changes {
  const { table, store, access, baseModel, now, nameOf } = options

  function accept(given: IncomingPreset, before: Preset | null, by: Principal): Preset {
    const context = {
      by,
      now: now(),
      record: table.find,
      taken: table.find,
      baseModel,
      isUnreadable: table.isUnreadable,
    }
    return acceptRecord(given, before, context)
  }

  function save(after: Preset, by: Principal): Preset {
    return table.commit({ put: [after] }, by.id)[0] ?? after
  }

  function change(before: Preset, given: IncomingPreset, by: Principal): Preset {
    const after = accept(given, before, by)
    return isUnchanged(before, after) ? before : save(after, by)
  }

  const writable = (id: string, by: Principal): Preset => requireWritable(table.find(id), by, access())

  return {
    create(input, principal) {
      requirePermission(principal, 'models')
      return save(accept(fieldsOf(input), null, principal), principal)
    },

    update(id, input, principal) {
      const before = writable(id, principal)
      if (input.id !== id) {
        throw new EngineError('invalid_request', 'The id of a model cannot be changed. Make a copy under the new id.', {
          param: 'id',
        })
      }
      return change(before, fieldsOf(input), principal)
    },

    setActive: (id, isActive, principal) => change(writable(id, principal), { id, isActive }, principal),

    setGrants(id, grants, principal, name) {
      const known = table.find(id)
      if (known !== null) return change(writable(id, principal), { id, grants }, principal)
      const base = isAdmin(principal) ? baseModel(id) : null
      if (base === null) throw unknownRecord()
      requireAdmin(principal)
      const other = recordOf(base.id, table.find)
      if (other !== null) return change(other, { id: other.id, grants }, principal)
      return save(
        accept({ id: base.id, baseModelId: null, name: name ?? base.name, grants }, null, principal),
        principal,
      )
    },

    remove(id, principal) {
      writable(id, principal)
      table.commit({ put: [], remove: [id] }, principal.id)
    },

    removeAll(principal) {
      requireAdmin(principal)
      const ids = [...table.all()].map(({ id }) => id)
      table.commit({ put: [], remove: ids }, principal.id)
      return ids.length
    },

    rebind(from, to, principal) {
      const of = [...table.all()].filter(
        (record) => record.baseModelId === from && from !== to && access().mayWrite(principal, record),
      )
      requireUsable(to, principal)
      const put = of
        .filter(({ id }) => !isSameName(id, to) && !leadsInCircle(id, to, table.find))
        .map((record) => accept({ id: record.id, baseModelId: to }, record, principal))
      return table.commit({ put }, principal.id).length
    },

    history(id, principal) {
      writable(id, principal)
      return store
        .versions(id)
        .map((entry) => ({ ...entry, savedBy: nameOf(entry.savedBy), preset: shown(entry.preset) }))
    },

    revert(id, version, principal) {
      const before = writable(id, principal)
      const old = store.versions(id).find((entry) => entry.version === version)
      if (old === undefined) {
        throw new EngineError('not_found', `There is no version ${version} of "${id}" any more.`)
      }
      // Access and the switch stay as they are: who brings back an old prompt must not share it anew by that.
      const { baseModelId, name, params, meta, extra } = old.preset
      return change(before, { id, baseModelId, name, params, meta, extra }, principal)
    },
  }

  function requireUsable(id: string, principal: Principal): void {
    requireMember(principal)
    const isKnown = baseModel(id) !== null || recordOf(id, table.find) !== null
    if (!isAdmin(principal) || !isKnown) access().requireModel(principal, id)
  }
}

/** An input's fields and no others: what a caller adds beside them (an owner, times) is not its to say. */
function fieldsOf(input: PresetInput): IncomingPreset {
  const { id, baseModelId, name, params, meta, grants, isActive, extra } = input
  return { id, baseModelId, name, params, meta, grants, isActive, extra }
}

/** Versions were saved under the rules of their time. */
function shown(preset: Preset): Preset {
  return { ...preset, meta: acceptMeta(preset.meta) }
}
