import { describe, expect, it } from 'vitest'
import { createAccess } from '../../../src/main/engine/access/create-access.ts'
import { ANONYMOUS, OWNER, type Principal } from '../../../src/main/engine/spec/principal.ts'
import type { Grant } from '../../../src/shared/access.ts'
import type { CatalogModel } from '../../../src/shared/models.ts'
import type { Place } from '../../../src/shared/place.ts'
import type { ModelDefaults, Preset } from '../../../src/shared/presets.ts'
import type { TeamSettings } from '../../../src/shared/team.ts'
import { fakeModel } from '../../support/fake-engine.ts'
import { scriptedAdapter } from '../../support/scripted-adapter.ts'
import { NO_DEFAULTS, resolverOver, testPerson, testPreset } from '../../support/test-access.ts'
import { connectionSetOf, testConnection } from '../../support/test-connections.ts'

const ann = testPerson('ann', { groupIds: ['red'], groupNames: ['Red'] })
const bob = testPerson('bob')
const admin = testPerson('root', { role: 'admin' })
const pending = testPerson('new', { role: 'pending' })
const read = (principalId: string, principalType: Grant['principalType'] = 'user'): Grant => ({
  principalType,
  principalId,
  permission: 'read',
})
const write = (principalId: string): Grant => ({ principalType: 'user', principalId, permission: 'write' })

