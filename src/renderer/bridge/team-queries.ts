import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import type { PresetRow } from '#shared/presets.ts'
import { PEOPLE_PAGE, type PeopleQuery, type Person } from '#shared/team.ts'
import { client } from './client.ts'
import { useIsAdmin } from './session.ts'

/** Names of what the window keeps about the team and sharing; `team:changed` and `sharing:changed` make them stale. */
export const teamKeys = {
  team: ['team'],
  people: (query: object) => ['team', 'people', query],
  directory: ['team', 'directory'],
  groups: ['team', 'groups'],
  members: (groupId: string) => ['team', 'members', groupId],
  keys: (whose: 'mine' | 'all') => ['team', 'keys', whose],
  invites: ['team', 'invites'],
  settings: ['team', 'settings'],
  sessions: ['team', 'sessions'],
  oauthProviders: ['team', 'oauth'],
  viewAs: (personId: string) => ['team', 'view-as', personId],
  sharing: ['sharing'],
  records: ['presets', 'every-record'],
} as const

/** One page of people; while the next one comes, the last one stays. */
export function usePeople(query: PeopleQuery) {
  return useQuery({
    queryKey: teamKeys.people(query),
    queryFn: () => client.team.people(query),
    placeholderData: keepPreviousData,
  })
}

/** People who wait to be let in, oldest first. */
export function usePendingPeople() {
  return useQuery({ queryKey: teamKeys.people({ waiting: true }), queryFn: pendingPeople })
}

/** By role they stand between the few administrators and everyone else, so that a page or two holds them. */
async function pendingPeople(): Promise<Person[]> {
  const waiting: Person[] = []
  for (let page = 1; ; page += 1) {
    const { items, total } = await client.team.people({ orderBy: 'role', direction: 'asc', page })
    waiting.push(...items.filter(({ role }) => role === 'pending'))
    const isLast = items.length === 0 || page * PEOPLE_PAGE >= total
    if (isLast || items.some(({ role }) => role === 'user')) return waiting
  }
}

export function useDirectory() {
  return useQuery({ queryKey: teamKeys.directory, queryFn: () => client.team.directory() })
}

export function useGroups() {
  return useQuery({ queryKey: teamKeys.groups, queryFn: () => client.team.groups() })
}

export function useMembers(groupId: string) {
  return useQuery({ queryKey: teamKeys.members(groupId), queryFn: () => client.team.members({ id: groupId }) })
}

/** One's own keys, or everyone's for an administrator. */
export function useKeys(whose: 'mine' | 'all') {
  return useQuery({
    queryKey: teamKeys.keys(whose),
    queryFn: () => client.team.keys(whose === 'all' ? { personId: null } : {}),
  })
}

export function useInvites() {
  return useQuery({ queryKey: teamKeys.invites, queryFn: () => client.team.invites() })
}

export function useTeamSettings() {
  return useQuery({ queryKey: teamKeys.settings, queryFn: () => client.team.settings() })
}

export function useOwnSessions() {
  return useQuery({ queryKey: teamKeys.sessions, queryFn: () => client.team.sessions() })
}

export function useOauthProviders() {
  return useQuery({ queryKey: teamKeys.oauthProviders, queryFn: () => client.team.oauthProviders() })
}

/** What a person's lists show, and why. */
export function useViewAs(personId: string) {
  return useQuery({ queryKey: teamKeys.viewAs(personId), queryFn: () => client.team.viewAs({ id: personId }) })
}

/** How this instance is shared; asked for administrators alone, the others may not know. */
export function useSharing() {
  const enabled = useIsAdmin()
  return useQuery({ queryKey: teamKeys.sharing, queryFn: () => client.sharing.state(), enabled })
}

/** Every record of a model that says who may use it: presets and overrides of base models, all pages. */
export function useModelRecords() {
  return useQuery({
    queryKey: teamKeys.records,
    queryFn: async () => {
      const [presets, overrides] = await Promise.all([allRecords('presets'), allRecords('overrides')])
      return new Map([...presets, ...overrides].map((row) => [row.preset.id, row]))
    },
  })
}

async function allRecords(kind: 'presets' | 'overrides'): Promise<PresetRow[]> {
  const rows: PresetRow[] = []
  for (let page = 1; ; page += 1) {
    const { items, total } = await client.presets.list({ kind, page, orderBy: 'name', direction: 'asc' })
    rows.push(...items)
    if (items.length === 0 || rows.length >= total) return rows
  }
}

/** Marks everything about the team stale, after a change made here. */
export function useRefreshTeam(): () => Promise<void> {
  const queries = useQueryClient()
  return () => queries.invalidateQueries({ queryKey: teamKeys.team })
}
