import { useState } from 'react'
import type { PublicError } from '#shared/errors.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { useRefreshTeam } from '../../bridge/team-queries.ts'

export interface Action {
  busy: boolean
  /** Why the last one failed. */
  error: PublicError | null
  /** Does something to the team and refreshes what is shown. Resolves with its outcome, or null if it failed. */
  run: <Value>(work: () => Promise<Value>) => Promise<{ value: Value } | null>
}

/** One change at a time, with its failure kept where it is shown. */
export function useAction(): Action {
  const refresh = useRefreshTeam()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<PublicError | null>(null)
  return {
    busy,
    error,
    async run(work) {
      setBusy(true)
      setError(null)
      try {
        const value = await work()
        void refresh()
        return { value }
      } catch (thrown) {
        setError(toPublicError(thrown))
        return null
      } finally {
        setBusy(false)
      }
    },
  }
}
