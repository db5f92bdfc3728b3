import { useState } from 'react'

/** One try at a time: whether it runs, and why the last one failed. */
export function useAttempt(): {
  busy: boolean
  error: unknown
  /** Resolves with whether it worked. */
  attempt: (work: () => Promise<unknown>) => Promise<boolean>
} {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  return {
    busy,
    error,
    async attempt(work) {
      setBusy(true)
      setError(null)
      try {
        await work()
        return true
      } catch (thrown) {
        setError(thrown)
        return false
      } finally {
        setBusy(false)
      }
    },
  }
}
