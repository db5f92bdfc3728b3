import { expect, onTestFinished, test } from 'vitest'
import { ANONYMOUS, OWNER, type Principal } from '../../../../src/main/engine/spec/principal.ts'
import type { Grant } from '../../../../src/shared/access.ts'
import { type PresetQuery, presetQuerySchema } from '../../../../src/shared/presets.ts'
import { baseModel, input, maker, openPresets, type TestPresets } from '../../../support/test-presets.ts'

function open(options: Parameters<typeof openPresets>[0] = {}): TestPresets {
  const opened = openPresets(options)
  onTestFinished(() => opened.close())
  return opened
}

function ids({ presets }: TestPresets, query: Partial<PresetQuery>, who: Principal = OWNER): string[] {
  return presets.list(presetQuerySchema.parse(query), who).items.map(({ preset }) => preset.id)
}

const grant = (principalType: Grant['principalType'], principalId: string, permission: Grant['permission']): Grant => ({
  principalType,
  principalId,
  permission,
})

test('a page holds 30, in the asked order, and says how many there are', () => {
  const opened = open()
  for (let index = 0; index < 65; index++) {
    opened.presets.create(
      input(`m${String(index).padStart(2, '0')}`, { name: index % 2 === 0 ? `b${index}` : `A${index}` }),
      OWNER,
    )
    opened.clock.advance(1_000)
  }
  opened.presets.setActive('m10', false, OWNER)
  expect(opened.presets.list(presetQuerySchema.parse({}), OWNER).total).toBe(65)
  expect(ids(opened, {}).slice(0, 2)).toEqual(['m10', 'm64'])
  expect(ids(opened, { page: 3 })).toEqual(['m04', 'm03', 'm02', 'm01', 'm00'])
  expect(ids(opened, { page: 4 })).toEqual([])
  expect(ids(opened, { orderBy: 'created_at', direction: 'asc' }).slice(0, 2)).toEqual(['m00', 'm01'])
  expect(ids(opened, { orderBy: 'name', direction: 'asc' })[0]).toBe('m01')
  expect(ids(opened, { orderBy: 'name' })[0]).toBe('m08')
})

test('a search finds parts of names, ids, descriptions and tags, in any case, of one letter and of signs', () => {
  const opened = open()
  opened.presets.create(input('alpha/one', { name: 'Übersetzer "Pro"' }), OWNER)
  opened.presets.create(
    input('two', { name: 'Second', meta: { description: 'Reads CONTRACTS', tags: ['Law'] } }),
    OWNER,
  )
  opened.presets.create(input('three', { name: '翻译助手', baseModelId: 'gpt-5' }), OWNER)
  const found = (query: string) => ids(opened, { query, direction: 'asc' })
  expect(found('ÜBERSETZ')).toEqual(['alpha/one'])
  expect(found('"pro"')).toEqual(['alpha/one'])
  expect(found('a/o')).toEqual(['alpha/one'])
  expect(found('contract')).toEqual(['two'])
  expect(found('law')).toEqual(['two'])
  expect(found('翻译')).toEqual(['three'])
  expect(found('助')).toEqual(['three'])
  expect(found('o')).toEqual(['alpha/one', 'two'])
  expect(found('%')).toEqual([])
  expect(found('" OR "a')).toEqual([])
  opened.presets.update('two', input('two', { name: 'Renamed' }), OWNER)
  expect([found('second'), found('renamed'), found('contract')]).toEqual([[], ['two'], []])
  opened.presets.remove('two', OWNER)
  expect(found('renamed')).toEqual([])
})

test('tags filter and are listed, of what a person may see', () => {
  const opened = open()
  const ann = maker('ann')
  opened.presets.create(input('a', { meta: { tags: ['x', 'y', 'x'] } }), ann)
  opened.presets.create(input('b', { meta: { tags: ['x', 'secret'] } }), maker('bob'))
  opened.presets.create(input('gpt-5', { baseModelId: null, meta: { tags: ['base'] } }), OWNER)
  expect(ids(opened, { tag: 'x', direction: 'asc' })).toEqual(['a', 'b'])
  expect(ids(opened, { tag: 'x' }, ann)).toEqual(['a'])
  expect(ids(opened, { tag: 'secret' }, ann)).toEqual([])
  expect(opened.presets.tags(OWNER)).toEqual(['secret', 'x', 'y'])
  expect(opened.presets.tags(ann)).toEqual(['x', 'y'])
  expect(opened.presets.tags(OWNER, 'overrides')).toEqual(['base'])
  expect([opened.presets.tags(ann, 'overrides'), opened.presets.tags(ANONYMOUS)]).toEqual([[], []])
})

