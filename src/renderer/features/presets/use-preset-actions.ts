import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { create } from 'zustand'
import type { PublicError } from '#shared/errors.ts'
import { client } from '../../bridge/client.ts'
import { refreshPresets } from '../../bridge/preset-queries.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { announce } from '../../components/announcer.tsx'
import { choose, usePresetsStore } from './presets-store.ts'
import { exportName, saveFile } from './save-file.ts'

/** A change of several models that did not go through. */
export interface Failure {
  error: PublicError
  done: number
  total: number
}

interface ActionState {
  busy: boolean
  failure: Failure | null
}

/** What is being done to the models of the list, and the last failure until the next try. */
export const usePresetActionStore = create<ActionState>(() => ({ busy: false, failure: null }))

export interface PresetActions {
  setActive(ids: readonly string[], isActive: boolean): Promise<void>
  setVisibility(ids: readonly string[], visibility: 'private' | 'everyone'): Promise<void>
  /** True if all are deleted. */
  remove(ids: readonly string[]): Promise<boolean>
  /** Absent: all that may be exported. */
  exportModels(ids?: readonly string[]): Promise<void>
  importFiles(files: readonly File[]): Promise<void>
  rebind(from: string, to: string): Promise<void>
}

/** What a person does to models of the list, one or many. Failures are kept and shown above the list. */
export function usePresetActions(): PresetActions {
  const queries = useQueryClient()
  const { t } = useTranslation('presets')

  /** Works through the ids; stops at the first failure. Returns how many were done. */
  async function each(ids: readonly string[], work: (id: string) => Promise<unknown>): Promise<number> {
    usePresetActionStore.setState({ busy: true, failure: null })
    let done = 0
    try {
      for (const id of ids) {
        await work(id)
        done += 1
      }
    } catch (error) {
      usePresetActionStore.setState({ failure: { error: toPublicError(error), done, total: ids.length } })
    } finally {
      usePresetActionStore.setState({ busy: false })
    }
    await refreshPresets(queries)
    return done
  }

  async function importFile(file: File): Promise<void> {
    usePresetActionStore.setState({ busy: true, failure: null })
    try {
      const result = await client.presets.importFile({ text: await file.text() })
      usePresetsStore.setState({ importOutcome: { name: file.name, result, error: null } })
    } catch (error) {
      usePresetsStore.setState({ importOutcome: { name: file.name, result: null, error: toPublicError(error) } })
    } finally {
      usePresetActionStore.setState({ busy: false })
    }
    await refreshPresets(queries)
  }

  return {
    async setActive(ids, isActive) {
      const count = await each(ids, (id) => client.presets.setActive({ id, isActive }))
      if (count > 0) announce(t(isActive ? 'done.on' : 'done.off', { count }))
    },
    async setVisibility(ids, visibility) {
      let count = 0
      const done = await each(['all'], async () => {
        count = (await client.presets.setVisibility({ ids: [...ids], visibility })).changed
      })
      if (done > 0) announce(t('done.visibility', { count }))
    },
    async remove(ids) {
      const count = await each(ids, async (id) => {
        await client.presets.remove({ id })
        choose([id], false)
      })
      if (count > 0) announce(t('done.removed', { count }))
      return count === ids.length
    },
    async exportModels(ids) {
      await each(['all'], async () => {
        const text = await client.presets.exportFile(ids === undefined ? {} : { ids: [...ids] })
        const file = exportName(ids ?? [], new Date())
        saveFile(file, text)
        announce(t('done.exported', { file }))
      })
    },
    async importFiles(files) {
      for (const file of files) {
        if (file.name.toLowerCase().endsWith('.json')) await importFile(file)
        else {
          const error = {
            code: 'invalid_request',
            message: t('imported.notJson', { name: file.name }),
            retryable: false,
          }
          usePresetsStore.setState({ importOutcome: { name: file.name, result: null, error: error as PublicError } })
        }
      }
    },
    async rebind(from, to) {
      let count = 0
      const done = await each(['all'], async () => {
        count = (await client.presets.rebind({ from, to })).changed
      })
      if (done > 0) announce(t('done.rebound', { count, base: to }))
    },
  }
}
