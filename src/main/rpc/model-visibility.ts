import { setImmediate } from 'node:timers/promises'
import { EVERYONE, type Grant } from '#shared/access.ts'
import { otherName } from '#shared/model-name.ts'
import type { Engine } from '../engine/spec/engine.ts'
import type { Principal } from '../engine/spec/principal.ts'

/** Longest work without letting others have their turn, ms. */
const TURN_MS = 15

const READ_BY_EVERYONE: Grant = { principalType: 'user', principalId: EVERYONE, permission: 'read' }

/**
 * Shows models to everyone who signed in, or takes that back; other grants stay. A base model without a record gets one:
 * without, it follows its connections. Ids that nothing has are passed over. Returns how many changed.
 */
export async function setVisibility(
  { presets, catalog }: Pick<Engine, 'presets' | 'catalog'>,
  ids: readonly string[],
  visibility: 'private' | 'everyone',
  principal: Principal,
): Promise<number> {
  let changed = 0
  let turnBegan = performance.now()
  for (const id of new Set(ids)) {
    const other = otherName(id)
    const record = presets.find(id) ?? (other === null ? null : presets.find(other))
    const base = record === null ? catalog.find(id) : null
    if (record === null && base === null) continue
    const others = record?.grants.filter((grant) => !isForEveryone(grant)) ?? []
    const isPublic = record?.grants.some(isForEveryone) ?? false
    if (record !== null && isPublic === (visibility === 'everyone')) continue
    const grants = visibility === 'everyone' ? [...others, READ_BY_EVERYONE] : others
    presets.setGrants(record?.id ?? base?.id ?? id, grants, principal, record?.name ?? base?.name)
    changed += 1
    if (performance.now() - turnBegan < TURN_MS) continue
    await setImmediate()
    turnBegan = performance.now()
  }
  return changed
}

/** `anyone` includes everyone who signed in: a private model has neither. */
function isForEveryone({ principalType, principalId, permission }: Grant): boolean {
  return permission === 'read' && (principalType === 'anyone' || (principalType === 'user' && principalId === EVERYONE))
}
