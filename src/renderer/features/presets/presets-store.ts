import { create } from 'zustand'
import type { PublicError } from '#shared/errors.ts'
import { type PresetQuery, type PresetReconcile, presetQuerySchema } from '#shared/presets.ts'
import type { PresetDraft } from './preset-draft.ts'

/** What an import came to. */
export interface ImportOutcome {
  name: string
  result: PresetReconcile | null
  error: PublicError | null
}

export interface PresetsState {
  query: PresetQuery
  /** Ids of the rows that are chosen; on any page. */
  chosen: ReadonlySet<string>
  importOutcome: ImportOutcome | null
  /** Ids that the person was asked about before they are deleted. */
  removing: readonly string[] | null
  /** Unsaved changes by id, `''` for a new preset; they outlive the page. */
  drafts: Readonly<Record<string, PresetDraft>>
}

/** How the presets list is set up, and what is not saved yet; kept while other pages are shown. */
export const usePresetsStore = create<PresetsState>(() => ({
  query: presetQuerySchema.parse({}),
  chosen: new Set(),
  importOutcome: null,
  removing: null,
  drafts: {},
}))

/** Changes the query; whatever is asked differently begins at its first page. */
export function setQuery(patch: Partial<PresetQuery>): void {
  usePresetsStore.setState(({ query }) => ({ query: { ...query, page: 1, ...patch } }))
}

export function choose(ids: readonly string[], chosen: boolean): void {
  usePresetsStore.setState((state) => {
    const next = new Set(state.chosen)
    for (const id of ids) {
      if (chosen) next.add(id)
      else next.delete(id)
    }
    return { chosen: next }
  })
}

/** Keeps or drops (null) what is not saved of a preset. */
export function keepDraft(id: string, draft: PresetDraft | null): void {
  usePresetsStore.setState(({ drafts }) => {
    if (draft !== null) return { drafts: { ...drafts, [id]: draft } }
    return { drafts: Object.fromEntries(Object.entries(drafts).filter(([key]) => key !== id)) }
  })
}
