import { create } from 'zustand'
import type { LoadOptions } from '#shared/models.ts'
import type { SortDirection, SortKey } from './model-view.ts'

export interface ModelsViewState {
  query: string
  sort: SortKey
  direction: SortDirection
  /** Model whose inspector is open. */
  selected: string | null
  offlineShown: boolean
  /** Load options changed and not saved yet, by model id. */
  drafts: Readonly<Record<string, LoadOptions>>
}

/** How the Models page is set up; kept while other pages are shown. */
export const useModelsStore = create<ModelsViewState>(() => ({
  query: '',
  sort: 'used',
  direction: 'descending',
  selected: null,
  offlineShown: false,
  drafts: {},
}))

/** Keeps or drops (null) the unsaved options of a model. */
export function setDraft(id: string, draft: LoadOptions | null): void {
  useModelsStore.setState(({ drafts }) => {
    const next = { ...drafts }
    if (draft === null) delete next[id]
    else next[id] = draft
    return { drafts: next }
  })
}
