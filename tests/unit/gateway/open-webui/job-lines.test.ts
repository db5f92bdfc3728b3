import { expect, test } from 'vitest'
import { createJobLines, isOver, jobLine } from '../../../../src/main/gateway/ollama/job-lines.ts'
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
  canResume: true,
  error: null,
  items: [],
}
const ERROR = { code: 'upstream_error' as const, message: 'The line broke.', retryable: true, detail: 'ECONNRESET' }

test.each([
  ['progress', {}, { status: 'pulling 6a0746a1ec1a' }],
  [
    'a phase without bytes',
    { phase: 'verifying sha256 digest', completedBytes: null, totalBytes: null },
    { status: 'verifying sha256 digest' },
  ],
  ['nothing said yet', { phase: '', completedBytes: null, totalBytes: null }, { status: 'connecting to Workstation' }],
  ['a stall', { state: 'stalled' as const }, { status: 'pulling 6a0746a1ec1a' }],
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

const A = { status: 'pulling 6a0746a1ec1a', digest: 'sha256:6a', total: 100, completed: null }
const B = { status: 'pulling 4fa551d4f938', digest: 'sha256:4f', total: 7, completed: 3 }
const A_LINE = { status: A.status, digest: A.digest, total: 100 }

test('layers are told as the server told them, once per change, and what is being done behind them', () => {
  const linesFor = createJobLines()
  const told = (patch: Partial<Job>, ...layers: Parameters<typeof linesFor>[1][number][]): unknown[] =>
    linesFor({ ...JOB, ...patch }, layers).map((line) => JSON.parse(line) as unknown)

  expect(told({ phase: 'pulling manifest' })).toEqual([{ status: 'pulling manifest' }])
  expect(told({}, A)).toEqual([A_LINE])
  expect(told({}, A)).toEqual([])
  expect(told({ phase: B.status }, { ...A, completed: 100 }, B)).toEqual([{ ...A_LINE, completed: 100 }, B])
  expect(told({ state: 'retrying', error: ERROR }, { ...A, completed: 100 }, B)).toEqual([
    { status: 'the line broke, trying again: The line broke.' },
  ])
  // The line goes on where it was: that is news after the break.
  expect(told({ phase: B.status }, { ...A, completed: 100 }, B)).toEqual([B])
  const all = [
    { ...A, completed: 100 },
    { ...B, completed: 7 },
  ]
  expect(told({ phase: 'verifying sha256 digest' }, ...all)).toEqual([
    { ...B, completed: 7 },
    { status: 'verifying sha256 digest' },
  ])
  expect(told({ state: 'done', phase: 'success' }, ...all)).toEqual([{ status: 'success' }])
})

test('steps between two changes are told where they belong, and those from before to nobody who joins', () => {
  const first = createJobLines()
  const steps = ['pulling manifest']
  const told = (linesFor: typeof first, patch: Partial<Job>, ...layers: Parameters<typeof linesFor>[1][number][]) =>
    linesFor({ ...JOB, ...patch }, layers, [...steps]).map((line) => JSON.parse(line) as unknown)

  expect(told(first, { phase: 'pulling manifest' })).toEqual([{ status: 'pulling manifest' }])
  steps.push(A.status, B.status, 'verifying sha256 digest', 'writing manifest')
  expect(told(first, { phase: 'writing manifest' }, A, B)).toEqual([
    A_LINE,
    B,
    { status: 'verifying sha256 digest' },
    { status: 'writing manifest' },
  ])
  expect(told(createJobLines(), { phase: 'writing manifest' }, A, B)).toEqual([
    A_LINE,
    B,
    { status: 'writing manifest' },
  ])
  // A second try begins again.
  steps.push('pulling manifest', A.status)
  expect(told(first, {}, { ...A, completed: 1 }, B)).toEqual([{ status: 'pulling manifest' }, { ...A, completed: 1 }])
})

test('a reason in JSON is told once, in words', () => {
  const error = { ...ERROR, message: 'F: no such blob', detail: '{"error":"no such blob"}' }
  expect(JSON.parse(jobLine({ ...JOB, state: 'failed', error }))).toEqual({ error: 'F: no such blob' })
})

test('what is over', () => {
  expect(JOB_STATES.filter((state) => isOver({ ...JOB, state }))).toEqual([
    'interrupted',
    'done',
    'failed',
    'cancelled',
  ])
})
