import { expect, onTestFinished, test } from 'vitest'
import { checkParams } from '../../../../src/main/engine/models/parameters/check-params.ts'
import { BASE_TEMPLATES } from '../../../../src/main/engine/models/templates/base-templates.ts'
import { previewTemplate } from '../../../../src/main/engine/models/templates/preview-template.ts'
import { isEngineError } from '../../../../src/main/engine/spec/engine-error.ts'
import { ANONYMOUS, OWNER, type Principal } from '../../../../src/main/engine/spec/principal.ts'
import { templateSchema } from '../../../../src/shared/presets.ts'
import { maker, openPresets } from '../../../support/test-presets.ts'

function open() {
  const opened = openPresets()
  onTestFinished(() => opened.close())
  return opened
}

function code(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (isEngineError(error)) return error.code
    throw error
  }
  throw new Error('nothing was refused')
}

const publisher = (id: string) => {
  const { permissions } = maker(id)
  return maker(id, { permissions: { ...permissions, sharing: { models: true, public_models: true } } })
}

test('the templates of the app have a reason each and parameters that are accepted', () => {
  expect(BASE_TEMPLATES.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['Precise', 'Balanced', 'Creative', 'Coding', 'Long context']),
  )
  expect(new Set(BASE_TEMPLATES.map(({ id }) => id)).size).toBe(BASE_TEMPLATES.length)
  for (const template of BASE_TEMPLATES) {
    expect(templateSchema.parse(template)).toEqual(template)
    expect(template.description).toMatch(/^For .+: .+\.$/)
    expect(Object.keys(template.params).length).toBeGreaterThan(0)
    checkParams(template.params)
  }
})

test('own templates are for their owner, shared ones for all, and those of the app stay as they are', () => {
  const opened = open()
  const { presets } = opened
  const ann = publisher('ann')
  const bob = maker('bob')
  const own = presets.saveTemplate(null, { name: ' Mine ', description: 'd', params: { top_k: 3 }, shared: false }, ann)
  const shared = presets.saveTemplate(null, { name: 'Ours', description: '', params: {}, shared: true }, ann)
  expect(own).toMatchObject({ kind: 'custom', name: 'Mine', ownerId: 'ann' })
  const names = (who: Principal) => presets.templates(who).flatMap(({ kind, name }) => (kind === 'base' ? [] : [name]))
  expect([names(ann), names(bob), names(OWNER), presets.templates(ANONYMOUS)]).toEqual([
    ['Mine', 'Ours'],
    ['Ours'],
    ['Mine', 'Ours'],
    [],
  ])
  const change = { name: 'x', description: '', params: {}, shared: false }
  expect(code(() => presets.saveTemplate(own.id, change, bob))).toBe('not_found')
  expect(code(() => presets.previewTemplate(own.id, {}, bob))).toBe('not_found')
  expect(code(() => presets.saveTemplate(shared.id, change, bob))).toBe('forbidden')
  expect(code(() => presets.removeTemplate(shared.id, bob))).toBe('forbidden')
  expect(code(() => presets.removeTemplate('base:precise', OWNER))).toBe('forbidden')
  expect(code(() => presets.saveTemplate('base:precise', change, OWNER))).toBe('forbidden')
  expect(code(() => presets.saveTemplate(null, { ...change, shared: true }, bob))).toBe('forbidden')
  expect(code(() => presets.saveTemplate(null, { ...change, params: { top_p: 3 } }, bob))).toBe('invalid_request')
  expect(code(() => presets.saveTemplate(null, { ...change, name: '  ' }, bob))).toBe('invalid_request')
  expect(presets.saveTemplate(own.id, { ...change, name: 'Renamed' }, ann)).toMatchObject({
    id: own.id,
    name: 'Renamed',
  })
  presets.removeTemplate(shared.id, OWNER)
  const again = opened.reopen()
  onTestFinished(() => again.close())
  expect(again.presets.templates(ann).slice(BASE_TEMPLATES.length)).toMatchObject([
    { id: own.id, name: 'Renamed', params: {} },
  ])
})

test('a preview names what is added, changed, removed and the same, and nothing else', () => {
  const { presets } = open()
  expect(
    previewTemplate(
      { top_k: 5, seed: 1, stop: ['a'], num_ctx: null, min_p: null },
      { top_k: 4, stop: ['a'], num_ctx: 8, system: 's' },
    ),
  ).toEqual([
    { name: 'top_k', before: 4, after: 5, change: 'changed' },
    { name: 'seed', before: null, after: 1, change: 'added' },
    { name: 'stop', before: ['a'], after: ['a'], change: 'same' },
    { name: 'num_ctx', before: 8, after: null, change: 'removed' },
  ])
  expect(
    presets
      .previewTemplate('base:repeatable', { temperature: 0 }, OWNER)
      .map(({ name, change }) => `${name} ${change}`),
  ).toEqual(['temperature same', 'top_k added', 'seed added'])
})
