import { EVERYONE, type Grant } from '#shared/access.ts'
import type { ConnectionView } from '#shared/connections.ts'
import { getByName } from '#shared/model-name.ts'
import type { CatalogModel } from '#shared/models.ts'
import type { PresetRow } from '#shared/presets.ts'
import type { TeamSettings } from '#shared/team.ts'

export type Visibility = 'private' | 'everyone'

/** One line of "which models": whether everyone may use it, and what that follows from. */
export interface SharedModel {
  model: CatalogModel
  visibility: Visibility
  /** The models further down that not everyone may use, though this one says so: then nobody gains by it. */
  heldBackBy: string | null
}

function saysEveryone(grants: readonly Grant[]): boolean {
  return grants.some(
    ({ principalType, principalId, permission }) =>
      permission === 'read' && (principalType === 'anyone' || (principalType === 'user' && principalId === EVERYONE)),
  )
}

/** What a connection's models are without a word of their own. The built-in one follows the team's setting. */
export function connectionVisibility(view: ConnectionView, modelsHere: TeamSettings['modelsHere']): Visibility {
  return view.config === null ? modelsHere : view.config.visibility
}

/** Who may use each model: its own record decides, else any of its connections. */
export function sharedModels(
  catalog: readonly CatalogModel[],
  records: ReadonlyMap<string, PresetRow>,
  connections: readonly ConnectionView[],
  modelsHere: TeamSettings['modelsHere'],
): SharedModel[] {
  const open = new Set(
    connections.filter((view) => connectionVisibility(view, modelsHere) === 'everyone').map(({ id }) => id),
  )
  const byId = new Map(catalog.map((model) => [model.id, model]))

  function visibility(model: CatalogModel): Visibility {
    const record = getByName(records, model.id)
    if (record !== undefined) return saysEveryone(record.preset.grants) ? 'everyone' : 'private'
    return model.holders.some(({ connectionId }) => open.has(connectionId)) ? 'everyone' : 'private'
  }
  /** The first model below it that is private; ids are followed once, so that a cycle ends. */
  function heldBackBy(model: CatalogModel): string | null {
    const seen = new Set([model.id])
    let below = getByName(records, model.id)?.preset.baseModelId ?? model.preset?.baseModelId ?? null
    while (below !== null && !seen.has(below)) {
      seen.add(below)
      const next = getByName(byId, below)
      if (next !== undefined && visibility(next) === 'private') return next.name
      below = getByName(records, below)?.preset.baseModelId ?? next?.preset?.baseModelId ?? null
    }
    return null
  }

  return catalog.map((model) => {
    const own = visibility(model)
    return { model, visibility: own, heldBackBy: own === 'everyone' ? heldBackBy(model) : null }
  })
}
