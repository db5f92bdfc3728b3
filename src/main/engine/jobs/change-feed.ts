import type { Job } from '#shared/jobs.ts'
import type { Clock } from '../spec/clock.ts'
import { hasEnded } from './job-state.ts'

/** Shortest time between two changes of one job that are told, ms. */
const EVERY_MS = 250

/** Tells who listens about jobs: at most 4 times a second each, and always the newest state. Ends are told at once. */
export interface ChangeFeed {
  tell(job: Job): void
  subscribe(listener: (job: Job) => void): () => void
  /** Tells what still waits, then nothing more. */
  close(): void
}

/** An empty feed. */
export function createChangeFeed(clock: Clock): ChangeFeed {
  const listeners = new Set<(job: Job) => void>()
  const recent = new Map<string, { waiting: Job | null; timer: { cancel(): void } }>()
  let closed = false

  function emit(job: Job): void {
    for (const listener of [...listeners]) listener(job)
  }
  function emitAndRest(job: Job): void {
    recent.set(job.id, { waiting: null, timer: clock.setTimeout(() => onTimer(job.id), EVERY_MS) })
    emit(job)
  }
  function onTimer(id: string): void {
    const waiting = recent.get(id)?.waiting ?? null
    recent.delete(id)
    if (waiting !== null) emitAndRest(waiting)
  }

  return {
    tell(job) {
      if (closed) return
      const resting = recent.get(job.id)
      if (hasEnded(job)) {
        resting?.timer.cancel()
        recent.delete(job.id)
        emit(job)
      } else if (resting === undefined) emitAndRest(job)
      else resting.waiting = job
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    close() {
      closed = true
      for (const { waiting, timer } of recent.values()) {
        timer.cancel()
        if (waiting !== null) emit(waiting)
      }
      recent.clear()
    },
  }
}
