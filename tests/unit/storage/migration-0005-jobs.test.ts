import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { openStorage } from '../../../src/main/engine/storage/index.ts'
import { migrate } from '../../../src/main/engine/storage/migrate.ts'
import { migrations } from '../../../src/main/engine/storage/migrations/index.ts'
import { openWritable } from '../../../src/main/engine/storage/sqlite.ts'
import type { Job } from '../../../src/shared/jobs.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { createTestLog } from '../../support/test-log.ts'

const JOB: Job = {
  id: 'first',
  kind: 'pull',
  connectionId: 'a',
  connectionName: 'A',
  model: 'm',
  state: 'running',
  phase: 'pulling',
  completedBytes: 1,
  totalBytes: 2,
  bytesPerSecond: 0.5,
  secondsLeft: 2,
  attempts: 1,
  retryAt: null,
  createdAt: 5,
  startedAt: 5,
  progressAt: 6,
  endedAt: null,
  canResume: true,
  error: null,
  items: [],
}

test('4 to 5: what was there stays, and jobs can be kept', () => {
  const db = openWritable(join(tempFolder(), 'test.db'))
  onTestFinished(() => void db.close())
  migrate(db, { migrations: migrations.filter(({ version }) => version < 5) })
  db.exec(`INSERT INTO conversations (id, title, created_at, updated_at) VALUES ('c', 'Kept', 1, 2)`)
  migrate(db)
  expect(db.prepare('SELECT title FROM conversations').pluck().all()).toEqual(['Kept'])
  expect(db.prepare('SELECT COUNT(*) FROM jobs').pluck().get()).toBe(0)
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
})

test('jobs are read in the order of asking; unreadable rows are named, not thrown', () => {
  const folder = tempFolder()
  const storage = openStorage({ folder, log: createTestLog(), now: () => 1 })
  const { jobs, file } = storage
  jobs.add({ job: JOB, input: { kind: 'pull' }, checkpoint: {} })
  jobs.add({ job: { ...JOB, id: 'second' }, input: 1, checkpoint: {} })
  jobs.add({ job: { ...JOB, id: 'third' }, input: 1, checkpoint: {} })
  jobs.save({ ...JOB, state: 'done', endedAt: 9 }, { layers: { x: [1, 2] } })
  const other = new Database(file)
  other.prepare(`UPDATE jobs SET job = '{"id":7}' WHERE id = 'second'`).run()
  other.prepare(`UPDATE jobs SET input = 'no json' WHERE id = 'third'`).run()
  other.close()
  expect(jobs.all()).toEqual({
    jobs: [
      {
        job: { ...JOB, state: 'done', endedAt: 9 },
        input: { kind: 'pull' },
        checkpoint: { layers: { x: [1, 2] } },
      },
    ],
    broken: ['second', 'third'],
  })
  jobs.remove(['first', 'third', 'nobody'])
  expect(jobs.all()).toEqual({ jobs: [], broken: ['second'] })
  storage.close()
})
