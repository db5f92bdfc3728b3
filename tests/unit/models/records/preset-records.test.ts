import { expect, onTestFinished, test } from 'vitest'
import { isEngineError } from '../../../../src/main/engine/spec/engine-error.ts'
import { ANONYMOUS, OWNER } from '../../../../src/main/engine/spec/principal.ts'
import type { Grant } from '../../../../src/shared/access.ts'
import type { IncomingPreset } from '../../../../src/shared/presets.ts'
import { baseModel, input, maker, openPresets, type TestPresets } from '../../../support/test-presets.ts'

function open(options: Parameters<typeof openPresets>[0] = {}): TestPresets {
  const opened = openPresets(options)
  onTestFinished(() => opened.close())
  return opened
}

/** Code and field of what an action is refused with. */
function refusal(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (!isEngineError(error)) throw error
    return error.param === undefined ? error.code : `${error.code} ${error.param}`
  }
  throw new Error('nothing was refused')
}

const read = (principalId: string, principalType: Grant['principalType'] = 'user'): Grant => ({
  principalType,
  principalId,
  permission: 'read',
})
const write = (principalId: string): Grant => ({ principalType: 'user', principalId, permission: 'write' })

test('a new preset is private, active, owned by whoever made it, and there after a restart', () => {
  const first = open()
  const meta = {
    tags: ['work', { name: 'fast', colour: 'red' }, { name: ' ' }, 7],
    description: 'd',
    knowledge: [{ id: 1 }],
  }
  const made = first.presets.create(
    input('my-model', { name: '  Mine ', params: { temperature: 0.5, mystery: { kept: true } }, meta }),
    maker('ann'),
  )
  expect(made).toEqual({
    id: 'my-model',
    baseModelId: 'llama3:8b',
    name: 'Mine',
    params: { temperature: 0.5, mystery: { kept: true } },
    meta: { ...meta, tags: [{ name: 'work' }, { name: 'fast', colour: 'red' }] },
    grants: [],
    isActive: true,
    ownerId: 'ann',
    createdAt: Math.floor(first.clock.now() / 1000),
    updatedAt: Math.floor(first.clock.now() / 1000),
    extra: {},
  })
  expect(first.presets.find('my-model')).toBe(made)
  expect(first.events).toEqual([{ type: 'presets:changed' }])
  const again = first.reopen()
  onTestFinished(() => again.close())
  expect(again.presets.find('my-model')).toEqual(made)
})

test('ids have 1 to 256 characters; taken ones, also under their other name or as a base model, conflict', () => {
  const { presets } = open()
  const ann = maker('ann')
  expect(presets.create(input('x'.repeat(256)), ann).id).toHaveLength(256)
  expect(refusal(() => presets.create(input(''), ann))).toBe('invalid_request id')
  expect(refusal(() => presets.create(input('x'.repeat(257)), ann))).toBe('invalid_request id')
  // The disk would keep both under one name.
  expect(refusal(() => presets.create(input('half\ud83d'), ann))).toBe('invalid_request id')
  expect(presets.create(input('whole🙂'), ann).id).toBe('whole🙂')
  presets.create(input('taken'), ann)
  expect(refusal(() => presets.create(input('taken'), OWNER))).toBe('conflict id')
  expect(refusal(() => presets.create(input('taken:latest'), OWNER))).toBe('conflict id')
  expect(refusal(() => presets.create(input('gpt-5'), ann))).toBe('conflict id')
  expect(refusal(() => presets.update('taken', input('other'), ann))).toBe('invalid_request id')
})

test('a base of its own id, or none, makes an override, which is for administrators', () => {
  const { presets } = open()
  expect(presets.create(input('gpt-5', { baseModelId: 'gpt-5' }), OWNER).baseModelId).toBe(null)
  expect(presets.create(input('llama3:8b', { baseModelId: '' }), OWNER).baseModelId).toBe(null)
  const ann = maker('ann')
  expect(refusal(() => presets.create(input('new', { baseModelId: null }), ann))).toBe('forbidden baseModelId')
  presets.create(input('mine'), ann)
  expect(refusal(() => presets.update('mine', input('mine', { baseModelId: 'mine:latest' }), ann))).toBe(
    'forbidden baseModelId',
  )
  presets.setGrants('gpt-5', [write('ann')], OWNER)
  expect(presets.update('gpt-5', input('gpt-5', { baseModelId: null, name: 'Ours' }), ann).name).toBe('Ours')
  expect(refusal(() => presets.update('gpt-5', input('gpt-5'), ann))).toBe('conflict id')
})

test('parameters out of range are refused by name, and a circle of presets', () => {
  const { presets } = open()
  const ann = maker('ann')
  expect(refusal(() => presets.create(input('a', { params: { temperature: 9 } }), ann))).toBe(
    'invalid_request params.temperature',
  )
  presets.create(input('a', { baseModelId: 'not-there' }), ann)
  presets.create(input('b', { baseModelId: 'a' }), ann)
  presets.create(input('c', { baseModelId: 'b:latest' }), ann)
  expect(refusal(() => presets.update('a', input('a', { baseModelId: 'c' }), ann))).toBe('invalid_request baseModelId')
  expect(presets.find('a')?.baseModelId).toBe('not-there')
})

