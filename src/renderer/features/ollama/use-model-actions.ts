import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { PublicError } from '#shared/errors.ts'
import type { Job } from '#shared/jobs.ts'
import { client } from '../../bridge/client.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { announce } from '../../components/announcer.tsx'
import { showToast } from '../../components/toasts.tsx'
import { showJob } from './jobs-store.ts'
import { ollamaKeys } from './ollama-queries.ts'
import { setFailure, useOllamaStore } from './ollama-store.ts'

export interface ModelActions {
  unload(model: string): Promise<void>
  /** Pulls it again, which takes only what has changed. */
  update(model: string): Promise<void>
  /** Throws PublicError, so that the sheet that asked can show it. */
  copy(source: string, destination: string): Promise<void>
  remove(model: string): Promise<void>
  /** Starts a job and shows it. Null if it was started, else why not. */
  start(call: () => Promise<Job>): Promise<PublicError | null>
}

/** What a person does to the models of one server. */
export function useModelActions(connectionId: string): ModelActions {
  const queries = useQueryClient()
  const { t } = useTranslation('ollama')
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: ollamaKeys.models(connectionId) })

  async function start(call: () => Promise<Job>): Promise<PublicError | null> {
    try {
      showJob(await call())
      return null
    } catch (error) {
      return toPublicError(error)
    }
  }

  return {
    start,
    async unload(model) {
      setFailure(model, null)
      useOllamaStore.setState(({ unloading }) => ({ unloading: { ...unloading, [model]: true } }))
      try {
        await client.ollama.unload({ connectionId, model })
        announce(t('announce.unloaded', { name: model }))
      } catch (error) {
        // Shown in the inspector, which opens for it.
        setFailure(model, toPublicError(error))
        useOllamaStore.setState({ selected: model })
      }
      await refresh()
      useOllamaStore.setState(({ unloading }) => ({
        unloading: Object.fromEntries(Object.entries(unloading).filter(([name]) => name !== model)),
      }))
    },
    async update(model) {
      setFailure(model, null)
      const failed = await start(() => client.jobs.pull({ connectionId, model }))
      if (failed === null) return
      setFailure(model, failed)
      useOllamaStore.setState({ selected: model })
    },
    async copy(source, destination) {
      await client.ollama.copy({ connectionId, source, destination })
      await refresh()
    },
    async remove(model) {
      await client.ollama.remove({ connectionId, model })
      showToast({ text: t('removeForm.deleted', { name: model }) })
      if (useOllamaStore.getState().selected === model) useOllamaStore.setState({ selected: null })
      await refresh()
    },
  }
}
