import { expect, test } from 'vitest'
import { isOver, jobLine } from '../../../../src/main/gateway/ollama/job-lines.ts'
import { JOB_STATES, type Job } from '../../../../src/shared/jobs.ts'

const JOB: Job = {
  id: 'j',
  kind: 'pull',
  connectionId: 'c',
  connectionName: 'Workstation',
  model: 'tiny',
  state: 'running',
  phase: 'pulling 6a0746a1ec1a',
  completedBytes: 10,
  totalBytes: 100,
  bytesPerSecond: null,
  secondsLeft: null,
  attempts: 1,
  retryAt: null,
  createdAt: 0,
  startedAt: 0,
  progressAt: 0,
  endedAt: null,
  error: null,
  items: [],
}
const ERROR = { code: 'upstream_error' as const, message: 'The line broke.', retryable: true, detail: 'ECONNRESET' }

test.each([
  ['progress', {}, { status: 'pulling 6a0746a1ec1a', digest: 'sha256:6a0746a1ec1a', total: 100, completed: 10 }],
  [
    'a phase without bytes',
    { phase: 'verifying sha256 digest', completedBytes: null, totalBytes: null },
    { status: 'verifying sha256 digest' },
  ],
  ['nothing said yet', { phase: '', completedBytes: null, totalBytes: null }, { status: 'connecting to Workstation' }],
  [
    'a stall',
    { state: 'stalled' as const },
    { status: 'pulling 6a0746a1ec1a', digest: 'sha256:6a0746a1ec1a', total: 100, completed: 10 },
  ],
  ['waiting', { state: 'queued' as const }, { status: 'waiting for other downloads' }],
  [
    'a broken line',
    { state: 'retrying' as const, error: ERROR },
    { status: 'the line broke, trying again: The line broke.' },
  ],
  ['success', { state: 'done' as const }, { status: 'success' }],
  ['failure', { state: 'failed' as const, error: ERROR }, { error: 'The line broke. (ECONNRESET)' }],
  [
    'the same words twice',
    { state: 'failed' as const, error: { ...ERROR, detail: 'broke' } },
    { error: 'The line broke.' },
  ],
  ['cancelled', { state: 'cancelled' as const }, { error: 'pull of tiny was cancelled' }],
])('%s', (_name, patch, expected) => expect(JSON.parse(jobLine({ ...JOB, ...patch }))).toEqual(expected))

test('what is over', () => {
  expect(JOB_STATES.filter((state) => isOver({ ...JOB, state }))).toEqual([
    'interrupted',
    'done',
    'failed',
    'cancelled',
  ])
})
