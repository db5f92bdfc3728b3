import { keepPreviousData, type QueryClient, useQuery } from '@tanstack/react-query'
import type { PresetInput, PresetQuery } from '#shared/presets.ts'
import { client } from './client.ts'
import { queryKeys } from './queries.ts'

/** Names of what the window keeps of presets; all stale at once when the engine says that presets changed. */
export const presetKeys = {
  all: ['presets'],
  list: (query: PresetQuery) => ['presets', 'list', query],
  row: (id: string) => ['presets', 'row', id],
  tags: ['presets', 'tags'],
  missingBases: ['presets', 'missing'],
  history: (id: string) => ['presets', 'history', id],
  templates: ['presets', 'templates'],
  parameters: (baseModelId: string | null) => ['presets', 'parameters', baseModelId],
  effective: (draft: PresetInput) => ['presets', 'effective', draft],
} as const

/** Marks stale what a change of a preset can show in: the lists here, and the models to choose from. */
export function refreshPresets(queries: QueryClient): Promise<void> {
  void queries.invalidateQueries({ queryKey: queryKeys.catalog })
  return queries.invalidateQueries({ queryKey: presetKeys.all })
}

/** One page of the list; the page before stays while the next one comes. */
export function usePresetPage(query: PresetQuery) {
  return useQuery({
    queryKey: presetKeys.list(query),
    queryFn: () => client.presets.list(query),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  })
}

/** A saved preset; `null` asks for none. */
export function usePresetRow(id: string | null) {
  return useQuery({
    queryKey: presetKeys.row(id ?? ''),
    queryFn: () => client.presets.get({ id: id ?? '' }),
    enabled: id !== null,
  })
}

export function usePresetTags() {
  return useQuery({ queryKey: presetKeys.tags, queryFn: () => client.presets.tags() })
}

export function useMissingBases() {
  return useQuery({ queryKey: presetKeys.missingBases, queryFn: () => client.presets.missingBases() })
}

export function usePresetHistory(id: string) {
  return useQuery({ queryKey: presetKeys.history(id), queryFn: () => client.presets.history({ id }) })
}

export function useTemplates() {
  return useQuery({ queryKey: presetKeys.templates, queryFn: () => client.presets.templates() })
}

/** The parameters that fit a base model; those of the base before stay while the next ones come. */
export function usePresetParameters(baseModelId: string | null) {
  return useQuery({
    queryKey: presetKeys.parameters(baseModelId),
    queryFn: () => client.presets.parameters({ baseModelId }),
    placeholderData: keepPreviousData,
  })
}

/** What a request to this draft would become. Give it a settled draft: every new one is a call. */
export function useEffectiveRequest(draft: PresetInput) {
  return useQuery({
    queryKey: presetKeys.effective(draft),
    queryFn: ({ signal }) => client.presets.effective({ id: draft.id, draft }, { signal }),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  })
}
