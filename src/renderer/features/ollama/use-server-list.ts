import type { PublicError } from '#shared/errors.ts'
import type { OllamaModel } from '#shared/jobs.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { useCatalog } from '../../bridge/queries.ts'
import { rememberedModels } from './model-list.ts'
import { useOllamaModels } from './ollama-queries.ts'

/** What a server's page lists. Old facts are dated, never blank. */
export interface ServerList {
  /** Undefined while nothing is known. */
  models: OllamaModel[] | undefined
  /** Epoch ms of old facts; null when the server itself has just told them. */
  knownAt: number | null
  /** Why the server could not be asked. */
  error: PublicError | null
  asking: boolean
  askAgain: () => void
}

/** The server's own list, else what this window heard last, else what the catalog remembers. */
export function useServerList(connectionId: string, enabled: boolean): ServerList {
  const answer = useOllamaModels(connectionId, enabled)
  const catalog = useCatalog().data
  const error = answer.error === null ? null : toPublicError(answer.error)
  const rest = { error, asking: answer.isFetching, askAgain: () => void answer.refetch() }
  if (answer.data !== undefined) {
    return { models: answer.data, knownAt: error === null ? null : answer.dataUpdatedAt, ...rest }
  }
  const remembered = error === null ? null : rememberedModels(catalog ?? [], connectionId)
  return { models: remembered?.models, knownAt: remembered?.knownAt ?? null, ...rest }
}
