import type { CatalogModel } from '#shared/models.ts'
import { PRESET_PAGE, type Preset, type PresetRow } from '#shared/presets.ts'
import type { Access } from '../../spec/access.ts'
import type { Presets } from '../../spec/presets.ts'
import { isAdmin, isMember, type Principal } from '../../spec/principal.ts'
import type { PresetSelection, PresetsStore } from '../../storage/index.ts'
import { followChain } from './base-chain.ts'
import { grantsFor } from './grant-rules.ts'
import { unknownRecord } from './record-rules.ts'
import type { RecordTable } from './record-table.ts'

interface PresetListOptions {
  table: RecordTable
  store: Pick<PresetsStore, 'page' | 'tags'>
  access: () => Access
  baseModel(id: string): CatalogModel | null
  nameOf(personId: string): string
}

/** Pages of records and their tags, as far as a person may see them. The database decides; nothing is filtered after. */
export function createPresetList(options: PresetListOptions): Pick<Presets, 'row' | 'list' | 'tags'> {
  const { table, store, access, baseModel, nameOf } = options

  function toRow(preset: Preset, principal: Principal): PresetRow {
    const canWrite = access().mayWrite(principal, preset)
    return {
      preset: canWrite ? preset : { ...preset, params: {}, grants: grantsFor(preset.grants, principal) },
      ...wayOf(preset, principal),
      ownerName: nameOf(preset.ownerId),
      canWrite,
    }
  }

  /** A base model that the person may not use looks as if it were not there. */
  function wayOf(preset: Preset, principal: Principal): Pick<PresetRow, 'state' | 'resolvedBaseId'> {
    const { state, resolvedBaseId, through } = followChain(preset, { record: table.find, baseModel })
    if (isAdmin(principal)) return { state, resolvedBaseId }
    const hidden = through.find((id) => !access().mayUse(principal, id))
    return hidden === undefined ? { state, resolvedBaseId } : { state: 'missing-base', resolvedBaseId: hidden }
  }

  return {
    row(id, principal) {
      const preset = table.find(id)
      if (preset === null || !access().maySee(principal, preset)) throw unknownRecord()
      return toRow(preset, principal)
    },

    list(query, principal) {
      if (!isMember(principal)) return { items: [], total: 0 }
      const { kind, view, tag, orderBy, direction, page } = query
      const selection: PresetSelection = {
        kind,
        viewer: viewerOf(principal),
        owner: view === 'all' ? null : { id: principal.id, is: view === 'created' },
        tag,
        text: query.query,
      }
      const offset = (page - 1) * PRESET_PAGE
      const { ids, total } = store.page(selection, { order: orderBy, direction, limit: PRESET_PAGE, offset })
      const items = ids.flatMap((id) => {
        const preset = table.find(id)
        return preset === null ? [] : [toRow(preset, principal)]
      })
      return { items, total }
    },

    tags(principal, kind = 'presets') {
      return isMember(principal) ? store.tags({ kind, viewer: viewerOf(principal) }) : []
    },
  }
}

function viewerOf(principal: Principal): PresetSelection['viewer'] {
  return isAdmin(principal) ? null : { id: principal.id, groupIds: principal.groupIds }
}
