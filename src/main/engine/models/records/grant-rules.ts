import { EVERYONE, type Grant, MAX_GRANTS } from '#shared/access.ts'
import type { Preset } from '#shared/presets.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { isAdmin, type Principal } from '../../spec/principal.ts'

/**
 * The grants that this person may give, each once. Who is no administrator shares only as far as their permissions go:
 * what goes further is left out, unless it was granted already (an edit does not take back what others gave).
 */
export function allowedGrants(wanted: readonly Grant[], before: readonly Grant[], by: Principal): Grant[] {
  const known = new Set(before.map(keyOf))
  const unique = new Map(wanted.map((grant) => [keyOf(grant), grant]))
  const allowed = [...unique].filter(([key, grant]) => isAdmin(by) || known.has(key) || mayGive(grant, by))
  if (allowed.length > MAX_GRANTS) {
    throw new EngineError('invalid_request', `A model can have ${MAX_GRANTS} grants at most. Use groups.`, {
      param: 'grants',
    })
  }
  return allowed.map(([, { principalType, principalId, permission }]) => ({ principalType, principalId, permission }))
}

/** The grants that concern a person who may only read: whom else a model is shared with is not for them. */
export function grantsFor(grants: Preset['grants'], viewer: Principal): Grant[] {
  return grants.filter(({ principalType, principalId }) => {
    if (principalType === 'group') return viewer.groupIds.includes(principalId)
    return principalType === 'anyone' || principalId === EVERYONE || principalId === viewer.id
  })
}

function mayGive({ principalType, principalId }: Grant, { permissions }: Principal): boolean {
  if (principalType === 'anyone' || principalId === EVERYONE) return permissions.sharing.public_models
  return principalType === 'group' ? permissions.access_grants.allow_groups : permissions.access_grants.allow_users
}

function keyOf({ principalType, principalId, permission }: Grant): string {
  return `${principalType}\n${principalId}\n${permission}`
}
