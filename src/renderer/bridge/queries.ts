import { QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { UiEvent } from '#shared/app-info.ts'
import type { SettingsPatch, SettingsView } from '#shared/settings.ts'
import { client } from './client.ts'

/** Names of what the window keeps from the engine. Streams never go through here. */
export const queryKeys = {
  info: ['app', 'info'],
  status: ['app', 'status'],
  catalog: ['models', 'catalog'],
  files: ['models', 'files'],
  settings: ['settings'],
  connections: ['connections'],
  conversations: ['chats', 'list'],
  thread: (conversationId: string) => ['chats', 'thread', conversationId],
} as const

/** A cache that keeps what it has when the engine goes away: events say what is stale, nothing is polled. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: Number.POSITIVE_INFINITY,
        retry: false,
        networkMode: 'always',
        refetchOnWindowFocus: false,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
}

/** Marks stale what an engine event says has changed. */
export function applyEvent(queries: QueryClient, event: UiEvent): void {
  switch (event.type) {
    case 'status:changed':
      queries.setQueryData(queryKeys.status, event.status)
      return
    case 'models:changed':
      void queries.invalidateQueries({ queryKey: ['models'] })
      return
    case 'chats:changed':
      void queries.invalidateQueries({ queryKey: queryKeys.conversations })
      if (event.conversationId === null) void queries.invalidateQueries({ queryKey: ['chats', 'thread'] })
      else void queries.invalidateQueries({ queryKey: queryKeys.thread(event.conversationId) })
      return
    case 'settings:changed':
      void queries.invalidateQueries({ queryKey: queryKeys.settings })
      return
    case 'presets:changed':
      void queries.invalidateQueries({ queryKey: ['presets'] })
      void queries.invalidateQueries({ queryKey: queryKeys.catalog })
      return
    case 'connections:changed':
      void queries.invalidateQueries({ queryKey: queryKeys.connections })
      return
    case 'team:changed':
      void queries.invalidateQueries({ queryKey: ['team'] })
      // What someone may use follows from it.
      void queries.invalidateQueries({ queryKey: ['models'] })
      return
    case 'sharing:changed':
      void queries.invalidateQueries({ queryKey: ['sharing'] })
      return
  }
}

export function useAppInfo() {
  return useQuery({ queryKey: queryKeys.info, queryFn: () => client.app.info() })
}

export function useStatus() {
  return useQuery({ queryKey: queryKeys.status, queryFn: () => client.app.status() })
}

export function useCatalog() {
  return useQuery({ queryKey: queryKeys.catalog, queryFn: () => client.models.catalog() })
}

export function useModelFiles() {
  return useQuery({ queryKey: queryKeys.files, queryFn: () => client.models.files() })
}

export function useConnections() {
  return useQuery({ queryKey: queryKeys.connections, queryFn: () => client.connections.list() })
}

export function useSettings() {
  return useQuery({ queryKey: queryKeys.settings, queryFn: () => client.settings.get() })
}

/** Saves settings. The view shows the new value at once and goes back if the engine refuses it. */
export function useUpdateSettings() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (patch: SettingsPatch) => client.settings.update(patch),
    onMutate: async (patch) => {
      await queries.cancelQueries({ queryKey: queryKeys.settings })
      const before = queries.getQueryData<SettingsView>(queryKeys.settings)
      if (before !== undefined) {
        queries.setQueryData<SettingsView>(queryKeys.settings, {
          ...before,
          values: Object.assign({}, before.values, patch),
        })
      }
      return before
    },
    onError: (_error, _patch, before) => {
      if (before !== undefined) queries.setQueryData(queryKeys.settings, before)
    },
    onSuccess: (view) => queries.setQueryData(queryKeys.settings, view),
  })
}
