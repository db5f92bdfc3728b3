import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openStorage, type StoredConnection } from '../../../src/main/engine/storage/index.ts'
import { openWritable } from '../../../src/main/engine/storage/sqlite.ts'
import { connectionConfigSchema } from '../../../src/shared/connections.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { createTestLog } from '../../support/test-log.ts'

function stored(id: string, more: Partial<StoredConnection> = {}): StoredConnection {
  const { headers: _none, ...config } = connectionConfigSchema.parse({ provider: 'openai', baseUrl: `http://${id}/v1` })
  return { id, config, keys: [], headerNames: [], headerSeal: null, origin: 'person', createdAt: 5, ...more }
}

function open(folder = tempFolder()) {
  const storage = openStorage({ folder, log: createTestLog(), now: () => 1_000 })
  onTestFinished(storage.close)
  return { folder, storage, store: storage.connections }
}

test('connections come back as they were put, in the order that was given', () => {
  const { store } = open()
  const a = stored('a', { keys: [{ id: 'k1', last4: '1111' }], headerNames: ['X-Team'], headerSeal: 's1' })
  const b = stored('b', { origin: 'environment' })
  store.save({ put: [a, b], order: ['b', 'a'] }, 10)
  expect(store.all()).toEqual([b, a])
  const changed = { ...a, config: { ...a.config, name: 'New' }, keys: [], headerSeal: null, headerNames: [] }
  store.save({ put: [changed], remove: ['b'], order: ['a'] }, 20)
  expect(store.all()).toEqual([changed])
})

test('families and the seed', () => {
  const { store } = open()
  expect([[...store.families()], [...store.seed()]]).toEqual([[], []])
  store.save({ order: [], families: new Map([['ollama', false]]), seed: new Map([['A', 'digest']]) }, 10)
  store.save({ order: [], families: new Map([['openai', true]]) }, 10)
  expect(Object.fromEntries(store.families())).toEqual({ ollama: false, openai: true })
  expect([...store.seed()]).toEqual([['A', 'digest']])
})

test('a change is whole or nothing', () => {
  const { store } = open()
  store.save({ put: [stored('a')], order: ['a'], seed: new Map([['A', 'digest']]) }, 10)
  expect(() =>
    store.save({ put: [stored('b')], remove: ['a'], order: ['b'], seed: new Map([['A', 'again']]) }, 20),
  ).toThrow(expect.objectContaining({ code: 'storage_failed' }))
  expect(store.all().map(({ id }) => id)).toEqual(['a'])
})

test('header values never reach a row, also by mistake', () => {
  const { folder, storage, store } = open()
  const careless = { ...stored('a').config, headers: { 'X-Key': 'canary' } }
  store.save({ put: [stored('a', { config: careless })], order: ['a'] }, 10)
  storage.close()
  const db = openWritable(join(folder, 'switchyard.db'))
  expect(JSON.stringify(db.prepare('SELECT * FROM connections').all())).not.toContain('canary')
  db.close()
})

test('rows that make no sense are named and left alone; fields that are new to a row have their defaults', () => {
  const { folder, storage, store } = open()
  store.save({ put: [stored('a'), stored('b'), stored('c')], order: ['a', 'b', 'c'] }, 10)
  storage.close()
  const db = openWritable(join(folder, 'switchyard.db'))
  db.exec(`UPDATE connections SET config = 'not JSON' WHERE id = 'a'`)
  db.exec(`UPDATE connections SET config = json_remove(config, '$.timeouts', '$.weight') WHERE id = 'b'`)
  db.close()
  const again = open(folder)
  expect(again.store.unreadable()).toEqual(['a'])
  expect(again.store.all()).toEqual([stored('b'), stored('c')])
  again.store.save({ remove: ['b'], order: ['c'] }, 20)
  expect(again.store.unreadable()).toEqual(['a'])
})
