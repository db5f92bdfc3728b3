import { expect, onTestFinished, test } from 'vitest'
import { ANONYMOUS, OWNER, type Principal } from '../../../../src/main/engine/spec/principal.ts'
import { baseModel, input, maker, openPresets, type TestPresets } from '../../../support/test-presets.ts'

function open(options: Parameters<typeof openPresets>[0] = {}): TestPresets {
  const opened = openPresets(options)
  onTestFinished(() => opened.close())
  return opened
}

const ids = ({ presets }: TestPresets, who: Principal) => presets.listed(who).map(({ id }) => id)
const everyone = [{ principalType: 'user' as const, principalId: '*', permission: 'read' as const }]

test('base models come first, then presets by name; what leads nowhere or is switched off is left out', () => {
  const opened = open()
  const { presets } = opened
  presets.create(input('z', { name: 'Zebra' }), OWNER)
  presets.create(input('a', { name: 'ant', baseModelId: 'z' }), OWNER)
  presets.create(input('gone', { baseModelId: 'nowhere' }), OWNER)
  presets.create(input('off', { isActive: false }), OWNER)
  expect(ids(opened, OWNER)).toEqual(['llama3:8b', 'gpt-5', 'a', 'z'])
  expect(presets.all().map(({ id, isPreset, base }) => [id, isPreset, base.id])).toEqual([
    ['llama3:8b', false, 'llama3:8b'],
    ['gpt-5', false, 'gpt-5'],
    ['a', true, 'llama3:8b'],
    ['z', true, 'llama3:8b'],
  ])
  presets.setActive('z', false, OWNER)
  expect(ids(opened, OWNER)).toEqual(['llama3:8b', 'gpt-5'])
})

test('an override names its base model, or takes it out of the lists', () => {
  const opened = open()
  opened.presets.create(input('gpt-5', { baseModelId: null, name: 'The big one' }), OWNER)
  expect(opened.presets.all()[1]).toMatchObject({
    id: 'gpt-5',
    name: 'The big one',
    isPreset: false,
    record: { id: 'gpt-5' },
  })
  opened.presets.setActive('gpt-5', false, OWNER)
  expect(opened.presets.all().map(({ id }) => id)).toEqual(['llama3:8b'])
})

test('each person gets what they may use; hidden models only if they may change them', () => {
  const opened = open()
  const { presets } = opened
  const ann = maker('ann')
  presets.create(input('private'), OWNER)
  presets.create(input('public', { grants: everyone }), OWNER)
  presets.create(input('closed-base', { baseModelId: 'gpt-5', grants: everyone }), OWNER)
  presets.create(input('hidden', { grants: everyone, meta: { hidden: true } }), ann)
  expect(ids(opened, ann)).toEqual(['llama3:8b', 'hidden', 'public'])
  expect(ids(opened, maker('bob'))).toEqual(['llama3:8b', 'public'])
  expect(ids(opened, OWNER)).toEqual(['llama3:8b', 'gpt-5', 'closed-base', 'hidden', 'private', 'public'])
  expect([ids(opened, ANONYMOUS), ids(opened, maker('p', { role: 'pending' }))]).toEqual([[], []])
})

test('a change of records, base models or defaults shows at the next look; people with one id are told apart', () => {
  const opened = open()
  const { presets } = opened
  const ann = maker('ann')
  expect(ids(opened, ann)).toEqual(['llama3:8b'])
  presets.setGrants('gpt-5', everyone, OWNER)
  expect(ids(opened, ann)).toEqual(['llama3:8b', 'gpt-5'])
  opened.setCatalog([baseModel('gpt-5', { visibility: 'private' }), baseModel('new')])
  expect(ids(opened, ann)).toEqual(['gpt-5', 'new'])
  presets.setDefaults({ ...presets.defaults(), order: ['new:latest'] }, OWNER)
  expect(ids(opened, ann)).toEqual(['new', 'gpt-5'])
  presets.setDefaults({ ...presets.defaults(), order: ['new'] }, OWNER)
  expect(ids(opened, ann)).toEqual(['new', 'gpt-5'])
  presets.create(
    input('group-only', {
      baseModelId: 'new',
      grants: [{ principalType: 'group', principalId: 'g', permission: 'read' }],
    }),
    OWNER,
  )
  expect(ids(opened, maker('ann', { groupIds: ['g'] }))).toEqual(['new', 'gpt-5', 'group-only'])
  expect(ids(opened, ann)).toEqual(['new', 'gpt-5'])
})

test('many people are served, and what a caller does to its list is its own affair', () => {
  const opened = open()
  for (let index = 0; index < 200; index++) opened.presets.listed(maker(`p${index}`)).pop()
  expect(ids(opened, maker('p199'))).toEqual(['llama3:8b'])
})

test('a base model that comes later takes its id back from a preset', () => {
  const opened = open()
  opened.presets.create(input('later'), OWNER)
  opened.setCatalog([baseModel('llama3:8b'), baseModel('later')])
  expect(opened.presets.all().map(({ id, isPreset, record }) => [id, isPreset, record])).toEqual([
    ['llama3:8b', false, null],
    ['later', false, null],
  ])
})

test('parameters fit the base model at the end of a chain', () => {
  const opened = open()
  opened.presets.create(input('a'), OWNER)
  const names = (id: string | null) => opened.presets.parameters(id).map(({ name, max }) => `${name} ${max}`)
  expect(names('a')).toEqual(names('llama3:8b'))
  expect(names('a')).not.toEqual(names(null))
})
