import { describe, expect, test } from 'vitest'
import { createResolver } from '../../../src/main/engine/models/resolve/create-resolver.ts'
import { fakeModel } from '../../support/fake-engine.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { NO_DEFAULTS, testPreset } from '../../support/test-access.ts'

function rig() {
  const state = { models: [fakeModel('base'), fakeModel('other')], records: 0, defaults: NO_DEFAULTS, looks: 0 }
  const presets = new Map([['mine', testPreset('mine', { baseModelId: 'base', name: 'Mine' })]])
  const resolver = createResolver({
    records: {
      find(id) {
        state.looks += 1
        return presets.get(id) ?? null
      },
      all: () => presets.values(),
    },
    catalog: { find: (id) => state.models.find((model) => model.id === id) ?? null },
    defaults: () => state.defaults,
    clock: createManualClock(),
    revisions: { records: () => state.records, catalog: () => state.models, defaults: () => state.defaults },
  })
  return { state, presets, resolver }
}

describe('ids that were followed before', () => {
  test('are not followed anew', () => {
    const { state, resolver } = rig()
    const first = resolver.resolve('mine')
    const { looks } = state
    expect(looks).toBeGreaterThan(0)
    expect(resolver.resolve('mine')).toBe(first)
    expect(state.looks).toBe(looks)
  })

  test('are followed anew where a record, the catalog or the defaults changed', () => {
    const { state, presets, resolver } = rig()
    expect(resolver.resolve('mine')).toMatchObject({ name: 'Mine', baseModelId: 'base', changesRequests: false })
    presets.set('mine', testPreset('mine', { baseModelId: 'other', name: 'Yours' }))
    state.records += 1
    expect(resolver.resolve('mine')).toMatchObject({ name: 'Yours', baseModelId: 'other' })
    state.defaults = { ...NO_DEFAULTS, params: { temperature: 1 } }
    expect(resolver.resolve('mine')).toMatchObject({ changesRequests: true })
    state.models = [fakeModel('base')]
    expect(() => resolver.resolve('mine')).toThrow('The base model')
    state.models = [fakeModel('other')]
    expect(resolver.resolve('mine')).toMatchObject({ baseModelId: 'other' })
  })

  test('are asked for again where they led nowhere', () => {
    const { state, resolver } = rig()
    expect(resolver.resolve('later')).toBeNull()
    const { looks } = state
    expect(resolver.resolve('later')).toBeNull()
    expect(state.looks).toBeGreaterThan(looks)
  })

  test('are not more than can be kept', () => {
    const { presets, state, resolver } = rig()
    for (let index = 0; index < 1_001; index += 1) {
      const id = `p${index}`
      presets.set(id, testPreset(id, { baseModelId: 'base' }))
      expect(resolver.resolve(id)?.id).toBe(id)
    }
    const { looks } = state
    expect(resolver.resolve('p1000')?.id).toBe('p1000')
    expect(state.looks).toBe(looks)
    expect(resolver.resolve('p0')?.id).toBe('p0')
    expect(state.looks).toBeGreaterThan(looks)
  })
})
