import { type Job, jobSchema } from '#shared/jobs.ts'
import type { WritableDatabase } from './sqlite.ts'
import type { Writer } from './writer.ts'

/** A job with what it needs to go on. `input` and `checkpoint` mean something to jobs alone. */
export interface StoredJob {
  job: Job
  input: unknown
  checkpoint: unknown
}

/** Jobs as they are kept between starts. Writing throws `disk_full` or `storage_failed`. */
export interface JobsStore {
  /** Every readable job in the order of creation. Ids of rows that make no sense any more come in `broken`. */
  all(): { jobs: StoredJob[]; broken: string[] }
  add(stored: StoredJob): void
  /** Writes a job's new state; what was asked for stays. */
  save(job: Job, checkpoint: unknown): void
  remove(ids: readonly string[]): void
}

interface JobRow {
  id: string
  job: string
  input: string
  checkpoint: string
}

/** The statements about jobs. */
export function createJobsStore(db: WritableDatabase, writer: Writer): JobsStore {
  const all = db.prepare<[], JobRow>('SELECT id, job, input, checkpoint FROM jobs ORDER BY seq')
  const add = db.prepare('INSERT INTO jobs (id, created_at, job, input, checkpoint) VALUES (?, ?, ?, ?, ?)')
  const save = db.prepare('UPDATE jobs SET job = ?, checkpoint = ? WHERE id = ?')
  const remove = db.prepare('DELETE FROM jobs WHERE id = ?')
  return {
    all() {
      const jobs: StoredJob[] = []
      const broken: string[] = []
      for (const row of all.all()) {
        const stored = read(row)
        if (stored === null) broken.push(row.id)
        else jobs.push(stored)
      }
      return { jobs, broken }
    },
    add({ job, input, checkpoint }) {
      const texts = [JSON.stringify(job), JSON.stringify(input), JSON.stringify(checkpoint)]
      writer.write(() => void add.run(job.id, Math.round(job.createdAt), ...texts))
    },
    save(job, checkpoint) {
      const texts = [JSON.stringify(job), JSON.stringify(checkpoint)]
      writer.write(() => void save.run(...texts, job.id))
    },
    remove(ids) {
      if (ids.length === 0) return
      writer.write(() => {
        for (const id of ids) remove.run(id)
      })
    },
  }
}

function read(row: JobRow): StoredJob | null {
  try {
    const job = jobSchema.safeParse(JSON.parse(row.job))
    if (!job.success) return null
    return { job: job.data, input: JSON.parse(row.input), checkpoint: JSON.parse(row.checkpoint) }
  } catch {
    // Not JSON: the same as JSON of another shape.
    return null
  }
}
