import { expect, onTestFinished, test } from 'vitest'
import { OWNER } from '../../../../src/main/engine/spec/principal.ts'
import { openPresets, type TestPresets } from '../../../support/test-presets.ts'

function open(environment: Record<string, string> = {}): TestPresets {
  const opened = openPresets({ environment })
  onTestFinished(() => opened.close())
  return opened
}

const none = { params: {}, meta: {}, fallbackModelId: null, defaultModels: [], pinnedModels: [], order: [] }

test('defaults are stored and survive a restart; wrong parameters are refused', () => {
  const opened = open()
  const { presets } = opened
  expect(presets.defaults()).toEqual(none)
  const wanted = { ...none, params: { temperature: 0.4 }, fallbackModelId: 'llama3:8b', pinnedModels: ['gpt-5'] }
  expect(presets.setDefaults(wanted, OWNER)).toEqual(wanted)
  expect(opened.events).toEqual([{ type: 'presets:changed' }])
  expect(() => presets.setDefaults({ ...none, params: { temperature: 7 } }, OWNER)).toThrow(/params\.temperature/)
  const again = opened.reopen()
  onTestFinished(() => again.close())
  expect(again.presets.defaults()).toEqual(wanted)
})

test('what a later version added, or damage, does not take the defaults down', () => {
  const opened = open()
  opened.storage.documents.save('model-defaults', { params: { seed: 1 } }, 1)
  const again = opened.reopen()
  expect(again.presets.defaults()).toEqual({ ...none, params: { seed: 1 } })
  again.storage.documents.save('model-defaults', { params: 'nonsense' }, 1)
  const damaged = again.reopen()
  onTestFinished(() => damaged.close())
  expect(damaged.presets.defaults()).toEqual(none)
  expect(damaged.log.lines.map(({ level }) => level)).toContain('warn')
})

test('the environment wins over what is stored', () => {
  const environment = {
    DEFAULT_MODELS: ' gpt-5 , llama3:8b,',
    DEFAULT_MODEL_PARAMS: '{"temperature":0.1}',
    ENABLE_CUSTOM_MODEL_FALLBACK: 'true',
  }
  const { presets } = open(environment)
  presets.setDefaults({ ...none, params: { temperature: 1 }, defaultModels: ['other'], order: ['x'] }, OWNER)
  expect(presets.defaults()).toEqual({
    ...none,
    params: { temperature: 0.1 },
    defaultModels: ['gpt-5', 'llama3:8b'],
    fallbackModelId: 'gpt-5',
    order: ['x'],
  })
  const off = open({ ENABLE_CUSTOM_MODEL_FALLBACK: 'False' }).presets
  expect(off.setDefaults({ ...none, fallbackModelId: 'gpt-5' }, OWNER).fallbackModelId).toBe(null)
})

test.each(['not json', '[1]', '{"temperature":"hot"}'])(
  'DEFAULT_MODEL_PARAMS that makes no sense is told and ignored: %s',
  (text) => {
    const opened = open({ DEFAULT_MODEL_PARAMS: text })
    expect(opened.presets.defaults()).toEqual(none)
    expect(opened.log.lines.map(({ message }) => message).join()).toContain('DEFAULT_MODEL_PARAMS is ignored')
  },
)
