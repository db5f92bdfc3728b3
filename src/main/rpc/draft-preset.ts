import type { Preset, PresetInput } from '#shared/presets.ts'
import type { Engine } from '../engine/spec/engine.ts'
import { isAdmin, type Principal } from '../engine/spec/principal.ts'
import { unknownModel } from '../engine/spec/unknown-model.ts'

/** A draft as the record that it would be once saved by this person, switched on. */
export function draftPreset(draft: PresetInput, saved: Preset | null, principal: Principal): Preset {
  const { baseModelId, name, params, meta } = draft
  return {
    id: saved?.id ?? draft.id,
    // A model upon itself is an override.
    baseModelId: baseModelId === draft.id ? null : baseModelId,
    name,
    params,
    meta,
    grants: [],
    isActive: true,
    ownerId: saved?.ownerId ?? principal.id,
    createdAt: saved?.createdAt ?? 0,
    updatedAt: saved?.updatedAt ?? 0,
    extra: {},
  }
}

/**
 * Throws `model_not_found` unless the person may use what the draft stands on: else it would show what is below.
 * Administrators also see drafts whose base is missing.
 */
export function requireBase(
  { access }: Pick<Engine, 'access'>,
  { id, baseModelId }: Preset,
  principal: Principal,
): void {
  const below = baseModelId ?? id
  if (!isAdmin(principal) && !access.mayUse(principal, below)) throw unknownModel(below)
}
