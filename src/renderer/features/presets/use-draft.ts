import { useCallback, useMemo, useRef } from 'react'
import type { PresetRow } from '#shared/presets.ts'
import { draftOf, newDraft, type PresetDraft, sameValue } from './preset-draft.ts'
import { keepDraft, usePresetsStore } from './presets-store.ts'

export type PatchDraft = (change: (draft: PresetDraft) => PresetDraft) => void

export interface DraftState {
  draft: PresetDraft
  /** What is saved, or an empty model for a new one. */
  saved: PresetDraft
  dirty: boolean
  /** The same function while the editor is open, so that parts of the form need not be drawn again. */
  patch: PatchDraft
  discard: () => void
}

/** What is being edited: kept in the window's store, so that leaving the page loses nothing. */
export function useDraft(row: PresetRow | null): DraftState {
  const key = row?.preset.id ?? ''
  const saved = useMemo(() => (row === null ? newDraft() : draftOf(row.preset)), [row])
  const kept = usePresetsStore((store) => store.drafts[key])
  const base = useRef(saved)
  base.current = saved
  const patch = useCallback<PatchDraft>(
    (change) => keepDraft(key, change(usePresetsStore.getState().drafts[key] ?? base.current)),
    [key],
  )
  const discard = useCallback(() => keepDraft(key, null), [key])
  const draft = kept ?? saved
  const dirty = useMemo(() => kept !== undefined && !sameValue(kept, saved), [kept, saved])
  return { draft, saved, dirty, patch, discard }
}
