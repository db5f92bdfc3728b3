import type { Permissions } from '#shared/access.ts'
import type { Person } from '#shared/team.ts'
import type { Principal } from '../../spec/principal.ts'
import type { SignedIn } from '../../spec/team.ts'
import { pictureAddress, pictureOf } from './person-json.ts'

/** Answer to signing in and up. `expires_at` is in epoch seconds. */
export function signedInToJson(
  { person, token, expiresAt }: SignedIn,
  permissions: Permissions,
): Record<string, unknown> {
  return {
    token,
    token_type: 'Bearer',
    expires_at: expiresAt,
    ...identity(person.id, person),
    profile_image_url: pictureAddress(person.id),
    permissions,
  }
}

/**
 * Who is signed in. `person` is null for the owner at this computer. `token` is the one that the caller showed in a
 * header, and empty where it came as a cookie: scripts of a page are not handed what the cookie keeps from them.
 * `expiresAt`: epoch seconds; null where no session is shown.
 */
export function sessionToJson(
  principal: Principal,
  person: Person | null,
  token: string,
  expiresAt: number | null = null,
): Record<string, unknown> {
  return {
    token,
    token_type: 'Bearer',
    expires_at: expiresAt,
    ...identity(principal.id, person ?? principal),
    profile_image_url: person === null ? '/user.png' : pictureAddress(person.id),
    permissions: principal.permissions,
  }
}

/** Answer to changing one's own name or picture. */
export function profileToJson(person: Person): Record<string, unknown> {
  return { ...identity(person.id, person), profile_image_url: pictureOf(person) }
}

/** Answer to adding somebody. The token is empty: nobody but the person gets a session of theirs. */
export function addedPersonToJson(person: Person): Record<string, unknown> {
  return { token: '', token_type: 'Bearer', ...profileToJson(person) }
}

function identity(id: string, { email, name, role }: Pick<Principal, 'email' | 'name' | 'role'>): object {
  return { id, email, name, role }
}
