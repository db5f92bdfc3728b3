import { create } from 'zustand'
import type { PublicError } from '#shared/errors.ts'
import { firstDirection, type SortDirection, type SortKey } from './model-list.ts'

/** The sheet that is open, and the model it is about. */
export type OllamaSheet =
  | { kind: 'pull' | 'upload' }
  | { kind: 'create'; starter: string | null }
  | { kind: 'push' | 'copy' | 'remove'; model: string }

/** A Modelfile that was written and not sent. */
export interface ModelfileDraft {
  name: string
  /** Model that it was started from; empty for none. */
  from: string
  text: string
}

interface OllamaViewState {
  /** The server whose page this was last set up for. */
  connectionId: string | null
  query: string
  sort: SortKey
  direction: SortDirection
  /** Model whose inspector is open. */
  selected: string | null
  sheet: OllamaSheet | null
  /** What was written by hand and not sent, by connection: another server's page does not take it away. */
  modelfiles: Readonly<Record<string, ModelfileDraft>>
  /** Names that were typed to be pulled and not sent, by connection. */
  pulls: Readonly<Record<string, string>>
  /** Models that are being unloaded. */
  unloading: Readonly<Record<string, true>>
  /** The last call about a model that failed, until the next try. */
  failures: Readonly<Record<string, PublicError>>
  /** The last call about the whole server that failed, until the next try. */
  serverFailure: PublicError | null
}

/** How the manager is set up; kept while other pages are shown, fresh for another server. */
export const useOllamaStore = create<OllamaViewState>(() => ({
  connectionId: null,
  query: '',
  sort: 'name',
  direction: 'ascending',
  selected: null,
  sheet: null,
  modelfiles: {},
  pulls: {},
  unloading: {},
  failures: {},
  serverFailure: null,
}))

export function openSheet(sheet: OllamaSheet | null): void {
  useOllamaStore.setState({ sheet })
}

/** Keeps an unsent Modelfile until it is sent or given up; null forgets it. */
export function keepModelfile(connectionId: string, draft: ModelfileDraft | null): void {
  useOllamaStore.setState(({ modelfiles }) => {
    const next = { ...modelfiles }
    if (draft === null) delete next[connectionId]
    else next[connectionId] = draft
    return { modelfiles: next }
  })
}

/** Keeps the names that are to be pulled until they are sent or emptied. */
export function keepPull(connectionId: string, typed: string): void {
  useOllamaStore.setState(({ pulls }) => {
    const next = { ...pulls }
    if (typed === '') delete next[connectionId]
    else next[connectionId] = typed
    return { pulls: next }
  })
}

/** Starts afresh when the page of another server is opened; sort order is kept. */
export function showServer(connectionId: string): void {
  if (useOllamaStore.getState().connectionId === connectionId) return
  useOllamaStore.setState({
    connectionId,
    query: '',
    selected: null,
    sheet: null,
    unloading: {},
    failures: {},
    serverFailure: null,
  })
}

/** Takes what failed off the page: it says nothing about now any more. */
export function forgetFailures(): void {
  useOllamaStore.setState({ failures: {}, serverFailure: null })
}

/** Sorts by a column; the same one again turns it round. */
export function sortBy(key: SortKey): void {
  useOllamaStore.setState(({ sort, direction }) => ({
    sort: key,
    direction: sort === key ? (direction === 'ascending' ? 'descending' : 'ascending') : firstDirection(key),
  }))
}

export function setFailure(model: string, error: PublicError | null): void {
  useOllamaStore.setState(({ failures }) => {
    const next = { ...failures }
    if (error === null) delete next[model]
    else next[model] = error
    return { failures: next }
  })
}
