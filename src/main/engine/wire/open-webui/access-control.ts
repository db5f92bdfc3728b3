import { z } from 'zod'
import { EVERYONE, type Grant, MAX_GRANTS } from '#shared/access.ts'
import { parseRequest } from '../parse-request.ts'

const ids = z
  .array(z.string().min(1).max(256))
  .max(MAX_GRANTS)
  .nullish()
  .transform((list) => list ?? [])
const side = z
  .looseObject({ user_ids: ids, group_ids: ids })
  .nullish()
  .transform((given) => ({ users: given?.user_ids ?? [], groups: given?.group_ids ?? [] }))
const bodySchema = z.object({
  access_control: z.looseObject({ read: side, write: side }).nullable(),
})

const PERMISSIONS = ['read', 'write'] as const

/**
 * The older form of access as grants: null lets everyone read, `{}` is for the owner alone, else lists of users and
 * groups that may read or write. Throws `invalid_request` that names the field.
 */
export function grantsFromAccessControl(value: unknown): Grant[] {
  const { access_control: control } = parseRequest(bodySchema, { access_control: value })
  if (control === null) return [{ principalType: 'user', principalId: EVERYONE, permission: 'read' }]
  return PERMISSIONS.flatMap((permission) => [
    ...control[permission].users.map((principalId): Grant => ({ principalType: 'user', principalId, permission })),
    ...control[permission].groups.map((principalId): Grant => ({ principalType: 'group', principalId, permission })),
  ])
}

/** Grants in the older form; undefined where it has no words for them (everyone may write, or anyone without sign-in). */
export function accessControlFromGrants(grants: readonly Grant[]): Record<string, unknown> | null | undefined {
  if (grants.length === 0) return {}
  const open = grants.filter(({ principalType, principalId }) => principalType === 'anyone' || principalId === EVERYONE)
  if (open.length === 0) {
    return Object.fromEntries(
      PERMISSIONS.map((permission) => [
        permission,
        { group_ids: named(grants, 'group', permission), user_ids: named(grants, 'user', permission) },
      ]),
    )
  }
  const [only, ...more] = grants
  const everyoneReads = more.length === 0 && only?.principalType === 'user' && only.permission === 'read'
  return everyoneReads ? null : undefined
}

function named(grants: readonly Grant[], type: Grant['principalType'], permission: Grant['permission']): string[] {
  return grants.flatMap((grant) =>
    grant.principalType === type && grant.permission === permission ? [grant.principalId] : [],
  )
}
