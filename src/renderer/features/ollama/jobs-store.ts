import { create } from 'zustand'
import type { PublicError } from '#shared/errors.ts'
import type { Job } from '#shared/jobs.ts'
import { client } from '../../bridge/client.ts'
import { onEngineEvent } from '../../bridge/engine-events.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { onReconnect } from '../../stores/connection-store.ts'

export interface JobsState {
  /** Every job of the engine, as every client sees it. */
  jobs: readonly Job[]
  /** This window's time when the engine last told them; null before the first answer. */
  heardAt: number | null
  /** Why they could not be asked for, until they can. */
  error: PublicError | null
  /** Calls about a job that run, by its id. */
  busy: Readonly<Record<string, true>>
  /** The last call about a job that failed, by its id. */
  failures: Readonly<Record<string, PublicError>>
}

/** The engine's jobs. They live there: this is only what the window last heard. */
export const useJobsStore = create<JobsState>(() => ({ jobs: [], heardAt: null, error: null, busy: {}, failures: {} }))

let followers = 0
let stop: () => void = () => undefined
let asking = false
let askAgain = false

/** Keeps the store fresh until the returned function is called; several may ask for that at once. */
export function followJobs(): () => void {
  followers += 1
  if (followers === 1) stop = start()
  let left = false
  return () => {
    if (left) return
    left = true
    followers -= 1
    if (followers === 0) stop()
  }
}

function start(): () => void {
  const unhear = onEngineEvent((event) => {
    if (event.type === 'jobs:changed') void refreshJobs()
  })
  const unwatch = onReconnect(() => void refreshJobs())
  void refreshJobs()
  return () => {
    unhear()
    unwatch()
  }
}

/** Asks for the jobs. A question that comes while one is open is asked once more after it. */
export async function refreshJobs(): Promise<void> {
  if (asking) {
    askAgain = true
    return
  }
  asking = true
  try {
    do {
      askAgain = false
      try {
        useJobsStore.setState({ jobs: await client.jobs.list(), heardAt: Date.now(), error: null })
      } catch (error) {
        useJobsStore.setState({ error: toPublicError(error) })
      }
    } while (askAgain)
  } finally {
    asking = false
  }
}

/** Shows a job that a call has just returned, before the engine's event comes. */
export function showJob(job: Job): void {
  useJobsStore.setState(({ jobs }) => ({
    jobs: jobs.some(({ id }) => id === job.id) ? jobs.map((one) => (one.id === job.id ? job : one)) : [job, ...jobs],
  }))
}

export const cancelJob = (id: string): Promise<void> => call(id, () => client.jobs.cancel({ id }))
/** Goes on with one that failed, was cancelled or interrupted; one that waits for its next try is tried now. */
export const resumeJob = (id: string): Promise<void> => call(id, async () => showJob(await client.jobs.resume({ id })))
export const dismissJob = (id: string): Promise<void> => call(id, () => client.jobs.dismiss({ id }))

async function call(id: string, work: () => Promise<void>): Promise<void> {
  useJobsStore.setState(({ busy, failures }) => ({ busy: { ...busy, [id]: true }, failures: without(failures, id) }))
  try {
    await work()
  } catch (error) {
    useJobsStore.setState(({ failures }) => ({ failures: { ...failures, [id]: toPublicError(error) } }))
  } finally {
    useJobsStore.setState(({ busy }) => ({ busy: without(busy, id) }))
    await refreshJobs()
  }
}

function without<Value>(record: Readonly<Record<string, Value>>, id: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== id))
}