test('who may not make models, waits or is unknown, or comes with a key for chats, is refused', () => {
  const { presets } = open()
  const { permissions } = maker('ann')
  const none = { ...permissions, workspace: { models: false, models_import: false, models_export: false } }
  const key = { id: 'k', name: 'k', scopes: ['chat' as const] }
  for (const who of [
    ANONYMOUS,
    maker('p', { role: 'pending' }),
    maker('u', { permissions: none }),
    maker('k', { key }),
  ]) {
    expect(refusal(() => presets.create(input('a'), who))).toBe('forbidden')
    expect(refusal(() => presets.importRecords([], who))).toBe('forbidden')
    expect(refusal(() => presets.export(who))).toBe('forbidden')
    expect(refusal(() => presets.sync([], who))).toBe('forbidden')
    expect(refusal(() => presets.removeAll(who))).toBe('forbidden')
    expect(refusal(() => presets.setDefaults(presets.defaults(), who))).toBe('forbidden')
  }
  expect(refusal(() => presets.sync([], maker('ann')))).toBe('forbidden')
  expect(refusal(() => presets.removeAll(maker('ann')))).toBe('forbidden')
})

test('readers may not change a record; for others it does not exist; writers and administrators may', () => {
  const { presets } = open()
  presets.create(input('a', { grants: [read('reader'), write('writer')] }), maker('ann'))
  const changes = (who: ReturnType<typeof maker>) => [
    () => presets.update('a', input('a', { name: `by ${who.id}` }), who),
    () => presets.setActive('a', false, who),
    () => presets.setActive('a', true, who),
    () => presets.setGrants('a', [read('reader'), write('writer')], who),
    () => presets.history('a', who),
    () => presets.revert('a', 1, who),
  ]
  for (const change of changes(maker('reader'))) expect(refusal(change)).toBe('forbidden')
  expect(refusal(() => presets.remove('a', maker('reader')))).toBe('forbidden')
  for (const change of changes(maker('other'))) expect(refusal(change)).toBe('not_found')
  expect(refusal(() => presets.remove('a', maker('other')))).toBe('not_found')
  expect(refusal(() => presets.remove('never', maker('other')))).toBe('not_found')
  for (const who of [maker('writer'), maker('boss', { role: 'admin' }), OWNER]) {
    for (const change of changes(who)) change()
  }
  presets.remove('a', maker('writer'))
  expect(presets.find('a')).toBe(null)
})

test('grants that a person may not give are left out; those that others gave stay', () => {
  const { presets } = open()
  const { permissions } = maker('ann')
  const all = [read('*'), read('', 'anyone'), read('bob'), read('group', 'group')].map((grant) =>
    grant.principalType === 'anyone' ? { ...grant, principalId: '*' } : grant,
  )
  const types = (grants: readonly Grant[]) =>
    grants.map(({ principalType, principalId }) => `${principalType} ${principalId}`)
  expect(types(presets.create(input('a', { grants: all }), maker('ann')).grants)).toEqual(['user bob', 'group group'])
  const strict = { ...permissions, access_grants: { allow_users: false, allow_groups: false } }
  expect(presets.create(input('b', { grants: all }), maker('ann', { permissions: strict })).grants).toEqual([])
  const free = { ...permissions, sharing: { models: true, public_models: true } }
  expect(
    types(presets.create(input('c', { grants: [...all, read('bob')] }), maker('ann', { permissions: free })).grants),
  ).toEqual(['user *', 'anyone *', 'user bob', 'group group'])
  presets.setGrants('a', all, OWNER)
  expect(presets.update('a', input('a', { grants: all, name: 'n' }), maker('ann')).grants).toEqual(all)
  expect(presets.update('a', input('a', { name: 'absent' }), maker('ann')).grants).toEqual(all)
  expect(presets.update('a', input('a', { grants: [] }), maker('ann')).grants).toEqual([])
})

test('an administrator publishes a base model that has no record yet; nobody else learns whether it is there', () => {
  const { presets } = open({ catalog: [baseModel('gpt-5', { name: 'GPT 5', visibility: 'private' })] })
  expect(refusal(() => presets.setGrants('gpt-5', [read('*')], maker('ann')))).toBe('not_found')
  expect(refusal(() => presets.setGrants('none', [read('*')], OWNER))).toBe('not_found')
  expect(presets.setGrants('gpt-5', [read('*')], OWNER)).toMatchObject({
    id: 'gpt-5',
    name: 'GPT 5',
    baseModelId: null,
    grants: [read('*')],
  })
  expect(presets.setGrants('gpt-5', [], OWNER).grants).toEqual([])
})

