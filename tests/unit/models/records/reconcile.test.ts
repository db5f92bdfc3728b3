import { expect, onTestFinished, test } from 'vitest'
import { OWNER } from '../../../../src/main/engine/spec/principal.ts'
import { presetsFromJson, presetToJson } from '../../../../src/main/engine/wire/open-webui/preset-json.ts'
import type { IncomingPreset } from '../../../../src/shared/presets.ts'
import { input, maker, openPresets, type TestPresets } from '../../../support/test-presets.ts'

function open(options: Parameters<typeof openPresets>[0] = {}): TestPresets {
  const opened = openPresets(options)
  onTestFinished(() => opened.close())
  return opened
}

const idsOf = ({ presets }: TestPresets) => [...presets.records.all()].map(({ id }) => id)
const NOTHING = { created: [], updated: [], deleted: [], unchanged: [], refused: [] }

function incoming(id: string, changes: Partial<IncomingPreset> = {}): IncomingPreset {
  return { id, baseModelId: 'llama3:8b', name: id, ...changes }
}

test('an import makes new records, merges metadata and replaces parameters of known ones', () => {
  const opened = open({ people: { bob: 'Bob' } })
  const { presets } = opened
  const grants = [{ principalType: 'user' as const, principalId: 'bob', permission: 'read' as const }]
  presets.create(
    input('a', { params: { top_k: 1, seed: 2 }, meta: { description: 'old', hidden: true }, grants }),
    OWNER,
  )
  const result = presets.importRecords(
    [
      incoming('a', { params: { top_k: 5 }, meta: { description: 'new' }, extra: { from: 'afar' }, createdAt: 5 }),
      incoming('b', { ownerId: 'bob', createdAt: 7, updatedAt: 8, isActive: false }),
      incoming('c', { ownerId: 'nobody-here' }),
      incoming('c'),
      incoming('d', { params: { temperature: 'hot' } }),
    ],
    OWNER,
  )
  expect(result).toEqual({
    ...NOTHING,
    created: ['b', 'c'],
    updated: ['a'],
    refused: [
      { id: 'c', reason: 'The id comes twice; the first one was taken.' },
      { id: 'd', reason: expect.stringContaining('params.temperature') },
    ],
  })
  expect(presets.find('a')).toMatchObject({
    params: { top_k: 5 },
    meta: { description: 'new', hidden: true },
    grants,
    extra: { from: 'afar' },
    ownerId: 'owner',
  })
  expect(presets.find('a')?.createdAt).toBeGreaterThan(5)
  expect(presets.find('b')).toMatchObject({ ownerId: 'bob', createdAt: 7, updatedAt: 8, isActive: false, grants: [] })
  expect(presets.find('c')?.ownerId).toBe('owner')
  expect(presets.importRecords([incoming('b', { isActive: false })], OWNER)).toEqual({ ...NOTHING, unchanged: ['b'] })
})

test('what a person may not write is refused by id, and the rest is imported', () => {
  const opened = open()
  const ann = maker('ann')
  opened.presets.create(input('bobs', { name: 'before' }), maker('bob'))
  const result = opened.presets.importRecords(
    [incoming('bobs', { name: 'taken over' }), incoming('mine'), incoming('gpt-5', { baseModelId: null })],
    ann,
  )
  expect(result.created).toEqual(['mine'])
  expect(result.refused.map(({ id }) => id)).toEqual(['bobs', 'gpt-5'])
  expect(opened.presets.find('bobs')).toMatchObject({ name: 'before', ownerId: 'bob' })
  expect(opened.presets.export(ann).map(({ id }) => id)).toEqual(['mine'])
})

test('presets of one file may build on each other in any order; those that close a circle are refused', () => {
  const opened = open()
  const result = opened.presets.importRecords(
    [
      incoming('top', { baseModelId: 'middle' }),
      incoming('middle', { baseModelId: 'bottom' }),
      incoming('bottom'),
      incoming('x', { baseModelId: 'y' }),
      incoming('y', { baseModelId: 'x' }),
    ],
    OWNER,
  )
  expect(result.created).toEqual(['top', 'middle', 'bottom', 'y'])
  expect(result.refused.map(({ id }) => id)).toEqual(['x'])
  expect(opened.resolver.follow('top').base?.id).toBe('llama3:8b')
})

