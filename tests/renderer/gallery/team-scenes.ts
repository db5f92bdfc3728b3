import type { CatalogModel } from '#shared/models.ts'
import { sharingSettingsSchema } from '#shared/sharing.ts'
import { builtInConnection, someConnections } from '../support/connection-samples.ts'
import { createMockEngine, type MockEngine } from '../support/mock-engine.ts'
import { catalogOf, fullShelf, someStatus } from '../support/samples.ts'
import {
  mira,
  sessionOf,
  sharingFor,
  sharingOff,
  someGroups,
  someInvites,
  someKeys,
  somePeople,
  teamSettings,
} from '../support/team-samples.ts'

/** The team, sharing and the visitors' pages in a named state; show it at #/team/…, #/sign-in or #/join/secret. */
export function teamScene(name: string): MockEngine {
  const engine = createMockEngine({
    files: fullShelf(),
    catalog: [...catalogOf(fullShelf()), ...awayModels()],
    connections: someConnections(),
    people: somePeople(),
    groups: someGroups(),
    keys: someKeys(),
    invites: someInvites(),
    status: someStatus(
      { modelName: 'Qwen3 8B', state: 'ready', loadedModels: 1, memoryBytes: { ram: 6.9e9, vram: 0 } },
      { near: { connections: 1, down: 0 }, away: { connections: 2, down: 0 } },
    ),
  })
  engine.on('presets.list', () => ({ items: [], total: 0 }))
  const { state } = engine
  const on = sharingSettingsSchema.parse({ enabled: true })
  const found = [{ name: 'lab', url: 'https://192.168.1.31:4748', version: '0.1.0' }]
  switch (name) {
    case 'team-on':
      state.sharing = sharingFor(on, found)
      return engine
    case 'team-plain':
      state.sharing = sharingFor({ ...on, tls: false }, found)
      return engine
    case 'team-blocked':
      state.people = []
      state.sharing = sharingOff({
        state: 'blocked',
        reason: 'There is no account and no API key yet, so nobody on the network could sign in.',
      })
      return engine
    case 'team-failed':
      state.sharing = sharingOff({
        settings: on,
        state: 'failed',
        reason: 'Port 4748 is taken by another program.',
      })
      return engine
    case 'team-empty':
      Object.assign(state, { people: [], groups: [], keys: [], invites: [], connections: [builtInConnection()] })
      return engine
    case 'team-member':
      state.session = sessionOf(mira())
      return engine
    case 'team-admin':
      state.session = sessionOf(mira({ role: 'admin' }))
      state.sharing = sharingFor(on)
      return engine
    case 'team-visitor':
      state.session = sessionOf(null, {
        signUp: 'request',
        encrypted: false,
        oauth: [{ id: 'keycloak', name: 'Keycloak' }],
      })
      return engine
    case 'team-first':
      state.session = sessionOf(null, { needsFirstAccount: true })
      return engine
    case 'team-waits':
      state.session = sessionOf(mira({ role: 'pending' }))
      return engine
    case 'team-asks':
      state.teamSettings = teamSettings({ signUp: 'request' })
      return engine
    default:
      return engine
  }
}

function awayModels(): CatalogModel[] {
  const [sample] = catalogOf(fullShelf())
  if (sample === undefined) return []
  return ['gpt-5', 'claude-sonnet-5', 'mistral-large'].map((id) => ({
    ...sample,
    id,
    name: id,
    place: 'away',
    holders: sample.holders.map((holder) => ({ ...holder, connectionId: 'openai', place: 'away' })),
  }))
}
