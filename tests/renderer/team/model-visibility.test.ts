import { describe, expect, it } from 'vitest'
import { EVERYONE, type Grant } from '#shared/access.ts'
import type { CatalogModel } from '#shared/models.ts'
import type { PresetRow } from '#shared/presets.ts'
import { sharedModels } from '../../../src/renderer/features/team/model-visibility.ts'
import { builtInConnection, connectionView } from '../support/connection-samples.ts'
import { catalogOf, modelFile } from '../support/samples.ts'

const OPEN: Grant[] = [{ principalType: 'user', principalId: EVERYONE, permission: 'read' }]

function model(id: string, connectionIds: readonly string[]): CatalogModel {
  const [sample] = catalogOf([modelFile(id)])
  const [holder] = sample?.holders ?? []
  if (sample === undefined || holder === undefined) throw new Error('the sample has no holder')
  return { ...sample, id, name: id, holders: connectionIds.map((connectionId) => ({ ...holder, connectionId })) }
}

function record(id: string, baseModelId: string | null, grants: Grant[]): [string, PresetRow] {
  const preset = {
    id,
    baseModelId,
    name: id,
    params: {},
    meta: {},
    grants,
    isActive: true,
    ownerId: 'owner',
    createdAt: 0,
    updatedAt: 0,
    extra: {},
  }
  return [id, { preset, resolvedBaseId: baseModelId, state: 'ready', ownerName: 'owner', canWrite: true }]
}

const open = connectionView('open', { config: { visibility: 'everyone' } })
const closed = connectionView('closed', { config: { visibility: 'private' } })
const look = (
  models: CatalogModel[],
  records: [string, PresetRow][] = [],
  modelsHere: 'private' | 'everyone' = 'private',
) =>
  sharedModels(models, new Map(records), [builtInConnection(), open, closed], modelsHere).map(
    ({ model: { id }, visibility, heldBackBy }) => ({ id, visibility, heldBackBy }),
  )

describe('who may use a model', () => {
  it('follows any connection that has it, without a record', () => {
    expect(look([model('a', ['closed']), model('b', ['closed', 'open'])])).toEqual([
      { id: 'a', visibility: 'private', heldBackBy: null },
      { id: 'b', visibility: 'everyone', heldBackBy: null },
    ])
  })

  it('follows the team’s setting for what runs in this app', () => {
    const own = model('a', [builtInConnection().id])
    expect(look([own])[0]?.visibility).toBe('private')
    expect(look([own], [], 'everyone')[0]?.visibility).toBe('everyone')
  })

  it('follows a record that writes its name with :latest, or without', () => {
    expect(look([model('a', ['closed'])], [record('a:latest', null, OPEN)])[0]?.visibility).toBe('everyone')
    expect(look([model('a:latest', ['closed'])], [record('a', null, OPEN)])[0]?.visibility).toBe('everyone')
  })

  it('follows its own record before its connections', () => {
    expect(look([model('a', ['open'])], [record('a', null, [])])[0]?.visibility).toBe('private')
    expect(look([model('a', ['closed'])], [record('a', null, OPEN)])[0]?.visibility).toBe('everyone')
  })

  it('is not given by a grant to one person, a group, or only to write', () => {
    const grants: Grant[] = [
      { principalType: 'user', principalId: 'mira', permission: 'read' },
      { principalType: 'group', principalId: 'platform', permission: 'read' },
      { principalType: 'user', principalId: EVERYONE, permission: 'write' },
    ]
    expect(look([model('a', ['closed'])], [record('a', null, grants)])[0]?.visibility).toBe('private')
  })

  it('names the model further down that holds it back, and ends at a cycle', () => {
    const models = [model('base', ['closed']), model('middle', []), model('top', [])]
    const records = [record('middle', 'base', OPEN), record('top', 'middle', OPEN)]
    expect(look(models, records).map(({ heldBackBy }) => heldBackBy)).toEqual([null, 'base', 'base'])
    const cycle = [record('middle', 'top', OPEN), record('top', 'middle', OPEN)]
    expect(look(models, cycle).map(({ heldBackBy }) => heldBackBy)).toEqual([null, null, null])
  })
})
