import { describe, expect, test } from 'vitest'
import {
  accessControlFromGrants,
  grantsFromAccessControl,
} from '../../../../src/main/engine/wire/open-webui/access-control.ts'
import {
  grantsFromJson,
  presetFromJson,
  presetsFromJson,
  presetToJson,
} from '../../../../src/main/engine/wire/open-webui/preset-json.ts'
import type { Grant } from '../../../../src/shared/access.ts'
import type { Preset } from '../../../../src/shared/presets.ts'

const preset: Preset = {
  id: 'a/b:c',
  baseModelId: 'llama3',
  name: 'A',
  params: { temperature: 1, other: null },
  meta: { description: 'd', tags: [{ name: 't' }] },
  grants: [{ principalType: 'group', principalId: 'g', permission: 'write' }],
  isActive: false,
  ownerId: 'owner',
  createdAt: 10,
  updatedAt: 20,
  extra: { future: { deep: [1] }, name: 'does not win' },
}

const grant = (principalType: Grant['principalType'], principalId: string, permission: Grant['permission']): Grant => ({
  principalType,
  principalId,
  permission,
})

test('a record has the fields of Open WebUI, with what it did not know where it was', () => {
  const json = {
    future: { deep: [1] },
    id: 'a/b:c',
    user_id: 'owner',
    base_model_id: 'llama3',
    name: 'A',
    params: { temperature: 1, other: null },
    meta: { description: 'd', tags: [{ name: 't' }] },
    access_grants: [{ id: 'group:g:write', principal_type: 'group', principal_id: 'g', permission: 'write' }],
    is_active: false,
    created_at: 10,
    updated_at: 20,
  }
  expect(presetToJson(preset)).toEqual(json)
  expect(presetToJson(preset, { form: 'both' })).toEqual({
    ...json,
    access_control: { read: { group_ids: [], user_ids: [] }, write: { group_ids: ['g'], user_ids: [] } },
  })
  const { name: _shadowed, ...extra } = preset.extra
  expect(presetFromJson(json)).toEqual({ ok: true, preset: { ...preset, extra } })
})

test.each<[string, unknown, Grant[]]>([
  ['null: everyone reads', null, [grant('user', '*', 'read')]],
  ['{}: the owner alone', {}, []],
  [
    'lists',
    { read: { user_ids: ['u'], group_ids: ['g'] }, write: { group_ids: ['h'] } },
    [grant('user', 'u', 'read'), grant('group', 'g', 'read'), grant('group', 'h', 'write')],
  ],
  ['a side of null', { read: null, write: { user_ids: null, group_ids: ['h'] } }, [grant('group', 'h', 'write')]],
])('the older form of access is read: %s', (_name, control, grants) => {
  expect(grantsFromAccessControl(control)).toEqual(grants)
  expect(grantsFromAccessControl(accessControlFromGrants(grants))).toEqual(grants)
})

test('grants that the older form cannot say are not said in it', () => {
  const unsayable = [
    [grant('user', '*', 'write')],
    [grant('anyone', '*', 'read')],
    [grant('user', '*', 'read'), grant('user', 'u', 'write')],
  ]
  for (const grants of unsayable) {
    expect(accessControlFromGrants(grants)).toBeUndefined()
    expect(presetToJson({ ...preset, grants }, { form: 'both' })).not.toHaveProperty('access_control')
  }
})

describe('reading access', () => {
  const grantsOf = (fields: object) => {
    const reading = presetFromJson({ id: 'x', ...fields })
    return reading.ok ? reading.preset.grants : reading.problem
  }
  test('null and absent say nothing in the newer form, but null means everyone in the older one', () => {
    expect(grantsOf({})).toBeUndefined()
    expect(grantsOf({ access_grants: null })).toBeUndefined()
    expect(grantsOf({ access_grants: [] })).toEqual([])
    expect(grantsOf({ access_control: null })).toEqual([grant('user', '*', 'read')])
    expect(grantsOf({ access_control: {} })).toEqual([])
  })
  test('the newer form counts where both are there', () => {
    expect(grantsOf({ access_grants: [], access_control: null })).toEqual([])
  })
  test('what is wrong is named', () => {
    expect(grantsOf({ access_grants: [{ principal_type: 'robot', principal_id: 'x', permission: 'read' }] })).toContain(
      'access_grants[0].principal_type',
    )
    expect(grantsOf({ access_control: { read: { user_ids: 'u' } } })).toContain('access_control.read.user_ids')
    expect(() => grantsFromJson([{}])).toThrow(/access_grants\[0\]\.principal_type/)
  })
})

test('arrays, lists under `models`, single records and the community form are read', () => {
  const ids = (json: unknown) =>
    presetsFromJson(json).map((reading) => (reading.ok ? reading.preset.id : reading.problem))
  expect(ids([{ id: 'a' }, { id: 'b' }])).toEqual(['a', 'b'])
  expect(ids({ models: [{ id: 'a' }] })).toEqual(['a'])
  expect(ids({ id: 'a' })).toEqual(['a'])
  expect(ids([])).toEqual([])
  expect(ids([5])).toEqual(['The request body is wrong: expected object, received number.'])
  expect(() => ids({ models: 'a' })).toThrow("Invalid 'models': expected array, received string.")
  expect(() => ids({})).toThrow("Missing required parameter: 'models'.")
  expect(() => ids(5)).toThrow('expected object, received number')
  const community = {
    id: 'outer',
    name: 'Outer',
    user_id: 'u',
    actions: [],
    info: { base_model_id: 'llama3', params: { seed: 1 }, meta: { tags: ['t'] }, is_active: 1 },
  }
  expect(presetsFromJson([community, { id: 'o', info: { id: 'inner', name: 'Inner' } }])).toEqual([
    {
      ok: true,
      preset: expect.objectContaining({
        id: 'outer',
        name: 'Outer',
        ownerId: 'u',
        baseModelId: 'llama3',
        params: { seed: 1 },
        isActive: true,
        extra: {},
      }),
    },
    { ok: true, preset: expect.objectContaining({ id: 'inner', name: 'Inner' }) },
  ])
})

test('absent fields stay absent, empty bases are none, and times in smaller units are seconds again', () => {
  const reading = presetFromJson({ id: 'x', base_model_id: '', created_at: 1_700_000_000_123, updated_at: 1.7e18 })
  expect(reading).toEqual({
    ok: true,
    preset: { id: 'x', baseModelId: null, createdAt: 1_700_000_000, updatedAt: 1_700_000_000, extra: {} },
  })
  expect(presetFromJson({ id: 'x', created_at: -1 })).toMatchObject({ preset: { createdAt: undefined } })
})

test.each([
  [null, null],
  ['text', null],
  [{}, null],
  [{ id: 7 }, null],
  [{ id: '' }, ''],
  [{ id: 'x', params: [] }, 'x'],
  [{ id: 'x', meta: 'no' }, 'x'],
  [{ id: 'x', is_active: 'yes' }, 'x'],
])('what is no record is told with its id, as far as it has one: %j', (json, id) => {
  expect(presetFromJson(json)).toEqual({ ok: false, id, problem: expect.stringMatching(/\w+/) })
})

test('what a list works out for whoever asks is no part of a record', () => {
  const reading = presetFromJson({ id: 'x', write_access: true, user: { name: 'Ann', email: 'a@b.c' }, note: 1 })
  expect(reading).toMatchObject({ ok: true, preset: { extra: { note: 1 } } })
  expect(JSON.stringify(reading)).not.toContain('a@b.c')
})
