import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { migrate } from '../../../src/main/engine/storage/migrate.ts'
import { migrations } from '../../../src/main/engine/storage/migrations/index.ts'
import { openDatabase } from '../../../src/main/engine/storage/open-database.ts'
import {
  countSql,
  type PresetSelection,
  pageSql,
  parametersOf,
  tagsSql,
} from '../../../src/main/engine/storage/preset-queries.ts'
import { createPresetsStore, type PresetSave } from '../../../src/main/engine/storage/presets-store.ts'
import { openWritable, type WritableDatabase } from '../../../src/main/engine/storage/sqlite.ts'
import { createTemplatesStore } from '../../../src/main/engine/storage/templates-store.ts'
import { createWriter } from '../../../src/main/engine/storage/writer.ts'
import type { Grant } from '../../../src/shared/access.ts'
import type { Preset } from '../../../src/shared/presets.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { createTestLog } from '../../support/test-log.ts'

function open() {
  const log = createTestLog()
  const { db, close } = openDatabase({ folder: tempFolder(), log, now: () => 1 })
  onTestFinished(close)
  const writer = createWriter({ db, file: '', log, now: () => 1 })
  return { db, writer, store: createPresetsStore(db, writer) }
}

function save(id: string, changes: Partial<Preset> = {}, tags: string[] = []): PresetSave {
  const preset: Preset = {
    id,
    baseModelId: 'base',
    name: id,
    params: {},
    meta: {},
    grants: [],
    isActive: true,
    ownerId: 'owner',
    createdAt: 1,
    updatedAt: 1,
    extra: {},
    ...changes,
  }
  return { preset, savedBy: preset.ownerId, sortName: preset.name, searchText: preset.name, tags }
}

const ALL: PresetSelection = { kind: 'presets', viewer: null, owner: null, tag: null, text: '' }
const VIEWER = { id: 'ann', groupIds: ['g1', 'g2'] }
const read = (principalId: string): Grant => ({ principalType: 'user', principalId, permission: 'read' })

test('7 to 8: the tables of presets come, and nothing else changes', () => {
  const db = openWritable(join(tempFolder(), 'test.db'))
  onTestFinished(() => void db.close())
  migrate(db, { migrations: migrations.filter(({ version }) => version < 8) })
  db.exec(`INSERT INTO documents (key, value, updated_at) VALUES ('k', '1', 1)`)
  migrate(db, { migrations: migrations.filter(({ version }) => version <= 8) })
  expect(db.prepare('SELECT value FROM documents').pluck().all()).toEqual(['1'])
  expect(db.prepare('SELECT count(*) FROM presets').pluck().get()).toBe(0)
  expect(() =>
    db.exec(`INSERT INTO preset_grants (preset_seq, principal_type, principal_id, permission)
      VALUES (1, 'user', '*', 'read')`),
  ).toThrow(/FOREIGN KEY/)
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
})

