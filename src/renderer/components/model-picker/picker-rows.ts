import type { CatalogModel } from '#shared/models.ts'
import { PLACES, type Place } from '#shared/place.ts'
import { matchModel } from './match-model.ts'

export type PickerGroup = 'recent' | Place | 'unavailable'

/** What the list shows, top to bottom. `index` counts models alone: it is the option's place in the listbox. */
export type PickerRow =
  | { kind: 'group'; group: PickerGroup; count: number }
  | { kind: 'model'; group: PickerGroup; model: CatalogModel; index: number }

export interface PickerList {
  rows: PickerRow[]
  /** The models of the rows, in their order. */
  models: CatalogModel[]
}

/**
 * Models by group: lately used, then by place, and last those that cannot answer now. A search leaves the places, best
 * match first. `models` are in the order that each group keeps; `recent` are ids, the latest first.
 */
export function pickerRows(models: readonly CatalogModel[], recent: readonly string[], query: string): PickerList {
  const searching = query.trim() !== ''
  const scores = new Map<CatalogModel, number>()
  const groups = new Map<PickerGroup, CatalogModel[]>()
  for (const model of models) {
    const score = searching ? matchModel(model, query) : 1
    if (score === 0) continue
    scores.set(model, score)
    const group = groupOf(model, searching ? [] : recent)
    const members = groups.get(group)
    if (members === undefined) groups.set(group, [model])
    else members.push(model)
  }
  const scoreOf = (model: CatalogModel | undefined): number => (model === undefined ? 0 : (scores.get(model) ?? 0))
  if (searching) for (const members of groups.values()) members.sort((a, b) => scoreOf(b) - scoreOf(a))
  groups.get('recent')?.sort((a, b) => recent.indexOf(a.id) - recent.indexOf(b.id))
  const places = searching
    ? PLACES.toSorted((a, b) => scoreOf(groups.get(b)?.[0]) - scoreOf(groups.get(a)?.[0]))
    : PLACES
  return listOf(groups, ['recent', ...places, 'unavailable'])
}

function groupOf(model: CatalogModel, recent: readonly string[]): PickerGroup {
  if (model.state !== 'ready') return 'unavailable'
  return recent.includes(model.id) ? 'recent' : model.place
}

function listOf(groups: ReadonlyMap<PickerGroup, CatalogModel[]>, order: readonly PickerGroup[]): PickerList {
  const list: PickerList = { rows: [], models: [] }
  for (const group of order) {
    const members = groups.get(group) ?? []
    if (members.length > 0) list.rows.push({ kind: 'group', group, count: members.length })
    for (const model of members) {
      list.rows.push({ kind: 'model', group, model, index: list.models.length })
      list.models.push(model)
    }
  }
  return list
}
