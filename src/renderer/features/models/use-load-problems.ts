import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import type { GgufFile, LoadOptions } from '#shared/models.ts'
import { client } from '../../bridge/client.ts'
import { useSettled } from '../presets/use-settled.ts'
import { sameOptions, wholeOptions } from './load-options.ts'

const SETTLES_MS = 300

export interface LoadProblems {
  /** The engine's sentences about the options that are not saved yet. */
  shown: readonly string[]
  /** Asks about these options at once, for who saves before they were looked at. Empty if nobody can say. */
  of(draft: LoadOptions): Promise<readonly string[]>
}

/** What is wrong with changed load options, asked once they have rested. Saved options are not looked at. */
export function useLoadProblems(file: GgufFile, draft: LoadOptions, defaults: LoadOptions): LoadProblems {
  const queries = useQueryClient()
  const rested = useSettled(draft, SETTLES_MS)
  const canAsk = file.state === 'ready'
  const isChanged = !sameOptions(draft, file.options)
  const found = useQuery({
    ...problemsQuery(file, rested, defaults),
    enabled: canAsk && isChanged && rested === draft,
    placeholderData: keepPreviousData,
  })
  return {
    shown: canAsk && isChanged ? (found.data ?? []) : [],
    async of(asked) {
      if (!canAsk) return []
      // Saving says itself what is wrong with the engine.
      return queries.fetchQuery(problemsQuery(file, asked, defaults)).catch(() => [])
    },
  }
}

function problemsQuery(file: GgufFile, draft: LoadOptions, defaults: LoadOptions) {
  const options = wholeOptions(draft, file.options, defaults, file.facts?.contextLength)
  return queryOptions({
    // What is saved and what holds by default count where the options say nothing.
    queryKey: ['load-problems', file.id, file.modifiedAt, options, file.options, defaults],
    queryFn: () => client.models.validate({ id: file.id, options: { ...options } }),
    gcTime: 60_000,
  })
}
