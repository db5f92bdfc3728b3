import type { Job, JobState } from '#shared/jobs.ts'

const ENDED: readonly JobState[] = ['done', 'failed', 'cancelled']

/** True once a job does nothing more by itself. */
export function hasEnded(job: Pick<Job, 'state'>): boolean {
  return ENDED.includes(job.state)
}

/** Without news for so long, a speed is no longer one, ms. The engine tells about moving bytes every second. */
const SPEED_IS_OLD_MS = 5_000

/** What moves now: null while nothing does, and while it is not known whether anything does. */
export function movement(
  job: Job,
  heard: { at: number | null; connected: boolean },
  now: number,
): { bytesPerSecond: number; secondsLeft: number | null } | null {
  if (job.state !== 'running' || job.bytesPerSecond === null || job.bytesPerSecond <= 0) return null
  if (!heard.connected || heard.at === null || now - heard.at > SPEED_IS_OLD_MS) return null
  return { bytesPerSecond: job.bytesPerSecond, secondsLeft: job.secondsLeft }
}

/** 0..1 of the bytes that are known; null while they are not. */
export function fraction(job: Pick<Job, 'completedBytes' | 'totalBytes' | 'state'>): number | null {
  if (job.state === 'done') return 1
  if (job.completedBytes === null || job.totalBytes === null || job.totalBytes === 0) return null
  return Math.min(1, job.completedBytes / job.totalBytes)
}

/** Where a waiting job stands among those that wait for the same server, from 1; null if it does not wait. */
export function positionInLine(job: Job, jobs: readonly Job[]): { position: number; of: number } | null {
  if (job.state !== 'queued') return null
  const line = jobs
    .filter((other) => other.state === 'queued' && other.connectionId === job.connectionId)
    // One that is resumed waits again, behind those that never had a turn.
    .toSorted((a, b) => Number(a.startedAt !== null) - Number(b.startedAt !== null) || a.createdAt - b.createdAt)
  const index = line.findIndex((other) => other.id === job.id)
  return index === -1 ? null : { position: index + 1, of: line.length }
}

/** Jobs as they are read: what runs first, then what waits in its order, then what has ended, newest first. */
export function inReadingOrder(jobs: readonly Job[]): { active: Job[]; ended: Job[] } {
  const active = jobs.filter((job) => !hasEnded(job))
  const rank = (job: Job): number => (job.state === 'queued' ? 1 : 0)
  return {
    active: active.toSorted((a, b) => rank(a) - rank(b) || a.createdAt - b.createdAt),
    ended: jobs.filter(hasEnded).toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0)),
  }
}

/** How many jobs are in each state that a person asks about. */
export interface JobCounts {
  running: number
  waiting: number
  /** Stalled, waiting for a next try, or interrupted. */
  troubled: number
  failed: number
}

export function countJobs(jobs: readonly Job[]): JobCounts {
  const counts: JobCounts = { running: 0, waiting: 0, troubled: 0, failed: 0 }
  for (const { state } of jobs) {
    if (state === 'running') counts.running += 1
    else if (state === 'queued') counts.waiting += 1
    else if (state === 'stalled' || state === 'retrying' || state === 'interrupted') counts.troubled += 1
    else if (state === 'failed') counts.failed += 1
  }
  return counts
}

/** What "update all" came to, in its items' own states. */
export function itemCounts(items: Job['items']): { updated: number; same: number; failed: number; open: number } {
  const counts = { updated: 0, same: 0, failed: 0, open: 0 }
  for (const { state, changed } of items) {
    if (state === 'failed') counts.failed += 1
    else if (state !== 'done') counts.open += 1
    else if (changed === true) counts.updated += 1
    else counts.same += 1
  }
  return counts
}

/** Why each item failed, by model: the engine tells it a line each in the job's detail. */
export function itemReasons(job: Job): Map<string, string> {
  const reasons = new Map<string, string>()
  const lines = job.error?.detail?.split('\n') ?? []
  for (const { model, state } of job.items) {
    const line = lines.find((one) => one.startsWith(`${model}: `))
    if (state === 'failed' && line !== undefined) reasons.set(model, line.slice(model.length + 2))
  }
  return reasons
}
