import type { Job } from '#shared/jobs.ts'
import type { ChangeFeed } from './change-feed.ts'
import { hasEnded } from './job-state.ts'

/**
 * Each state of one job, the current one first, until it ends or the signal aborts. It keeps no queue: who is slow gets
 * the newest state. `current` throws if there is no such job.
 */
export async function* followJob(
  current: () => Job,
  feed: Pick<ChangeFeed, 'subscribe'>,
  signal: AbortSignal,
): AsyncGenerator<Job, void, undefined> {
  const first = current()
  let latest: Job | null = first
  let wake: () => void = () => {}
  const forget = feed.subscribe((job) => {
    if (job.id !== first.id) return
    latest = job
    wake()
  })
  const onAbort = (): void => wake()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    while (!signal.aborted) {
      const job: Job | null = latest
      latest = null
      if (job === null) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      yield job
      if (hasEnded(job)) return
    }
  } finally {
    forget()
    signal.removeEventListener('abort', onAbort)
  }
}
