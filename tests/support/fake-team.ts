import { EngineError } from '../../src/main/engine/spec/engine-error.ts'
import { isAdmin, OWNER, type Principal } from '../../src/main/engine/spec/principal.ts'
import type { Authenticated, Team } from '../../src/main/engine/spec/team.ts'
import { DEFAULT_PERMISSIONS } from '../../src/shared/access.ts'
import type { KeyScope, OauthProvider, Person, TeamSettings } from '../../src/shared/team.ts'

/** A team whose tokens the test hands out. */
export interface FakeTeam {
  readonly team: Team
  settings: TeamSettings
  oauthProviders: OauthProvider[]
  /** What people's tokens at their provider are; a missing one is null. */
  readonly oauthTokens: Map<string, string | Error>
  readonly clientSettings: Map<string, Record<string, unknown>>
  /** Models that people who are not administrators may use; null: all. */
  visible: Set<string> | null
  /** A session of a person; made if it is new. */
  session(name: string, role: Principal['role']): string
  /** A key of a person; made if it is new. */
  key(name: string, role: Principal['role'], scopes: KeyScope[]): string
  /** The token is worth nothing from now on. */
  revoke(token: string): void
  maySee(principal: Principal, modelId: string): boolean
}

const OURS = /^(?:swy_|sk-swy-)/

export function createFakeTeam(): FakeTeam {
  const people = new Map<string, Person>()
  const tokens = new Map<string, Principal>()
  let made = 0

  function principalOf(name: string, role: Principal['role'], parts: Pick<Principal, 'key' | 'sessionId'>): Principal {
    const person: Person = people.get(name) ?? {
      id: `id-of-${name}`,
      name,
      email: `${name}@example.test`,
      role,
      profileImageUrl: '',
      lastActiveAt: null,
      createdAt: people.size,
      updatedAt: people.size,
      groupIds: ['g1'],
      signsInWith: ['password'],
    }
    people.set(name, person)
    const permissions = { ...DEFAULT_PERMISSIONS, features: { api_keys: true } }
    const { id, email, groupIds } = person
    return { id, kind: 'person', role, name, email, groupIds, groupNames: ['Everyone here'], permissions, ...parts }
  }

  const fake: FakeTeam = {
    settings: {
      signUp: 'request',
      defaultRole: 'user',
      defaultGroupId: null,
      apiKeys: true,
      permissions: DEFAULT_PERMISSIONS,
      pendingTitle: '',
      pendingText: '',
      requireSignIn: false,
      modelsHere: 'everyone',
    },
    oauthProviders: [],
    oauthTokens: new Map(),
    clientSettings: new Map(),
    visible: null,
    session(name, role) {
      made += 1
      const token = `swy_${String(made).padStart(43, '0')}`
      tokens.set(token, principalOf(name, role, { key: null, sessionId: `session-${made}` }))
      return token
    },
    key(name, role, scopes) {
      made += 1
      const token = `sk-swy-${made.toString(16).padStart(48, '0')}`
      tokens.set(token, principalOf(name, role, { key: { id: `key-${made}`, name: 'a key', scopes }, sessionId: null }))
      return token
    },
    revoke(token) {
      tokens.delete(token)
    },
    maySee: (principal, modelId) => isAdmin(principal) || fake.visible === null || fake.visible.has(modelId),
    team: {
      hasAccounts: () => people.size > 0,
      settings: () => fake.settings,
      authenticate(token: string): Authenticated {
        if (!OURS.test(token)) return { ok: false, why: 'foreign' }
        const principal = tokens.get(token)
        if (principal === undefined) return { ok: false, why: 'invalid' }
        return { ok: true, principal, isStillTrue: () => tokens.get(token) === principal }
      },
      isOurs: (token: string) => OURS.test(token),
      keyHeaders: ['x-api-key'],
      keyEndpoints: null,
      person: (id: string) => [...people.values()].find((person) => person.id === id) ?? null,
      everyone: () => [...people.values()],
      permissionsOf: () => OWNER.permissions,
      oauthProviders: () => fake.oauthProviders,
      sessionSeconds: () => 3_600,
      clientSettings: (personId: string) => fake.clientSettings.get(personId) ?? null,
      saveClientSettings: (personId: string, settings: Record<string, unknown>) =>
        void fake.clientSettings.set(personId, settings),
      async oauthToken(personId: string) {
        const token = fake.oauthTokens.get(personId) ?? null
        if (token instanceof Error) throw new EngineError('upstream_error', token.message)
        return token
      },
      activePeople: () => [],
      onChange: () => () => {},
    } satisfies Partial<Team> as unknown as Team,
  }
  return fake
}
