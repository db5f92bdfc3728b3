import { OWNER_ID, type Permissions, type Role } from '#shared/access.ts'
import type { KeyScope } from '#shared/team.ts'

/** Who asks, as far as rules care. Made new for each request; what it says may be cached until the next change. */
export interface Principal {
  /** `owner`, a person's id, or empty for `anonymous`. */
  readonly id: string
  /**
   * - `owner`: at this computer, without an account; may do everything
   * - `person`: signed in by session or key
   * - `anonymous`: beyond this computer, without either
   */
  readonly kind: 'owner' | 'person' | 'anonymous'
  readonly role: Role
  readonly name: string
  readonly email: string
  readonly groupIds: readonly string[]
  readonly groupNames: readonly string[]
  readonly permissions: Permissions
  /** The API key it came with; its scopes limit what the person could do. */
  readonly key: { readonly id: string; readonly name: string; readonly scopes: readonly KeyScope[] } | null
  /** The session it came with. */
  readonly sessionId: string | null
}

const ALL: Permissions = {
  workspace: { models: true, models_import: true, models_export: true },
  sharing: { models: true, public_models: true },
  access_grants: { allow_users: true, allow_groups: true },
  features: { api_keys: true },
}
const NONE: Permissions = {
  workspace: { models: false, models_import: false, models_export: false },
  sharing: { models: false, public_models: false },
  access_grants: { allow_users: false, allow_groups: false },
  features: { api_keys: false },
}

/** Whoever sits at this computer. */
export const OWNER: Principal = {
  id: OWNER_ID,
  kind: 'owner',
  role: 'admin',
  name: 'owner',
  email: '',
  groupIds: [],
  groupNames: [],
  permissions: ALL,
  key: null,
  sessionId: null,
}

/** Someone on the network who has not signed in. */
export const ANONYMOUS: Principal = {
  id: '',
  kind: 'anonymous',
  role: 'pending',
  name: '',
  email: '',
  groupIds: [],
  groupNames: [],
  permissions: NONE,
  key: null,
  sessionId: null,
}

/** What connections may fill into custom headers (`{{USER_ID}}`, without braces). */
export function principalVariables(principal: Principal): Record<string, string> {
  const { id, name, email, role, groupNames, groupIds } = principal
  return {
    USER_ID: id,
    USER_NAME: name,
    USER_EMAIL: email,
    USER_ROLE: role,
    USER_GROUPS: groupNames.join(','),
    USER_GROUP_IDS: groupIds.join(','),
  }
}

/** Administrators and the owner. An API key must also have the scope `admin`. */
export function isAdmin({ role, key }: Principal): boolean {
  return role === 'admin' && (key === null || key.scopes.includes('admin'))
}

/** Whether it may use the app at all: people who wait for approval and strangers may not. */
export function isMember({ kind, role }: Principal): boolean {
  return kind !== 'anonymous' && role !== 'pending'
}

/** Whether a key allows this kind of work; without a key, everything. */
export function hasScope({ key }: Principal, scope: KeyScope): boolean {
  return key === null || key.scopes.includes(scope) || key.scopes.includes('admin')
}
