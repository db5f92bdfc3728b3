import type { Job } from '#shared/jobs.ts'
import type { Clock } from '../spec/clock.ts'
import type { Logger } from '../spec/engine.ts'
import type { JobLayer } from '../spec/jobs.ts'
import type { JobsStore } from '../storage/index.ts'
import type { JobCheckpoint, JobInput } from './job-input.ts'

/** Progress is written at most this often, ms; changes of state at once. */
const SAVE_EVERY_MS = 2_000

/** Fields whose change is worth writing at once. */
const WEIGHTY: readonly (keyof Job)[] = ['state', 'endedAt', 'error', 'items']

/** One job: its state as clients see it, kept on disk as it changes. */
export interface JobRecord {
  readonly id: string
  readonly input: JobInput
  /** Changed in place; written with the next save. */
  readonly checkpoint: JobCheckpoint
  /** What the server told of each layer last, by digest; changed in place and not kept on disk. */
  readonly layers: Map<string, JobLayer>
  /** What was done so far, in order, as the server told it; changed in place and not kept on disk. */
  readonly steps: string[]
  /** A snapshot that never changes. */
  job(): Job
  update(patch: Partial<Omit<Job, 'id'>>): void
  /** Writes progress that waits, if its time has come. */
  saveIfDue(): void
  save(): void
}

interface JobRecordParts {
  job: Job
  input: JobInput
  checkpoint: JobCheckpoint
  records: JobsStore
  clock: Clock
  log: Logger
  onChange(job: Job): void
}

/** A record of a job that is stored already. */
export function createJobRecord(parts: JobRecordParts): JobRecord {
  const { input, checkpoint, records, clock, log, onChange } = parts
  let job = parts.job
  let savedAt = clock.monotonic()
  let unsaved = false

  function save(): void {
    savedAt = clock.monotonic()
    try {
      records.save(job, checkpoint)
      unsaved = false
    } catch (error) {
      // The work itself goes on; storage shows by itself that it fails, and the next save has it all.
      unsaved = true
      log.warn({ err: error, jobId: job.id }, 'the state of a job could not be saved')
    }
  }
  function saveIfDue(): void {
    if (unsaved && clock.monotonic() - savedAt >= SAVE_EVERY_MS) save()
  }

  return {
    id: job.id,
    input,
    checkpoint,
    layers: new Map(),
    steps: [],
    job: () => job,
    update(patch) {
      const before = job
      const next = { ...job, ...patch }
      const changed = (Object.keys(patch) as (keyof Job)[]).filter((field) => next[field] !== before[field])
      if (changed.length === 0) return
      job = next
      unsaved = true
      if (changed.some((field) => WEIGHTY.includes(field))) save()
      else saveIfDue()
      onChange(job)
    },
    saveIfDue,
    save,
  }
}
