import { type Permissions, permissionsSchema, type Role } from '#shared/access.ts'
import type { Group } from '#shared/team.ts'
import { ANONYMOUS, OWNER } from '../spec/principal.ts'

/** What a person may do: administrators all, those who wait nothing, others what a group or the defaults give. */
export function permissionsFor(role: Role, groups: readonly Group[], defaults: Permissions): Permissions {
  if (role === 'admin') return OWNER.permissions
  if (role === 'pending') return ANONYMOUS.permissions
  const given = groups.flatMap(({ permissions }) => permissions ?? [])
  const merged: Record<string, Record<string, boolean>> = {}
  for (const [area, rights] of Object.entries(defaults)) {
    merged[area] = Object.fromEntries(
      Object.entries(rights).map(([right, isDefault]) => [
        right,
        isDefault || given.some((permissions) => isGiven(permissions, area, right)),
      ]),
    )
  }
  return permissionsSchema.parse(merged)
}

function isGiven(
  permissions: Readonly<Record<string, Readonly<Record<string, boolean>>>>,
  area: string,
  right: string,
) {
  return permissions[area]?.[right] === true
}
