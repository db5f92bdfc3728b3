import { expect, test } from 'vitest'
import { findModel } from '../../../src/main/engine/pipeline/find-model.ts'
import { ANONYMOUS, OWNER } from '../../../src/main/engine/spec/principal.ts'
import { unknownModel } from '../../../src/main/engine/spec/unknown-model.ts'
import { fakeModel } from '../../support/fake-engine.ts'
import { openAccess, resolverOver, testPreset } from '../../support/test-access.ts'

const base = fakeModel('llama3')
const catalog = { find: (id: string) => (id === base.id ? base : null), findAfterLook: async () => null }
const saved = testPreset('mine', { baseModelId: 'llama3', params: { temperature: 0.1 } })
const resolver = resolverOver(catalog, [saved])
const draft = testPreset('mine', { baseModelId: 'llama3', name: 'Draft', params: { temperature: 0.9 } })

test('a draft runs in the place of the model’s own records, on its base, under its own name', async () => {
  const resolved = resolver.resolveDraft(draft)
  if (resolved === null) throw new Error('The draft leads nowhere.')
  const parts = { catalog, resolver, access: openAccess() }
  const found = await findModel('llama3', OWNER, parts, { resolved })
  expect(found).toMatchObject({ resolved, model: base, baseModelId: 'llama3', asked: { id: 'mine', name: 'Draft' } })
  expect(found.resolved?.chain[0]?.params).toEqual({ temperature: 0.9 })
  expect(resolver.resolve('mine')?.chain[0]?.params).toEqual({ temperature: 0.1 })
})

test('and no draft leads anybody to a model that is not theirs', async () => {
  const resolved = resolver.resolveDraft(draft)
  if (resolved === null) throw new Error('The draft leads nowhere.')
  const access = {
    ...openAccess(),
    requireModel(_principal: unknown, id: string) {
      throw unknownModel(id)
    },
  }
  await expect(findModel('llama3', ANONYMOUS, { catalog, resolver, access }, { resolved })).rejects.toMatchObject({
    code: 'model_not_found',
    message: unknownModel('llama3').message,
  })
})
