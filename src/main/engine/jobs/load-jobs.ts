import type { Job } from '#shared/jobs.ts'
import type { Logger } from '../spec/engine.ts'
import type { JobsStore } from '../storage/index.ts'
import { canResume } from './ended-jobs.ts'
import { type JobCheckpoint, type JobInput, jobCheckpointSchema, jobInputSchema } from './job-input.ts'
import { hasEnded } from './job-state.ts'

interface LoadedJob {
  job: Job
  input: JobInput
  checkpoint: JobCheckpoint
}

/**
 * The stored jobs in their order. Those that had not ended are `interrupted` now, and the ones that already ran come
 * before those that waited. Rows that make no sense any more are deleted with a line in the log.
 */
export function loadJobs(records: JobsStore, log: Logger): LoadedJob[] {
  const { jobs, broken } = records.all()
  const loaded: LoadedJob[] = []
  for (const stored of jobs) {
    const input = jobInputSchema.safeParse(stored.input)
    if (!input.success) {
      broken.push(stored.job.id)
      continue
    }
    // Without its checkpoint a job only starts over.
    const checkpoint = jobCheckpointSchema.safeParse(stored.checkpoint)
    loaded.push({
      // Worked out anew: jobs of older versions do not say it.
      job: hasEnded(stored.job)
        ? { ...stored.job, canResume: canResume(input.data, stored.job.state) }
        : interrupted(stored.job),
      input: input.data,
      checkpoint: checkpoint.success ? checkpoint.data : jobCheckpointSchema.parse({}),
    })
  }
  if (broken.length > 0) {
    log.warn({ jobIds: broken }, 'stored jobs that cannot be read were deleted')
    records.remove(broken)
  }
  return loaded.sort((left, right) => Number(waited(left.job)) - Number(waited(right.job)))
}

function waited(job: Job): boolean {
  return !hasEnded(job) && job.startedAt === null
}

function interrupted(job: Job): Job {
  return {
    ...job,
    state: 'interrupted',
    retryAt: null,
    bytesPerSecond: null,
    secondsLeft: null,
    items: job.items.map((item) => (hasEnded(item) ? item : { ...item, state: 'queued' })),
  }
}
