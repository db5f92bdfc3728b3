import type { ChatsOptions } from '../../src/main/engine/chats/index.ts'
import { EngineError } from '../../src/main/engine/spec/engine-error.ts'
import { OWNER, type Principal } from '../../src/main/engine/spec/principal.ts'
import { unknownModel } from '../../src/main/engine/spec/unknown-model.ts'
import type { FakePipeline } from './fake-pipeline.ts'

/** Someone with an account. */
export function testPerson(id: string, patch: Partial<Principal> = {}): Principal {
  return { ...OWNER, id, kind: 'person', role: 'user', name: id, email: `${id}@example.org`, ...patch }
}

/**
 * Who may what in tests of chats: everyone but the owner is an ordinary person, except `nobody`, who is gone; the model
 * `forbidden` is the owner's alone. There are no presets.
 */
export function chatRights({
  catalog,
  pipeline,
}: Pick<FakePipeline, 'catalog' | 'pipeline'>): Pick<
  ChatsOptions,
  'resolver' | 'pipeline' | 'principalOf' | 'contextOf'
> {
  return {
    pipeline: {
      chat(request, caller, signal) {
        const { model } = request
        const isTheirs = model !== 'forbidden' || caller.principal.kind === 'owner'
        if (!isTheirs || catalog.find(model) === null) return Promise.reject(unknownModel(model))
        return pipeline.chat(request, caller, signal)
      },
    },
    resolver: {
      follow(id) {
        const base = catalog.find(id)
        const state = base === null ? 'unknown' : 'ready'
        return { state, chain: [], baseModelId: id, base, usesFallback: false }
      },
    },
    contextOf: async ({ id }, { chatId }) => ({ variables: () => ({ USER_ID: id, CHAT_ID: chatId }) }),
    principalOf(id) {
      if (id === 'nobody') throw new EngineError('not_found', 'There is no such person.')
      return id === OWNER.id ? OWNER : testPerson(id)
    },
  }
}
