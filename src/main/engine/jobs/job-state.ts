import type { Job, JobState } from '#shared/jobs.ts'

const ENDS: readonly JobState[] = ['done', 'failed', 'cancelled']

/** True once a job does nothing more by itself. An interrupted one goes on. */
export function hasEnded(job: Pick<Job, 'state'>): boolean {
  return ENDS.includes(job.state)
}
