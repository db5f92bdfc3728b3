import { z } from 'zod'

/** `pending`: may sign in, and waits for an administrator to let them use anything. */
export const ROLES = ['pending', 'user', 'admin'] as const
export const roleSchema = z.enum(ROLES)
export type Role = z.infer<typeof roleSchema>

/** The person at this computer: no account, all rights. Records that they make are owned by this id. */
export const OWNER_ID = 'owner'

/** Principal id of a grant to every signed-in person (`principalType: 'user'`). */
export const EVERYONE = '*'

/**
 * One right on one record. `user` with id `*` is every signed-in person; `anyone` needs no sign-in at all.
 * As in Open WebUI, `write` does not imply `read`.
 */
export const grantSchema = z.object({
  principalType: z.enum(['user', 'group', 'anyone']),
  principalId: z.string().min(1).max(256),
  permission: z.enum(['read', 'write']),
})
export type Grant = z.infer<typeof grantSchema>

/** Most grants of one record. */
export const MAX_GRANTS = 1_000
export const grantsSchema = z.array(grantSchema).max(MAX_GRANTS)

/** What people may do beyond using models; group permissions are OR-ed, then the defaults. Open WebUI's names. */
export const permissionsSchema = z.object({
  workspace: z.object({ models: z.boolean(), models_import: z.boolean(), models_export: z.boolean() }),
  sharing: z.object({ models: z.boolean(), public_models: z.boolean() }),
  access_grants: z.object({ allow_users: z.boolean(), allow_groups: z.boolean() }),
  features: z.object({ api_keys: z.boolean() }),
})
export type Permissions = z.infer<typeof permissionsSchema>

/** As Open WebUI ships them. */
export const DEFAULT_PERMISSIONS: Permissions = {
  workspace: { models: false, models_import: false, models_export: false },
  sharing: { models: false, public_models: false },
  access_grants: { allow_users: true, allow_groups: true },
  features: { api_keys: false },
}