test('pictures that must not be shown are taken out, at a save and of rows that are there already', () => {
  const opened = open()
  const pictures: Record<string, boolean> = {
    '': true,
    '/user.png': true,
    '/static/favicon.png': true,
    '/api/v1/users/7/profile/image': true,
    'https://example.org/a.png': true,
    'data:image/webp;base64,AAAA': true,
    'data:image/svg+xml;base64,AAAA': false,
    'javascript:alert(1)': false,
    'https://': false,
    '/etc/passwd': false,
    'data:image/png;base64,AA"onerror=': false,
  }
  for (const [url, isKept] of Object.entries(pictures)) {
    const made = opened.presets.create(input(`p${url}`, { meta: { profile_image_url: url } }), OWNER)
    expect([url, made.meta.profile_image_url]).toEqual([url, isKept ? url : null])
  }
  const planted = {
    ...input('old'),
    meta: { profile_image_url: 'javascript:alert(1)', kept: 1 },
    grants: [],
    extra: {},
  }
  const preset = { ...planted, isActive: true, ownerId: 'owner', createdAt: 1, updatedAt: 1 }
  opened.storage.presets.save(
    { put: [{ preset, savedBy: 'owner', sortName: 'old', searchText: 'old', tags: [] }], remove: [] },
    50,
  )
  const again = opened.reopen()
  onTestFinished(() => again.close())
  expect(again.presets.find('old')?.meta).toEqual({ profile_image_url: null, kept: 1 })
})

test('each save keeps the state before it; 50 are kept; an old one comes back without its access', () => {
  const people = { ann: 'Ann' }
  const { presets, clock } = open({ people })
  const ann = maker('ann')
  presets.create(input('a', { params: { temperature: 0 }, grants: [read('bob')] }), ann)
  expect(presets.history('a', ann)).toEqual([])
  const createdAt = Math.floor(clock.now() / 1000)
  for (let step = 1; step <= 60; step++) {
    clock.advance(1_000)
    presets.update('a', input('a', { params: { temperature: step / 100 } }), ann)
  }
  presets.update('a', input('a', { params: { temperature: 0.6 } }), ann)
  const history = presets.history('a', ann)
  expect(history.map(({ version }) => version)).toEqual(Array.from({ length: 50 }, (_, index) => 60 - index))
  expect(history[0]).toMatchObject({
    savedBy: 'Ann',
    savedAt: createdAt + 59,
    preset: { params: { temperature: 0.59 } },
  })
  presets.setGrants('a', [], ann)
  const back = presets.revert('a', 30, ann)
  expect([back.params, back.grants]).toEqual([{ temperature: 0.29 }, []])
  expect(presets.history('a', ann)[0]?.preset.params).toEqual({ temperature: 0.6 })
  expect(refusal(() => presets.revert('a', 1, ann))).toBe('not_found')
})

test('a change of the base moves every preset that the person may write, in no circle', () => {
  const { presets, resolver } = open()
  const ann = maker('ann')
  for (const id of ['a', 'b']) presets.create(input(id, { baseModelId: 'gone' }), ann)
  presets.create(input('bobs', { baseModelId: 'gone' }), maker('bob'))
  presets.create(input('above', { baseModelId: 'a' }), ann)
  expect(resolver.missingBases()).toEqual([{ baseModelId: 'gone', presetIds: ['a', 'b', 'bobs'] }])
  expect(refusal(() => presets.rebind('gone', 'gpt-5', ann))).toBe('model_not_found model')
  expect(refusal(() => presets.rebind('gone', 'nowhere', OWNER))).toBe('model_not_found model')
  expect(presets.rebind('gone', 'llama3:8b', ann)).toBe(2)
  expect(presets.find('bobs')?.baseModelId).toBe('gone')
  expect(presets.rebind('llama3:8b', 'above', OWNER)).toBe(1)
  expect(['a', 'b'].map((id) => presets.find(id)?.baseModelId)).toEqual(['llama3:8b', 'above'])
})

test('a save that changes nothing is none; a failed write changes nothing in memory', () => {
  const { presets, events, storage } = open()
  const made = presets.create(input('a'), OWNER)
  expect(presets.update('a', input('a'), OWNER)).toBe(made)
  expect(events).toHaveLength(1)
  storage.close()
  expect(() => presets.update('a', input('a', { name: 'b' }), OWNER)).toThrow()
  expect(presets.find('a')).toBe(made)
})

test('records that are handed out cannot be changed in place, nor by what they were made from', () => {
  const { presets } = open()
  const params = { stop: ['x'] }
  const made = presets.create(input('a', { params }), OWNER)
  params.stop.push('y')
  expect(made.params).toEqual({ stop: ['x'] })
  expect(() => (made.params.stop as string[]).push('z')).toThrow(TypeError)
})

test('an incoming record cannot say who owns it or what it was', () => {
  const { presets } = open({ people: { bob: 'Bob' } })
  const claimed = { ...input('a'), ownerId: 'owner', createdAt: 5 } as IncomingPreset & ReturnType<typeof input>
  expect(presets.create(claimed, maker('ann'))).toMatchObject({ ownerId: 'ann' })
  presets.importRecords([{ id: 'b', baseModelId: 'llama3:8b', ownerId: 'bob' }], maker('ann'))
  expect(presets.find('b')?.ownerId).toBe('ann')
})
