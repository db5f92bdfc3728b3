import { delimiter } from 'node:path'
import { expect, test } from 'vitest'
import { createSettingsStore } from '../../../src/main/engine/settings/index.ts'
import type { SettingsRecords } from '../../../src/main/engine/storage/index.ts'
import type { Settings } from '../../../src/shared/settings.ts'
import { createTestLog } from '../../support/test-log.ts'

function memoryRecords(stored: Record<string, unknown> = {}) {
  const values = new Map(Object.entries(stored).map(([key, value]) => [key, JSON.stringify(value)]))
  const quarantined: { key: string; reason: string }[] = []
  const records: SettingsRecords = {
    all: () => new Map(values),
    save: (changes) => changes.forEach((value, key) => void values.set(key, value)),
    quarantine(key, reason) {
      quarantined.push({ key, reason })
      values.delete(key)
    },
  }
  return { records, values, quarantined }
}

function open(stored: Record<string, unknown> = {}, environment: Record<string, string> = {}) {
  const log = createTestLog()
  const memory = memoryRecords(stored)
  const settings = createSettingsStore({ records: memory.records, environment, log, now: () => 1 })
  return { settings, log, ...memory }
}

test('environment over stored over defaults, key by key', () => {
  const { settings } = open(
    { theme: 'dark', queueLimit: 9 },
    { SWITCHYARD_THEME: 'light', SWITCHYARD_ALLOWED_ORIGINS: 'http://a:1, http://b:2' },
  )
  expect(settings.get()).toMatchObject({
    theme: 'light',
    queueLimit: 9,
    language: 'system',
    allowedOrigins: ['http://a:1', 'http://b:2'],
  })
  expect(settings.view().environment).toEqual({
    theme: 'SWITCHYARD_THEME',
    allowedOrigins: 'SWITCHYARD_ALLOWED_ORIGINS',
  })
})

test('every kind of value can come from the environment', () => {
  const { settings, log } = open(
    {},
    {
      SWITCHYARD_DEFAULT_MODEL_ID: 'demo',
      SWITCHYARD_TEMPERATURE: '0.5',
      SWITCHYARD_MAX_TOKENS: 'null',
      SWITCHYARD_MODEL_FOLDERS: ['/m', '/n'].join(delimiter),
      SWITCHYARD_WELCOMED: 'yes',
      SWITCHYARD_LOG_LEVEL: 'debug',
      SWITCHYARD_LOAD_GPU_LAYERS: 'max',
      SWITCHYARD_LOAD_CONTEXT_SIZE: '2048',
      SWITCHYARD_LOAD_MMAP: 'off',
      SWITCHYARD_QUEUE_LIMIT: '',
    },
  )
  expect(settings.get()).toMatchObject({
    defaultModelId: 'demo',
    temperature: 0.5,
    maxTokens: null,
    modelFolders: ['/m', '/n'],
    welcomed: true,
    logLevel: 'debug',
    queueLimit: 64,
    load: { gpuLayers: 'max', contextSize: 2048, mmap: false },
  })
  expect(settings.view().environment['load.contextSize']).toBe('SWITCHYARD_LOAD_CONTEXT_SIZE')
  expect(log.lines).toEqual([])
})

test('a variable that makes no sense is named in a warning, without its value, and the stored value holds', () => {
  const { settings, log } = open({ queueLimit: 5 }, { SWITCHYARD_QUEUE_LIMIT: 'plenty', SWITCHYARD_THEME: 'pink' })
  expect(settings.get()).toMatchObject({ queueLimit: 5, theme: 'system' })
  expect(log.lines.map(({ level, fields }) => [level, fields.variable])).toEqual([
    ['warn', 'SWITCHYARD_THEME'],
    ['warn', 'SWITCHYARD_QUEUE_LIMIT'],
  ])
  expect(JSON.stringify(log.lines)).not.toContain('plenty')
})

test('a stored value that makes no sense goes aside alone', () => {
  const { settings, quarantined, values } = open({ theme: 'neon', language: 'zh', fromTheFuture: { a: 1 } })
  expect(settings.get()).toMatchObject({ theme: 'system', language: 'zh' })
  expect(quarantined.map(({ key }) => key)).toEqual(['theme'])
  expect([...values.keys()]).toEqual(['language', 'fromTheFuture'])
})

test('an update saves only what it names, and tells who listens', () => {
  const { settings, values } = open({ language: 'zh' })
  const seen: Settings[] = []
  const forget = settings.onChange((next) => seen.push(next))
  const view = settings.update({ theme: 'dark' })
  forget()
  settings.update({ theme: 'light' })
  expect(view.values).toMatchObject({ theme: 'dark', language: 'zh' })
  expect(seen.map(({ theme }) => theme)).toEqual(['dark'])
  expect(Object.fromEntries(values)).toEqual({ language: '"zh"', theme: '"light"' })
})

test('what the environment decides cannot be changed here, and the error says which variable', () => {
  const { settings, values } = open({}, { SWITCHYARD_THEME: 'dark', SWITCHYARD_LOAD_THREADS: '2' })
  expect(() => settings.update({ theme: 'light', language: 'en' })).toThrow(
    expect.objectContaining({ code: 'conflict', message: expect.stringContaining('SWITCHYARD_THEME') }),
  )
  expect(() => settings.update({ load: { threads: 4 } })).toThrow(
    expect.objectContaining({ code: 'conflict', message: expect.stringContaining('SWITCHYARD_LOAD_THREADS') }),
  )
  expect(values.size).toBe(0)
  settings.update({ load: { threads: 2, contextSize: 1024 } })
  expect(settings.get().load).toEqual({ threads: 2, contextSize: 1024 })
  expect(values.get('load')).toBe('{"contextSize":1024}')
})

test('a bad value is refused with the setting named, and nothing of the patch is saved', () => {
  const { settings, values } = open()
  expect(() => settings.update({ theme: 'dark', temperature: 9 })).toThrow(
    expect.objectContaining({ code: 'invalid_request', param: 'temperature' }),
  )
  expect(values.size).toBe(0)
})
