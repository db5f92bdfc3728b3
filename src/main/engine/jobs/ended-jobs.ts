import { rm } from 'node:fs/promises'
import type { Job } from '#shared/jobs.ts'
import type { Logger } from '../spec/engine.ts'
import type { JobInput } from './job-input.ts'
import { hasEnded } from './job-state.ts'

const KEEP_MS = 7 * 86_400_000
const KEEP_COUNT = 200

/** Ids of ended jobs that are kept no longer: older than 7 days, or beyond the newest 200. */
export function expired(jobs: readonly Job[], now: number): string[] {
  const ended = jobs.filter(hasEnded).sort((left, right) => (right.endedAt ?? 0) - (left.endedAt ?? 0))
  return ended.filter(({ endedAt }, index) => index >= KEEP_COUNT || (endedAt ?? 0) < now - KEEP_MS).map(({ id }) => id)
}

/** Whether a job in this state can be resumed. A file that was sent for it alone is kept only after a failure. */
export function canResume(input: JobInput, state: Job['state']): boolean {
  if (state === 'done') return false
  return state !== 'cancelled' || input.kind !== 'upload' || !input.removeFileAfterwards
}

/** Deletes the file that was stored only to be uploaded. */
export async function removeSentFile(input: JobInput, log: Logger): Promise<void> {
  if (input.kind !== 'upload' || !input.removeFileAfterwards) return
  try {
    await rm(input.path, { force: true })
  } catch (error) {
    log.warn({ err: error, path: input.path }, 'a file that was stored for an upload could not be deleted')
  }
}
