import type { SharingSettings, SharingState } from '#shared/sharing.ts'
import {
  type ApiKey,
  type Group,
  type GroupInput,
  type Invite,
  type NewInvite,
  type NewKey,
  type NewPerson,
  type OauthProvider,
  PEOPLE_PAGE,
  type PeopleQuery,
  type Person,
  type PersonPatch,
  peopleQuerySchema,
  type SessionState,
  type TeamSettings,
} from '#shared/team.ts'
import type { MockEngine } from './mock-engine.ts'
import { person, sharingFor, someSessions } from './team-samples.ts'

export interface TeamHolder {
  /** Who the window is; null: nobody yet. */
  session: SessionState
  people: Person[]
  groups: Group[]
  keys: ApiKey[]
  invites: Invite[]
  teamSettings: TeamSettings
  oauthProviders: OauthProvider[]
  sharing: SharingState
}

/** The team part of an engine in memory: changes are kept, and said to the windows. */
export function serveTeam(state: TeamHolder, on: MockEngine['on'], emit: MockEngine['emit']): void {
  let made = 0
  const seconds = (): number => Math.floor(Date.now() / 1000)
  const changed = <Value>(value: Value): Value => {
    emit({ type: 'team:changed' })
    return value
  }
  function find<Item extends { id: string }>(list: readonly Item[], id: string): Item {
    const item = list.find((one) => one.id === id)
    if (item === undefined) throw new Error(`The mock engine has no ${id}`)
    return item
  }
  const members = (groupId: string): Person[] => state.people.filter((one) => one.groupIds.includes(groupId))

  on('team.session', () => state.session)
  on('team.people', (input: Partial<PeopleQuery>) => {
    const query = peopleQuerySchema.parse(input)
    const words = query.query.toLowerCase()
    const matching = state.people
      .filter((one) => `${one.name} ${one.email}`.toLowerCase().includes(words))
      .toSorted((a, b) => sortKey(a, query).localeCompare(sortKey(b, query)))
    if (query.direction === 'desc') matching.reverse()
    const from = (query.page - 1) * PEOPLE_PAGE
    return { items: matching.slice(from, from + PEOPLE_PAGE), total: matching.length }
  })
  on('team.directory', () => ({
    people: state.people.map(({ id, name, email }) => ({ id, name, email })),
    groups: state.groups.map(({ id, name, memberCount }) => ({ id, name, memberCount })),
  }))
  on('team.addPerson', ({ name, email, role }: NewPerson) => {
    made += 1
    const added = person(`made-${made}`, { name, email, role: role ?? 'pending', lastActiveAt: null })
    state.people = [...state.people, added]
    if (state.sharing.state === 'blocked') state.sharing = sharingFor(state.sharing.settings)
    return changed(added)
  })
  on('team.updatePerson', ({ id, patch }: { id: string; patch: PersonPatch }) => {
    const { name, email, role } = patch
    const before = find(state.people, id)
    const after = { ...before, name: name ?? before.name, email: email ?? before.email, role: role ?? before.role }
    state.people = state.people.map((one) => (one.id === id ? after : one))
    return changed(after)
  })
  on('team.removePerson', ({ id }: { id: string }) => {
    find(state.people, id)
    state.people = state.people.filter((one) => one.id !== id)
    changed(null)
  })
  on('team.signOutEverywhere', () => changed({ ended: 2 }))
  on('team.sessions', () => someSessions())
  on('team.viewAs', () => [
    { id: 'qwen3:8b', name: 'Qwen3 8B', isPreset: false, why: 'everyone who signed in may use models of attic' },
    { id: 'careful', name: 'Careful coder', isPreset: true, why: 'shared with the group Platform' },
  ])
  on('team.groups', () => state.groups.map((group) => ({ ...group, memberCount: members(group.id).length })))
  on('team.members', ({ id }: { id: string }) => members(id))
  on('team.createGroup', (input: GroupInput) => {
    made += 1
    const group: Group = {
      id: `group-${made}`,
      name: input.name,
      description: input.description ?? '',
      permissions: input.permissions ?? null,
      data: {},
      ownerId: 'owner',
      memberCount: 0,
      createdAt: seconds(),
      updatedAt: seconds(),
    }
    state.groups = [...state.groups, group]
    return changed(group)
  })
  on('team.updateGroup', ({ id, input }: { id: string; input: GroupInput }) => {
    const before = find(state.groups, id)
    const after: Group = {
      ...before,
      name: input.name,
      description: input.description ?? '',
      permissions: input.permissions ?? before.permissions,
    }
    state.groups = state.groups.map((one) => (one.id === id ? after : one))
    return changed(after)
  })
  on('team.removeGroup', ({ id }: { id: string }) => {
    state.groups = state.groups.filter((one) => one.id !== id)
    changed(null)
  })
  on('team.setMembers', ({ id, personIds }: { id: string; personIds: string[] }) => {
    state.people = state.people.map((one) => {
      const others = one.groupIds.filter((group) => group !== id)
      return { ...one, groupIds: personIds.includes(one.id) ? [...others, id] : others }
    })
    return changed(find(state.groups, id))
  })
  on('team.keys', ({ personId }: { personId?: string | null }) =>
    personId === null ? state.keys : state.keys.filter((key) => key.personId === (personId ?? state.session.me?.id)),
  )
  on('team.createKey', (input: NewKey) => {
    made += 1
    const key: ApiKey = {
      id: `key-${made}`,
      name: input.name,
      start: 'sk-swy-5d2e…',
      scopes: input.scopes ?? ['models', 'chat', 'embeddings'],
      personId: state.session.me?.id ?? '',
      createdAt: seconds(),
      expiresAt: input.expiresAt ?? null,
      lastUsedAt: null,
    }
    state.keys = [...state.keys, key]
    return changed({ key, secret: `sk-swy-${'5d2e'.repeat(12)}` })
  })
  on('team.revokeKey', ({ id }: { id: string }) => {
    find(state.keys, id)
    state.keys = state.keys.filter((one) => one.id !== id)
    changed(null)
  })
  on('team.invites', () => state.invites)
  on('team.createInvite', (input: NewInvite) => {
    made += 1
    const invite: Invite = {
      id: `invite-${made}`,
      note: input.note ?? '',
      role: input.role ?? 'user',
      groupIds: input.groupIds ?? [],
      createdAt: seconds(),
      expiresAt: seconds() + (input.hours ?? 72) * 3600,
      usedAt: null,
      personId: null,
    }
    state.invites = [...state.invites, invite]
    return changed({ invite, url: 'https://192.168.1.20:4748/#/join/Zm9yLW1pcmEtb25seS1vbmNl' })
  })
  on('team.revokeInvite', ({ id }: { id: string }) => {
    find(state.invites, id)
    state.invites = state.invites.filter((one) => one.id !== id)
    changed(null)
  })
  on('team.settings', () => state.teamSettings)
  on('team.setSettings', (patch: Partial<TeamSettings>) => {
    state.teamSettings = { ...state.teamSettings, ...patch }
    return changed(state.teamSettings)
  })
  on('team.oauthProviders', () => state.oauthProviders)
  on('team.saveOauthProvider', (input: OauthProvider) => {
    const saved = { ...input, clientSecret: `••••${input.clientSecret.slice(-4)}` }
    state.oauthProviders = [...state.oauthProviders.filter(({ id }) => id !== input.id), saved]
    return changed(saved)
  })
  on('team.removeOauthProvider', ({ id }: { id: string }) => {
    state.oauthProviders = state.oauthProviders.filter((one) => one.id !== id)
    changed(null)
  })
  on('sharing.state', () => state.sharing)
  on('sharing.update', (patch: Partial<SharingSettings>) => {
    state.sharing = sharingFor({ ...state.sharing.settings, ...patch }, state.sharing.found)
    emit({ type: 'sharing:changed' })
    return state.sharing
  })
}

function sortKey(one: Person, { orderBy }: PeopleQuery): string {
  switch (orderBy) {
    case 'name':
      return one.name
    case 'email':
      return one.email
    case 'role':
      return `${one.role} ${String(one.createdAt).padStart(12, '0')}`
    case 'created_at':
      return String(one.createdAt).padStart(12, '0')
    case 'last_active_at':
      return String(one.lastActiveAt ?? 0).padStart(12, '0')
  }
}
