import { create } from 'zustand'
import type { Recognised } from './recognise-paste.ts'

/** What the form is open for: a new connection (with what a paste told) or an existing one. */
export type EditorTarget = { kind: 'add'; found: Recognised | null } | { kind: 'edit'; id: string }

export interface BackendsViewState {
  /** Connection whose test is shown beside the cells. */
  selected: string | null
  editor: EditorTarget | null
  /** Connection that asks whether it may be removed. */
  removing: string | null
}

/** How the Backends page is set up. */
export const useBackendsStore = create<BackendsViewState>(() => ({ selected: null, editor: null, removing: null }))

export function openEditor(editor: EditorTarget): void {
  useBackendsStore.setState({ editor })
}

export function closeEditor(): void {
  useBackendsStore.setState({ editor: null })
}