function bell() {
  const listeners = new Set<() => void>()
  return {
    ring: () => listeners.forEach((listener) => void listener()),
    onChange(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** Connections `closed` (near, private), `open` (near, for everyone), `cloud` (away, for everyone), and models here. */
function setUp(environment: Record<string, string> = {}) {
  const adapter = scriptedAdapter([])
  const at = (id: string, place: Place, visibility: 'private' | 'everyone') =>
    testConnection(id, adapter, { visibility }, { place })
  const connections = connectionSetOf(
    at('closed', 'near', 'private'),
    at('open', 'near', 'everyone'),
    at('cloud', 'away', 'everyone'),
    testConnection('here', adapter, {}, { provider: 'llama', config: null }),
  )
  const heldBy = (id: string, ...holders: string[]): CatalogModel => {
    const [one] = fakeModel(id).holders
    if (one === undefined) throw new Error('a fake model has a holder')
    const provider = (connectionId: string) => connections.find(connectionId)?.provider ?? 'openai'
    return fakeModel(id, {
      holders: holders.map((connectionId) => ({
        ...one,
        connectionId,
        provider: provider(connectionId),
        place: connections.find(connectionId)?.place ?? 'here',
      })),
    })
  }
  const models = [
    heldBy('closed-model', 'closed'),
    heldBy('open-model', 'open'),
    heldBy('cloud-model', 'cloud'),
    heldBy('both-model', 'cloud', 'open'),
    heldBy('local-model', 'here'),
  ]
  const records: Preset[] = []
  const changes = { records: bell(), catalog: bell(), team: bell(), sharing: bell() }
  const settings = { modelsHere: 'private' as TeamSettings['modelsHere'] }
  let guestsMaySpend = true
  let follows = 0
  const catalog = { find: (id: string) => models.find((model) => model.id === id) ?? null }
  const defaults: ModelDefaults = { ...NO_DEFAULTS }
  const resolver = resolverOver(catalog, records, { defaults: () => defaults })
  const access = createAccess({
    resolver: {
      follow(id) {
        follows++
        return resolver.follow(id)
      },
    },
    catalog: changes.catalog,
    connections,
    team: { settings: () => settings as TeamSettings, onChange: changes.team.onChange },
    sharing: { guestsMaySpend: () => guestsMaySpend, onChange: changes.sharing.onChange },
    environment,
    onRecordsChange: changes.records.onChange,
  })
  return {
    access,
    connections,
    models,
    heldBy,
    settings,
    defaults,
    changes,
    follows: () => follows,
    set(...next: Preset[]) {
      records.splice(0, records.length, ...next)
      changes.records.ring()
    },
    setGuestsMaySpend(value: boolean) {
      guestsMaySpend = value
      changes.sharing.ring()
    },
    who: (id: string): string[] =>
      ([OWNER, admin, ann, bob, pending, ANONYMOUS] as Principal[])
        .filter((principal) => access.mayUse(principal, id))
        .map((principal) => principal.id),
  }
}

const ALL = ['owner', 'root', 'ann', 'bob']
const RUNNERS = ['owner', 'root']

describe('who may use a base model', () => {
  it('is what its connections say where it has no record', () => {
    const { who, settings, changes } = setUp()
    expect(who('closed-model')).toEqual(RUNNERS)
    expect(who('open-model')).toEqual(ALL)
    expect(who('both-model')).toEqual(ALL)
    expect(who('local-model')).toEqual(RUNNERS)
    settings.modelsHere = 'everyone'
    changes.team.ring()
    expect(who('local-model')).toEqual(ALL)
    expect(who('nobody')).toEqual([])
  })

  it('is what its override says where it has one', () => {
    const { who, set } = setUp()
    set(testPreset('closed-model', { grants: [read('*')] }), testPreset('open-model', { ownerId: 'bob' }))
    expect(who('closed-model')).toEqual(ALL)
    // An override is nobody's own: otherwise writing one would open any model.
    expect(who('open-model')).toEqual(RUNNERS)
    set(testPreset('closed-model', { grants: [read('red', 'group')] }))
    expect(who('closed-model')).toEqual([...RUNNERS, 'ann'])
    set(testPreset('closed-model', { grants: [write('ann'), write('*')] }))
    expect(who('closed-model')).toEqual(RUNNERS)
    set(testPreset('closed-model', { grants: [read('', 'anyone')] }))
    expect(who('closed-model')).toEqual(ALL)
    set(testPreset('closed-model', { grants: [read('*')], isActive: false }))
    expect(who('closed-model')).toEqual([])
  })
})

describe('who may use a preset', () => {
  const preset = (id: string, baseModelId: string, fields: Partial<Preset> = {}) =>
    testPreset(id, { baseModelId, ...fields })

  it('is whoever may read every record down to the base model, and that', () => {
    const { who, set } = setUp()
    set(
      preset('mine', 'open-model', { ownerId: 'bob' }),
      preset('shared', 'open-model', { ownerId: 'bob', grants: [read('ann')] }),
      preset('over-closed', 'closed-model', { ownerId: 'bob', grants: [read('*')] }),
      preset('public', 'open-model', { grants: [read('*')] }),
      preset('chained', 'mine', { grants: [read('*')] }),
      preset('writable', 'open-model', { grants: [write('ann')] }),
    )
    expect(who('mine')).toEqual([...RUNNERS, 'bob'])
    expect(who('shared')).toEqual([...RUNNERS, 'ann', 'bob'])
    expect(who('over-closed')).toEqual(RUNNERS)
    expect(who('public')).toEqual(ALL)
    expect(who('chained')).toEqual([...RUNNERS, 'bob'])
    expect(who('writable')).toEqual(RUNNERS)
  })

  it('lets those who may read it be told that its base is missing, and nobody else', () => {
    const { who, set } = setUp()
    set(preset('lost', 'gone', { grants: [read('ann')] }), testPreset('gone', { grants: [read('ann')] }))
    expect(who('lost')).toEqual([...RUNNERS, 'ann'])
    expect(who('gone')).toEqual([])
  })

  it('needs the fallback model, too, where that stands in for a base that is missing', () => {
    const { who, set, defaults } = setUp()
    defaults.fallbackModelId = 'closed-model'
    set(preset('lost', 'gone', { grants: [read('ann')] }), testPreset('gone', { grants: [read('ann')] }))
    expect(who('lost')).toEqual(RUNNERS)
    defaults.fallbackModelId = 'open-model'
    set(preset('lost', 'gone', { grants: [read('ann')] }))
    expect(who('lost')).toEqual([...RUNNERS, 'ann'])
  })

  it('follows the environment', () => {
    const records = [preset('mine', 'closed-model', { ownerId: 'bob' })]
    const open = setUp({ BYPASS_MODEL_ACCESS_CONTROL: 'true' })
    open.set(...records)
    expect(open.who('mine')).toEqual(ALL)
    const strict = setUp({ BYPASS_ADMIN_ACCESS_CONTROL: 'False' })
    strict.set(...records, testPreset('open-model', { grants: [read('root')] }))
    expect(strict.who('mine')).toEqual(['owner'])
    expect(strict.who('open-model')).toEqual(['owner', 'root'])
  })
})

describe('what may cost money', () => {
  it('is not there for people who may not spend', () => {
    const { who, access, setGuestsMaySpend } = setUp()
    expect(who('cloud-model')).toEqual(ALL)
    setGuestsMaySpend(false)
    expect(who('cloud-model')).toEqual(RUNNERS)
    expect(who('both-model')).toEqual(ALL)
    expect([OWNER, admin, ann, ANONYMOUS].map((each) => access.mayRunAway(each))).toEqual([true, true, false, false])
    setGuestsMaySpend(true)
    expect(access.mayRunAway(ann)).toBe(true)
    expect(access.mayRunAway(pending)).toBe(false)
  })

  it('follows a connection to another place', () => {
    const { who, connections, setGuestsMaySpend } = setUp()
    setGuestsMaySpend(false)
    expect(who('open-model')).toEqual(ALL)
    connections.replace(
      connections.all().map((each) => (each.id === 'open' ? { ...each, place: 'away' as const } : each)),
    )
    expect(who('open-model')).toEqual(RUNNERS)
  })
})

describe('records themselves', () => {
  const { access } = setUp()
  const record = testPreset('p', {
    baseModelId: 'open-model',
    ownerId: 'bob',
    grants: [read('red', 'group'), write('writer')],
  })
  it.each<[string, Principal, boolean, boolean]>([
    ['the owner of the instance', OWNER, true, true],
    ['an administrator', admin, true, true],
    [
      'an administrator’s key without that scope',
      { ...admin, key: { id: 'k', name: 'k', scopes: ['chat'] } },
      false,
      false,
    ],
    ['who made it', bob, true, true],
    ['who may read it', ann, true, false],
    ['who may write it', testPerson('writer'), true, true],
    ['somebody else', testPerson('else'), false, false],
    ['whoever waits for approval', { ...bob, role: 'pending' }, false, false],
    ['a stranger', ANONYMOUS, false, false],
  ])('%s', (_who, principal, sees, writes) => {
    expect([access.maySee(principal, record), access.mayWrite(principal, record)]).toEqual([sees, writes])
  })
})

describe('decisions', () => {
  it('use the very words of an unknown model', () => {
    const { access } = setUp()
    const said = (principal: Principal, id: string): unknown => {
      try {
        access.requireModel(principal, id)
        return null
      } catch (error) {
        const { message, code, status, param } = error as {
          message: string
          code: string
          status: number
          param: string
        }
        return { message, code, status, param }
      }
    }
    const unknown = { code: 'model_not_found', status: 404, param: 'model' }
    expect(said(bob, 'closed-model')).toEqual({ ...unknown, message: "model 'closed-model' not found" })
    expect(said(bob, 'never-heard-of')).toEqual({ ...unknown, message: "model 'never-heard-of' not found" })
    expect(said(OWNER, 'closed-model')).toBeNull()
  })

  it('are kept, do not grow with unknown ids, and are forgotten with every change that may affect them', () => {
    const { access, follows, changes, connections } = setUp()
    let told = 0
    const stop = access.onChange(() => told++)
    const asks = (): number => {
      const before = follows()
      access.mayUse(ann, 'open-model')
      return follows() - before
    }
    expect(asks()).toBe(1)
    expect(asks()).toBe(0)
    for (const { ring } of [changes.records, changes.catalog, changes.team, changes.sharing]) {
      ring()
      expect([asks(), asks()]).toEqual([1, 0])
    }
    connections.replace([])
    expect([asks(), asks(), told]).toEqual([1, 0, 5])
    const before = follows()
    for (const id of ['x', 'x']) access.mayUse(ann, id)
    expect(follows() - before).toBe(2)
    stop()
    changes.team.ring()
    expect(told).toBe(5)
  })

  it('show a change of groups or role at the very next request', () => {
    const { access, set } = setUp()
    set(testPreset('closed-model', { grants: [read('red', 'group')] }))
    expect(access.mayUse(ann, 'closed-model')).toBe(true)
    expect(access.mayUse({ ...ann, groupIds: [] }, 'closed-model')).toBe(false)
    expect(access.mayUse({ ...ann, role: 'pending' }, 'closed-model')).toBe(false)
    expect(access.mayUse({ ...ann, groupIds: [], role: 'admin' }, 'closed-model')).toBe(true)
    expect(access.mayUse(ann, 'closed-model')).toBe(true)
  })

  it('take under 50 µs once made, also for somebody in fifty groups', () => {
    const { access } = setUp()
    const groupIds = Array.from({ length: 50 }, (_, index) => `0191a2b3-0000-7000-8000-${index}`)
    const started = performance.now()
    let allowed = 0
    for (let index = 0; index < 100_000; index++) {
      // Each request has a principal of its own.
      if (access.mayUse({ ...ann, groupIds: [...groupIds] }, 'open-model')) allowed++
    }
    expect(allowed).toBe(100_000)
    expect((performance.now() - started) / 100_000).toBeLessThan(0.05)
  })
})