test('a list holds exactly what access says that its reader may see, whoever that is', () => {
  const opened = open()
  const grants: Record<string, Grant[]> = {
    private: [],
    'user-read': [grant('user', 'bob', 'read')],
    'user-write': [grant('user', 'bob', 'write')],
    'group-read': [grant('group', 'g1', 'read')],
    'two-ways': [grant('group', 'g1', 'read'), grant('group', 'g2', 'write'), grant('user', 'bob', 'read')],
    'other-group': [grant('group', 'g3', 'read')],
    everyone: [grant('user', '*', 'read')],
    anyone: [grant('anyone', '*', 'read')],
    'named-as-group': [grant('user', 'g1', 'read'), grant('group', 'bob', 'read')],
  }
  for (const [id, list] of Object.entries(grants)) opened.presets.create(input(id, { grants: list }), OWNER)
  opened.presets.create(input('of-bob'), maker('bob'))
  const people = [
    OWNER,
    ANONYMOUS,
    maker('bob', { groupIds: ['g1', 'g2'] }),
    maker('bob', { groupIds: ['g1', 'g2'], role: 'pending' }),
    maker('ann'),
    maker('ann', { groupIds: ['g3'] }),
    maker('ann', { role: 'admin' }),
    maker('ann', { role: 'admin', key: { id: 'k', name: 'k', scopes: ['models'] } }),
  ]
  for (const who of people) {
    const may = [...opened.presets.records.all()]
      .filter((record) => opened.access.maySee(who, record))
      .map(({ id }) => id)
    const page = opened.presets.list(presetQuerySchema.parse({ direction: 'asc', orderBy: 'created_at' }), who)
    expect(page.items.map(({ preset }) => preset.id)).toEqual(may)
    expect(page.total).toBe(may.length)
    for (const { preset, canWrite } of page.items) expect(canWrite).toBe(opened.access.mayWrite(who, preset))
  }
  const bob = maker('bob', { groupIds: ['g1', 'g2'] })
  expect(ids(opened, { view: 'created' }, bob)).toEqual(['of-bob'])
  expect(ids(opened, { view: 'shared', direction: 'asc' }, bob)).toEqual([
    'user-read',
    'user-write',
    'group-read',
    'two-ways',
    'everyone',
    'anyone',
  ])
  expect(ids(opened, { view: 'created' }).length).toBe(9)
  expect(ids(opened, { view: 'shared' })).toEqual(['of-bob'])
})

test('who may only read gets neither parameters nor whom else it is shared with', () => {
  const opened = open({ people: { ann: 'Ann' } })
  const grants = [grant('user', 'bob', 'read'), grant('user', 'eve', 'read'), grant('group', 'g', 'read')]
  opened.presets.create(input('a', { params: { system: 'secret' }, grants }), maker('ann'))
  const row = (who: Principal) => opened.presets.list(presetQuerySchema.parse({}), who).items[0]
  expect(row(maker('bob'))).toMatchObject({
    preset: { params: {}, grants: [grant('user', 'bob', 'read')] },
    canWrite: false,
    ownerName: 'Ann',
  })
  expect(row(OWNER)).toMatchObject({ preset: { params: { system: 'secret' }, grants }, canWrite: true })
})

test('a row says what is in the way to its base model, and nothing of models that the reader may not use', () => {
  const opened = open({
    catalog: [
      baseModel('llama3:8b'),
      baseModel('gpt-5', { visibility: 'private' }),
      baseModel('off', { state: 'unreachable' }),
    ],
  })
  const ann = maker('ann')
  opened.presets.create(input('ok'), ann)
  opened.presets.create(input('above', { baseModelId: 'ok' }), ann)
  opened.presets.create(input('gone', { baseModelId: 'nowhere' }), ann)
  opened.presets.create(input('hidden', { baseModelId: 'gpt-5' }), ann)
  opened.presets.create(input('asleep', { baseModelId: 'off' }), ann)
  opened.presets.create(input('switched-off', { isActive: false }), ann)
  const states = (who: Principal) =>
    opened.presets
      .list(presetQuerySchema.parse({ direction: 'asc' }), who)
      .items.map((row) => [row.preset.id, row.state, row.resolvedBaseId])
  expect(states(ann)).toEqual([
    ['ok', 'ready', 'llama3:8b'],
    ['above', 'ready', 'llama3:8b'],
    ['gone', 'missing-base', 'nowhere'],
    ['hidden', 'missing-base', 'gpt-5'],
    ['asleep', 'unavailable', 'off'],
    ['switched-off', 'inactive', 'llama3:8b'],
  ])
  expect(states(OWNER)[3]).toEqual(['hidden', 'ready', 'gpt-5'])
  const planted = (id: string, baseModelId: string) => ({
    preset: {
      ...input(id, { baseModelId }),
      grants: [],
      isActive: true,
      ownerId: 'ann',
      createdAt: 1,
      updatedAt: 1,
      extra: {},
    },
    savedBy: 'ann',
    sortName: id,
    searchText: id,
    tags: [],
  })
  opened.storage.presets.save({ put: [planted('c1', 'c2'), planted('c2', 'c1')], remove: [] }, 50)
  const again = opened.reopen()
  onTestFinished(() => again.close())
  expect(again.presets.list(presetQuerySchema.parse({ query: 'c1' }), OWNER).items[0]).toMatchObject({
    state: 'cycle',
    resolvedBaseId: null,
  })
  expect(again.presets.setActive('c1', false, OWNER).isActive).toBe(false)
})