test('a sync leaves exactly the records that it names: created, updated, deleted, unchanged', () => {
  const opened = open()
  const { presets, clock } = opened
  for (const id of ['stays', 'changes', 'goes', 'broken']) presets.create(input(id, { params: { seed: 1 } }), OWNER)
  presets.create(input('gpt-5', { baseModelId: null }), OWNER)
  const before = presets.find('stays')
  clock.advance(5_000)
  const wanted = [
    incoming('stays', { params: { seed: 1 }, updatedAt: 99 }),
    incoming('changes', { params: { seed: 2 }, meta: { description: 'new' } }),
    incoming('new'),
    incoming('broken', { params: { seed: 'x'.repeat(3), temperature: -1 } }),
  ]
  expect(presets.sync(wanted, OWNER)).toMatchObject({
    created: ['new'],
    updated: ['changes'],
    deleted: ['goes', 'gpt-5'],
    unchanged: ['stays'],
    refused: [{ id: 'broken' }],
  })
  expect(idsOf(opened)).toEqual(['stays', 'changes', 'broken', 'new'])
  expect(presets.find('stays')).toBe(before)
  expect(presets.find('changes')).toMatchObject({ params: { seed: 2 }, updatedAt: Math.floor(clock.now() / 1000) })
  expect(presets.find('broken')?.params).toEqual({ seed: 1 })
  const again = opened.reopen()
  onTestFinished(() => again.close())
  expect(idsOf(again)).toEqual(['stays', 'changes', 'broken', 'new'])
  expect(again.presets.sync([], OWNER).deleted).toHaveLength(4)
})

test('a sync may turn a chain around', () => {
  const opened = open()
  opened.presets.create(input('a'), OWNER)
  opened.presets.create(input('b', { baseModelId: 'a' }), OWNER)
  const turned = [incoming('a', { baseModelId: 'b' }), incoming('b')]
  expect(opened.presets.sync(turned, OWNER)).toEqual({ ...NOTHING, updated: ['a', 'b'] })
  expect(opened.resolver.follow('a').chain.map(({ id }) => id)).toEqual(['a', 'b'])
})

test('all or nothing: a sync that cannot be written changes nothing', () => {
  const opened = open()
  opened.presets.create(input('a'), OWNER)
  const heard = opened.events.length
  const params: Record<string, unknown> = { loop: null }
  params.loop = params
  expect(() => opened.presets.sync([incoming('b'), incoming('c', { params })], OWNER)).toThrow()
  expect(idsOf(opened)).toEqual(['a'])
  expect(opened.storage.presets.all().presets.map(({ preset }) => preset.id)).toEqual(['a'])
  expect(opened.events).toHaveLength(heard)
})

test('import, edit, export, import elsewhere: nothing is lost, unknown fields included', () => {
  const file = [
    {
      id: 'team/helper:1',
      user_id: 'c0ffee',
      base_model_id: 'llama3:8b',
      name: 'Helper',
      params: {
        temperature: 0.3,
        system: 'Be kind.',
        custom_params: { mirror: '{"a":1}' },
        future_param: [1, { deep: true }],
      },
      meta: {
        profile_image_url: '/static/favicon.png',
        description: null,
        tags: [{ name: 'team' }],
        suggestion_prompts: [{ title: ['a', 'b'], content: 'c' }],
        toolIds: ['t'],
        filterIds: ['f'],
        capabilities: { vision: true, usage: false },
        future_meta: { any: 'thing' },
      },
      access_grants: [{ id: 'g1', principal_type: 'group', principal_id: 'g', permission: 'read' }],
      is_active: true,
      created_at: 1_700_000_000,
      updated_at: 1_700_000_001,
      future_field: { kept: ['as', 'it', 'is'] },
    },
  ]
  const read = (json: unknown) =>
    presetsFromJson(json).map((reading) => {
      if (!reading.ok) throw new Error(reading.problem)
      return reading.preset
    })
  const here = open()
  expect(here.presets.importRecords(read(file), OWNER).created).toEqual(['team/helper:1'])
  const known = here.presets.find('team/helper:1')
  if (known === null) throw new Error('it was not imported')
  here.presets.update(known.id, { ...known, name: 'Edited', params: { ...known.params, top_k: 3 } }, OWNER)
  const exported = JSON.parse(
    JSON.stringify(here.presets.export(OWNER).map((preset) => presetToJson(preset, { form: 'both' }))),
  )
  const elsewhere = open()
  elsewhere.presets.importRecords(read(exported), OWNER)
  const [arrived] = elsewhere.presets.export(OWNER).map((preset) => presetToJson(preset))
  expect(arrived).toEqual({
    ...file[0],
    user_id: 'owner',
    name: 'Edited',
    params: { ...file[0]?.params, top_k: 3 },
    access_grants: [{ id: 'group:g:read', principal_type: 'group', principal_id: 'g', permission: 'read' }],
    updated_at: here.presets.find(known.id)?.updatedAt,
  })
})

test('all records go at once, for administrators', () => {
  const opened = open()
  opened.presets.create(input('a'), maker('ann'))
  opened.presets.create(input('gpt-5', { baseModelId: null }), OWNER)
  expect(opened.presets.removeAll(OWNER)).toBe(2)
  expect(idsOf(opened)).toEqual([])
  expect(opened.presets.create(input('a'), OWNER).id).toBe('a')
  expect(opened.presets.history('a', OWNER)).toEqual([])
})
