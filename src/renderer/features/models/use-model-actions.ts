import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { create } from 'zustand'
import type { PublicError } from '#shared/errors.ts'
import type { GgufFile, LoadOptions } from '#shared/models.ts'
import { client } from '../../bridge/client.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { announce } from '../../components/announcer.tsx'
import { showToast } from '../../components/toasts.tsx'
import { displayName } from './model-view.ts'
import { type SavedOptions, saveLoadOptions } from './save-load-options.ts'

interface ActionState {
  /** Calls that run, by model id. */
  busy: Readonly<Record<string, 'load' | 'unload' | 'save' | 'recheck' | 'forget'>>
  /** The last failure per model, until the next try. */
  errors: Readonly<Record<string, PublicError>>
}

/** What is being done to models, and what failed; beside the list, so that a row may leave and come back. */
export const useModelActionStore = create<ActionState>(() => ({ busy: {}, errors: {} }))

export interface ModelActions {
  load(file: GgufFile, options?: LoadOptions): Promise<void>
  unload(file: GgufFile): Promise<void>
  /** False if it failed; see `saveLoadOptions` for what it tells otherwise. */
  save(file: GgufFile, options: LoadOptions): Promise<SavedOptions | null | false>
  recheck(file: GgufFile): Promise<void>
  forget(file: GgufFile): Promise<void>
}

/** The things a person does to a model file. Failures are kept and shown at the model. */
export function useModelActions(): ModelActions {
  const queries = useQueryClient()
  const { t } = useTranslation(['models', 'app'])

  async function run(id: string, kind: ActionState['busy'][string], work: () => Promise<unknown>): Promise<boolean> {
    useModelActionStore.setState(({ busy, errors }) => ({ busy: { ...busy, [id]: kind }, errors: without(errors, id) }))
    try {
      await work()
      return true
    } catch (error) {
      useModelActionStore.setState(({ errors }) => ({ errors: { ...errors, [id]: toPublicError(error) } }))
      return false
    } finally {
      useModelActionStore.setState(({ busy }) => ({ busy: without(busy, id) }))
      void queries.invalidateQueries({ queryKey: ['models'] })
    }
  }

  return {
    async load(file, options) {
      const done = await run(file.id, 'load', async () => {
        if (file.loaded !== null) await client.models.unload({ id: file.id })
        await client.models.load({ id: file.id, ...(options === undefined ? {} : { options }) })
      })
      if (done) announce(t('models:announce.loaded', { name: displayName(file) }))
    },
    async unload(file) {
      const done = await run(file.id, 'unload', () => client.models.unload({ id: file.id }))
      if (done) announce(t('models:announce.unloaded', { name: displayName(file) }))
    },
    async save(file, options) {
      let saved: SavedOptions | null = null
      const done = await run(file.id, 'save', async () => {
        saved = await saveLoadOptions(file, options)
      })
      return done ? saved : false
    },
    async recheck(file) {
      await run(file.id, 'recheck', () => client.models.recheck({ id: file.id }))
    },
    async forget(file) {
      const done = await run(file.id, 'forget', () => client.models.forget({ id: file.id }))
      if (!done) return
      showToast({
        text: t('models:removed', { name: displayName(file) }),
        action: {
          label: t('app:undo'),
          run: () => void run(file.id, 'load', () => client.models.add({ paths: [file.path] })),
        },
        timeout: 10_000,
      })
    },
  }
}

function without<Value>(record: Readonly<Record<string, Value>>, id: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== id))
}
