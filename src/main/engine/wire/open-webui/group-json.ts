import { z } from 'zod'
import type { Permissions } from '#shared/access.ts'
import type { Group, GroupInput } from '#shared/team.ts'
import { parseRequest } from '../parse-request.ts'
import { NO_PERMISSIONS, permissionsFromJson } from './permissions-json.ts'

const formSchema = z.looseObject({
  name: z.string().trim().min(1).max(200),
  description: z.string().max(4_000).nullish(),
  permissions: z.unknown().optional(),
  data: z.record(z.string(), z.unknown()).nullish(),
  /** Older clients send all members along. */
  user_ids: z.array(z.string().max(256)).max(10_000).nullish(),
})
const patchSchema = formSchema.extend({ name: z.string().trim().min(1).max(200).nullish() })
const memberIdsSchema = z.looseObject({ user_ids: z.array(z.string().max(256)).max(10_000).nullish() })

/** A group as sent by a client. */
export interface GroupForm {
  input: GroupInput
  /** The members it shall have; null leaves them alone. */
  userIds: string[] | null
}

export function groupToJson(group: Group): Record<string, unknown> {
  return {
    id: group.id,
    user_id: group.ownerId,
    name: group.name,
    description: group.description,
    data: group.data,
    meta: null,
    permissions: group.permissions,
    created_at: group.createdAt,
    updated_at: group.updatedAt,
    member_count: group.memberCount,
  }
}

/** A new group. Throws `invalid_request` that names the field. */
export function newGroupFromJson(body: unknown): GroupForm {
  const form = parseRequest(formSchema, body)
  return {
    input: {
      name: form.name,
      description: form.description ?? '',
      ...(form.permissions == null ? {} : { permissions: permissionsOf(form.permissions, NO_PERMISSIONS) }),
      ...(form.data == null ? {} : { data: form.data }),
    },
    userIds: form.user_ids ?? null,
  }
}

/** A changed group: what the client leaves out stays. Throws `invalid_request` that names the field. */
export function changedGroupFromJson(body: unknown, group: Group): GroupForm {
  const form = parseRequest(patchSchema, body)
  const permissions =
    form.permissions == null ? group.permissions : permissionsOf(form.permissions, group.permissions ?? NO_PERMISSIONS)
  return {
    input: {
      name: form.name ?? group.name,
      description: form.description ?? group.description,
      permissions,
      data: form.data ?? group.data,
    },
    userIds: form.user_ids ?? null,
  }
}

/** `{user_ids}` of adding and removing members. Throws `invalid_request`. */
export function memberIdsFromJson(body: unknown): string[] {
  return parseRequest(memberIdsSchema, body).user_ids ?? []
}

function permissionsOf(json: unknown, base: Permissions): Permissions {
  return permissionsFromJson(json, base, 'permissions')
}
