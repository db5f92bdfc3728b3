import { DEFAULT_PERMISSIONS } from '#shared/access.ts'
import { type SharingState, sharingSettingsSchema } from '#shared/sharing.ts'
import type { ApiKey, Group, Invite, Person, SessionInfo, SessionState, TeamSettings } from '#shared/team.ts'

const DAY = 86_400
const now = (): number => Math.floor(Date.now() / 1000)
type Me = NonNullable<SessionState['me']>

export const FINGERPRINT = Array.from({ length: 32 }, (_, index) =>
  ((index * 37 + 11) % 256).toString(16).padStart(2, '0').toUpperCase(),
).join(':')

const ALL = {
  workspace: { models: true, models_import: true, models_export: true },
  sharing: { models: true, public_models: true },
  access_grants: { allow_users: true, allow_groups: true },
  features: { api_keys: true },
}

/** Whoever sits at this computer. */
export function owner(): Me {
  return {
    id: 'owner',
    name: 'owner',
    email: '',
    role: 'admin',
    isOwner: true,
    permissions: ALL,
    profileImageUrl: '',
  }
}

/** Mira, an account. */
export function mira(patch: Partial<Me> = {}): Me {
  return {
    id: 'mira',
    name: 'Mira Okafor',
    email: 'mira@example.org',
    role: 'user',
    isOwner: false,
    permissions: DEFAULT_PERMISSIONS,
    profileImageUrl: '',
    ...patch,
  }
}

export function sessionOf(me: Me | null, patch: Partial<SessionState> = {}): SessionState {
  return {
    me,
    needsFirstAccount: false,
    signUp: 'closed',
    oauth: [],
    pending: { title: '', text: '', adminName: 'Ada Moreau', adminEmail: 'ada@example.org' },
    encrypted: true,
    ...patch,
  }
}

export function person(id: string, patch: Partial<Person> = {}): Person {
  const name = `${id.charAt(0).toUpperCase()}${id.slice(1)}`
  return {
    id,
    name,
    email: `${id}@example.org`,
    role: 'user',
    profileImageUrl: '',
    lastActiveAt: now() - 5400,
    createdAt: now() - 20 * DAY,
    updatedAt: now() - 20 * DAY,
    groupIds: [],
    signsInWith: ['password'],
    ...patch,
  }
}

/** Seven people, two of whom wait. */
export function somePeople(): Person[] {
  return [
    person('ada', { name: 'Ada Moreau', role: 'admin', lastActiveAt: now() - 40, groupIds: ['platform'] }),
    person('mira', { name: 'Mira Okafor', lastActiveAt: now() - 130, groupIds: ['platform', 'writers'] }),
    person('jonas', { name: 'Jonas Lindqvist', signsInWith: ['Keycloak'], lastActiveAt: now() - 2 * DAY }),
    person('wei', { name: 'Wei Chen', groupIds: ['writers'], lastActiveAt: now() - 9 * DAY }),
    person('sam', {
      name: 'Samantha-Louise Featherstonehaugh-Cholmondeley',
      email: 'samantha-louise.featherstonehaugh-cholmondeley@research.example.org',
      lastActiveAt: null,
    }),
    person('tariq', { name: 'Tariq Haddad', role: 'pending', lastActiveAt: null, createdAt: now() - 1500 }),
    person('lena', { name: 'Lena Vogt', role: 'pending', lastActiveAt: null, createdAt: now() - 120 }),
  ]
}

export function someGroups(): Group[] {
  const group = (id: string, patch: Partial<Group>): Group => ({
    id,
    name: id,
    description: '',
    permissions: null,
    data: {},
    ownerId: 'owner',
    memberCount: 0,
    createdAt: now() - 10 * DAY,
    updatedAt: now() - 10 * DAY,
    ...patch,
  })
  return [
    group('platform', {
      name: 'Platform',
      description: 'Keeps the machines running',
      memberCount: 2,
      permissions: { ...DEFAULT_PERMISSIONS, features: { api_keys: true } },
    }),
    group('writers', { name: 'Writers', memberCount: 2 }),
  ]
}