test('a record goes with its grants, tags, versions and its entry in the search', () => {
  const { db, store } = open()
  store.save({ put: [save('a', { grants: [read('ann')] }, ['t']), save('b')], remove: [] }, 50)
  store.save({ put: [save('a', { name: 'second', grants: [read('bob')] }, ['u'])], remove: [] }, 50)
  expect(store.versions('a')).toMatchObject([{ version: 1, preset: { name: 'a', grants: [read('ann')] } }])
  expect(store.all().presets.map(({ preset, version }) => [preset.name, preset.grants, version])).toEqual([
    ['second', [read('bob')], 2],
    ['b', [], 1],
  ])
  expect(store.tags({ kind: 'presets', viewer: null })).toEqual(['u'])
  store.save({ put: [], remove: ['a'] }, 50)
  for (const table of ['preset_grants', 'preset_tags', 'preset_versions']) {
    expect(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(0)
  }
  expect(store.page({ ...ALL, text: 'second' }, { order: 'name', direction: 'asc', limit: 9, offset: 0 })).toEqual({
    ids: [],
    total: 0,
  })
  db.exec(`INSERT INTO preset_search (preset_search, rank) VALUES ('integrity-check', 1)`)
})

test('a save that fails half-way leaves everything as it was', () => {
  const { db, store } = open()
  store.save({ put: [save('a'), save('b')], remove: [] }, 50)
  db.exec(`CREATE TRIGGER stop BEFORE INSERT ON presets WHEN new.id = 'd' BEGIN SELECT RAISE(ABORT, 'full'); END`)
  expect(() => store.save({ put: [save('b', { name: 'new' }), save('c'), save('d')], remove: ['a'] }, 50)).toThrow()
  expect(store.all().presets.map(({ preset }) => `${preset.id} ${preset.name}`)).toEqual(['a a', 'b b'])
  expect(store.versions('b')).toEqual([])
})

test('a row that makes no sense is named, and the others are read', () => {
  const { db, store } = open()
  store.save({ put: [save('a'), save('b')], remove: [] }, 50)
  db.exec(`UPDATE presets SET record = '{"id":7}' WHERE id = 'a'`)
  const { presets, broken } = store.all()
  expect([presets.map(({ preset }) => preset.id), broken]).toEqual([['b'], ['a']])
})

test('templates are kept by id', () => {
  const { db, writer } = open()
  const templates = createTemplatesStore(db, writer)
  const one = {
    id: '1',
    kind: 'custom' as const,
    name: 'N',
    description: '',
    params: { a: [1] },
    ownerId: 'o',
    updatedAt: 3,
  }
  templates.put(one)
  templates.put({ ...one, kind: 'shared', name: 'M' })
  expect(templates.all()).toEqual([{ ...one, kind: 'shared', name: 'M' }])
  templates.remove('1')
  expect(templates.all()).toEqual([])
})

function plan(db: WritableDatabase, sql: string, selection: PresetSelection): string {
  const parameters = { ...parametersOf(selection), ...(sql.includes('@limit') ? { limit: 30, offset: 0 } : {}) }
  const rows = db.prepare<[object], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(parameters)
  return rows.map(({ detail }) => detail).join('\n')
}

test('pages, counts and searches go through indexes, whatever they are asked', () => {
  const { db, store } = open()
  const grants: Grant[] = [{ principalType: 'group', principalId: 'g1', permission: 'read' }, read('ann')]
  const put = Array.from({ length: 300 }, (_, index) => save(`m${index}`, { grants, ownerId: `o${index % 9}` }, ['t']))
  store.save({ put, remove: [] }, 50)
  db.exec('ANALYZE')
  const filters: Partial<PresetSelection>[] = [
    {},
    { text: 'helper' },
    { tag: 't' },
    { owner: { id: 'ann', is: true } },
    { owner: { id: 'ann', is: false }, text: 'helper', tag: 't' },
  ]
  for (const viewer of [null, VIEWER]) {
    for (const filter of filters) {
      const selection = { ...ALL, viewer, ...filter }
      const sqls = [countSql(selection), tagsSql(selection)]
      for (const order of ['name', 'created_at', 'updated_at'] as const) {
        sqls.push(pageSql(selection, order, 'asc'), pageSql(selection, order, 'desc'))
      }
      for (const sql of sqls) {
        const steps = plan(db, sql, selection)
        const scans = steps.split('\n').filter((line) => line.startsWith('SCAN') && !/INDEX|VIRTUAL TABLE/.test(line))
        expect([sql, scans]).toEqual([sql, []])
        if (sql.includes('preset_search')) expect(steps).toContain('SCAN preset_search VIRTUAL TABLE INDEX')
        // Own records are all visible: no grant is looked at.
        const looksAtGrants = viewer !== null && (selection.owner?.is !== true || sql === tagsSql(selection))
        expect(steps.includes('INDEX preset_grants_by_principal (principal_type=? AND principal_id=?)')).toBe(
          looksAtGrants,
        )
      }
    }
  }
})

test('an unfiltered page for an administrator comes straight from the index that has its order', () => {
  const { db } = open()
  for (const [order, index] of [
    ['name', 'presets_by_name'],
    ['created_at', 'presets_by_creation'],
    ['updated_at', 'presets_by_update'],
  ] as const) {
    for (const direction of ['asc', 'desc'] as const) {
      const steps = plan(db, pageSql(ALL, order, direction), ALL)
      expect(steps).toContain(`INDEX ${index} (is_override=?)`)
      expect(steps).not.toContain('TEMP B-TREE')
    }
  }
  expect(plan(db, countSql(ALL), ALL)).toContain('COVERING INDEX')
})
