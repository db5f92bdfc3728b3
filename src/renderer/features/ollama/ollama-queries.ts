import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { OllamaModel } from '#shared/jobs.ts'
import { client } from '../../bridge/client.ts'
import { onEngineEvent } from '../../bridge/engine-events.ts'

/** Events come in bursts: the server is asked at most this often because of them, ms. */
const ASK_EVERY_MS = 500
/** After a model's time is over the server needs a moment to let go of it, ms. */
const LET_GO_MS = 1_500
/** Longest wait that a timer can hold, ms. */
const MAX_TIMER_MS = 2 ** 31 - 1

export const ollamaKeys = {
  models: (connectionId: string) => ['ollama', 'models', connectionId] as const,
  details: (connectionId: string, model: string, digest: string) =>
    ['ollama', 'details', connectionId, model, digest] as const,
}

/** The models of one server, asked again when the engine says that something has changed and when a loaded one is let go. */
export function useOllamaModels(connectionId: string, enabled: boolean) {
  const queries = useQueryClient()
  const models = useQuery({
    queryKey: ollamaKeys.models(connectionId),
    queryFn: ({ signal }) => client.ollama.models({ connectionId }, { signal }),
    enabled,
    staleTime: 0,
  })
  useEffect(() => {
    if (!enabled) return
    let timer: ReturnType<typeof setTimeout> | null = null
    const stop = onEngineEvent((event) => {
      if (event.type !== 'models:changed' && event.type !== 'connections:changed') return
      timer ??= setTimeout(() => {
        timer = null
        // A question that is open is left to finish, or a slow server would never be heard.
        void queries.invalidateQueries({ queryKey: ollamaKeys.models(connectionId) }, { cancelRefetch: false })
      }, ASK_EVERY_MS)
    })
    return () => {
      stop()
      if (timer !== null) clearTimeout(timer)
    }
  }, [queries, connectionId, enabled])
  const soonest = soonestEnd(models.data)
  useEffect(() => {
    if (soonest === null) return
    const wait = Math.max(0, soonest - Date.now()) + LET_GO_MS
    const timer = setTimeout(
      () => void queries.invalidateQueries({ queryKey: ollamaKeys.models(connectionId) }),
      Math.min(wait, MAX_TIMER_MS),
    )
    return () => clearTimeout(timer)
  }, [queries, connectionId, soonest])
  return models
}

export function useOllamaDetails(connectionId: string, model: string, digest: string) {
  return useQuery({
    queryKey: ollamaKeys.details(connectionId, model, digest),
    queryFn: ({ signal }) => client.ollama.details({ connectionId, model }, { signal }),
  })
}

function soonestEnd(models: readonly OllamaModel[] | undefined): number | null {
  const ends = (models ?? []).flatMap(({ running }) => (running?.expiresAt ? [running.expiresAt] : []))
  return ends.length === 0 ? null : Math.min(...ends)
}