export function someKeys(): ApiKey[] {
  const key = (id: string, patch: Partial<ApiKey>): ApiKey => ({
    id,
    name: id,
    start: 'sk-swy-3f9a…',
    scopes: ['models', 'chat', 'embeddings'],
    personId: 'owner',
    createdAt: now() - 5 * DAY,
    expiresAt: null,
    lastUsedAt: null,
    ...patch,
  })
  return [
    key('ci', { name: 'ci-summaries', lastUsedAt: now() - 240, expiresAt: now() + 30 * DAY }),
    key('notes', { name: 'Notes plugin', start: 'sk-swy-b71c…', scopes: ['chat'] }),
    key('old', { name: 'Old laptop', start: 'sk-swy-02de…', expiresAt: now() - DAY, lastUsedAt: now() - 12 * DAY }),
    key('hers', { name: 'Script', start: 'sk-swy-9e40…', personId: 'mira' }),
  ]
}

export function someInvites(): Invite[] {
  const invite = (id: string, patch: Partial<Invite>): Invite => ({
    id,
    note: '',
    role: 'user',
    groupIds: [],
    createdAt: now() - DAY,
    expiresAt: now() + 2 * DAY,
    usedAt: null,
    personId: null,
    ...patch,
  })
  return [
    invite('one', { note: 'Ines from design', groupIds: ['writers'] }),
    invite('two', { note: 'Mira', usedAt: now() - 3 * DAY, personId: 'mira', createdAt: now() - 4 * DAY }),
    invite('three', { createdAt: now() - 6 * DAY, expiresAt: now() - 3 * DAY }),
  ]
}

export function someSessions(): SessionInfo[] {
  return [
    {
      id: 'this',
      createdAt: now() - DAY,
      lastUsedAt: now() - 5,
      expiresAt: now() + 27 * DAY,
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
      current: true,
    },
    {
      id: 'phone',
      createdAt: now() - 9 * DAY,
      lastUsedAt: now() - 2 * DAY,
      expiresAt: now() + 19 * DAY,
      userAgent:
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
      current: false,
    },
  ]
}

export function teamSettings(patch: Partial<TeamSettings> = {}): TeamSettings {
  return {
    signUp: 'closed',
    defaultRole: 'pending',
    defaultGroupId: null,
    apiKeys: true,
    permissions: DEFAULT_PERMISSIONS,
    pendingTitle: '',
    pendingText: '',
    requireSignIn: false,
    modelsHere: 'private',
    ...patch,
  }
}

export function sharingOff(patch: Partial<SharingState> = {}): SharingState {
  return {
    settings: sharingSettingsSchema.parse({}),
    state: 'off',
    reason: null,
    urls: [],
    addresses: [
      { address: '192.168.1.20', interface: 'wlp2s0', family: 'IPv4' },
      { address: '10.8.0.4', interface: 'tun0', family: 'IPv4' },
    ],
    fingerprint: null,
    certificateExpiresAt: null,
    found: [],
    activePeople: [],
    ...patch,
  }
}

/** What the engine would answer for these settings: on, or off. */
export function sharingFor(settings: SharingState['settings'], found: SharingState['found'] = []): SharingState {
  if (!settings.enabled) return sharingOff({ settings, found })
  const scheme = settings.tls ? 'https' : 'http'
  return sharingOff({
    settings,
    state: 'on',
    urls: [`${scheme}://192.168.1.20:${settings.port}`, `${scheme}://ada-desk.local:${settings.port}`],
    fingerprint: settings.tls ? FINGERPRINT : null,
    certificateExpiresAt: settings.tls ? now() + 365 * DAY : null,
    activePeople: [
      { id: 'mira', name: 'Mira Okafor', lastSeenAt: now() - 20 },
      { id: 'ada', name: 'Ada Moreau', lastSeenAt: now() - 140 },
    ],
    found,
  })
}
