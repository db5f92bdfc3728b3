import { EVERYONE } from '#shared/access.ts'
import type { ConnectionView } from '#shared/connections.ts'
import type { Engine } from '../engine/spec/engine.ts'
import type { ListedModel } from '../engine/spec/presets.ts'
import type { Principal } from '../engine/spec/principal.ts'

/** Why a person may use a listed model, as one plain sentence for whoever looks through their eyes. */
export function whyListed(
  { record, base }: ListedModel,
  { id, role, groupIds, groupNames }: Principal,
  connections: readonly ConnectionView[],
  modelsHere: ReturnType<Engine['team']['settings']>['modelsHere'],
): string {
  if (record !== null) {
    if (record.ownerId === id) return 'It is their own.'
    const readers = record.grants.filter(({ permission }) => permission === 'read')
    if (readers.some(({ principalType, principalId }) => principalType === 'user' && principalId === id)) {
      return 'It is shared with them.'
    }
    const group = groupIds.findIndex((groupId) =>
      readers.some(({ principalType, principalId }) => principalType === 'group' && principalId === groupId),
    )
    if (group >= 0) return `It is shared with the group ${groupNames[group] ?? groupIds[group]}.`
    if (readers.some(({ principalType, principalId }) => principalType === 'anyone' || principalId === EVERYONE)) {
      return 'It is shared with everyone.'
    }
  } else {
    const holders = new Set(base.holders.map(({ connectionId }) => connectionId))
    const open = connections.find((each) => holders.has(each.id) && each.config?.visibility === 'everyone')
    if (open !== undefined) return `Everyone may use the models of ${open.title}.`
    if (modelsHere === 'everyone' && base.holders.some(({ provider }) => provider === 'llama')) {
      return 'Everyone may use the models that run on this computer.'
    }
  }
  if (role === 'admin') return 'They are an administrator.'
  return 'Access to models is not restricted (BYPASS_MODEL_ACCESS_CONTROL).'
}
