import type { Permissions } from '#shared/access.ts'
import type {
  ApiKey,
  Group,
  GroupInput,
  Invite,
  NewInvite,
  NewKey,
  NewPerson,
  OauthProvider,
  PeoplePage,
  PeopleQuery,
  Person,
  PersonPatch,
  SessionInfo,
  TeamSettings,
} from '#shared/team.ts'
import type { Principal } from './principal.ts'

/** A fresh sign-in. The token is shown once and kept only as a hash. */
export interface SignedIn {
  person: Person
  /** `swy_…`: goes into the cookie or the Authorization header. */
  token: string
  /** Epoch s. */
  expiresAt: number
}

/**
 * - `foreign`: not made by us (a local tool's placeholder key)
 * - `invalid`: shaped like ours, but unknown, revoked or expired
 */
export type Authenticated =
  | {
      ok: true
      principal: Principal
      /** Whether the same token would be answered so again, for who asks with it many times over one connection. */
      isStillTrue?: () => boolean
    }
  | { ok: false; why: 'foreign' | 'invalid' }

/** What a sign-in attempt is counted under. */
export interface SignInOrigin {
  address: string
  userAgent: string
}

/** Accounts, sessions, keys, groups and invites. Synchronous reads from memory or indexed SQL; hashing is off the loop. */
export interface Team {
  /** Whether any account exists. */
  hasAccounts(): boolean
  settings(): TeamSettings
  setSettings(patch: Partial<TeamSettings>, by: Principal): TeamSettings
  permissionsOf(personId: string): Permissions

  /** A session token or API key, compared by hash in constant time. Cached; a revocation shows at once. */
  authenticate(token: string): Authenticated
  /** Whether a text has the shape of a token or key of ours. */
  isOurs(token: string): boolean
  /** Headers beside `Authorization` in which one may come, in lower case and in the order in which they count. */
  readonly keyHeaders: readonly string[]
  /** Paths that API keys may be used for, each with what is below it; null for all. */
  readonly keyEndpoints: readonly string[] | null
  /** Principal of a person as if they called (for "view as"); throws `not_found`. */
  principalOf(personId: string): Principal

  /** Throws `forbidden` where sign-up is closed, `conflict` for a known address. `invite` is a link's secret. */
  signUp(input: NewPerson, origin: SignInOrigin, invite?: string): Promise<SignedIn>
  /** Throws `auth_failed` (same words and same time for an unknown address), `rate_limited`. */
  signIn(email: string, password: string, origin: SignInOrigin): Promise<SignedIn>
  /** Ends one session. */
  signOut(sessionId: string): void
  signOutEverywhere(personId: string): number
  sessions(personId: string, current: string | null): SessionInfo[]
  changePassword(personId: string, current: string, next: string, keepSession: string | null): Promise<void>

  person(id: string): Person | null
  personByEmail(email: string): Person | null
  people(query: PeopleQuery): PeoplePage
  /** All, by name; for pickers. */
  everyone(): Person[]
  addPerson(input: NewPerson, by: Principal): Promise<Person>
  /** Throws `forbidden` for demoting the first administrator by others, and the last one by anyone. */
  updatePerson(id: string, patch: PersonPatch, by: Principal): Promise<Person>
  removePerson(id: string, by: Principal): void

  groups(): Group[]
  group(id: string): Group | null
  groupsOf(personId: string): Group[]
  createGroup(input: GroupInput, by: Principal): Group
  updateGroup(id: string, input: GroupInput, by: Principal): Group
  removeGroup(id: string, by: Principal): void
  members(groupId: string): Person[]
  setMembers(groupId: string, personIds: readonly string[], by: Principal): Group
  addMembers(groupId: string, personIds: readonly string[], by: Principal): Group
  removeMembers(groupId: string, personIds: readonly string[], by: Principal): Group

  /** Throws `forbidden` without the permission. `secret` is shown once. */
  createKey(personId: string, input: NewKey, by: Principal): { key: ApiKey; secret: string }
  /** Of one person, or of all (null). */
  keys(personId: string | null): ApiKey[]
  revokeKey(id: string, by: Principal): void

  /** `secret` is the last part of the link, shown once. */
  createInvite(input: NewInvite, by: Principal): { invite: Invite; secret: string }
  invites(): Invite[]
  revokeInvite(id: string, by: Principal): void
  /** What a link's secret is for; null if used, expired or unknown. */
  checkInvite(secret: string): Invite | null

  oauthProviders(): OauthProvider[]
  saveOauthProvider(input: OauthProvider, by: Principal): OauthProvider
  removeOauthProvider(id: string, by: Principal): void
  /** The address at the provider to go to, and what the browser must bring back (state, verifier, nonce), sealed for a cookie. */
  startOauth(providerId: string, redirectUrl: string): Promise<{ url: string; cookie: string }>
  /** The provider sent the browser back. Creates or finds the account. */
  finishOauth(providerId: string, currentUrl: string, cookie: string, origin: SignInOrigin): Promise<SignedIn>
  /** The person's access token at their provider, refreshed if needed; null without one. For auth type `system_oauth`. */
  oauthToken(personId: string): Promise<string | null>

  /** People with a request in the last five minutes. */
  activePeople(): { id: string; name: string; lastSeenAt: number }[]

  /** How long a sign-in lasts, seconds. */
  sessionSeconds(): number

  /** What a person's client keeps here (free JSON, 100 kB at most; also the owner's); null if nothing. Goes with the person. */
  clientSettings(personId: string): Record<string, unknown> | null
  saveClientSettings(personId: string, settings: Record<string, unknown>): void
  onChange(listener: () => void): () => void
  close(): void
}
