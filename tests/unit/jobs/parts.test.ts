import { expect, test } from 'vitest'
import { createChangeFeed } from '../../../src/main/engine/jobs/change-feed.ts'
import { FinalFailure, judge, streamFailure } from '../../../src/main/engine/jobs/failures.ts'
import { createLanes } from '../../../src/main/engine/jobs/lanes.ts'
import { progressLines } from '../../../src/main/engine/jobs/progress-lines.ts'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import type { Job } from '../../../src/shared/jobs.ts'
import { createManualClock } from '../../support/manual-clock.ts'

function job(fields: Partial<Job>): Job {
  return {
    id: 'j',
    kind: 'pull',
    connectionId: 'a',
    connectionName: 'A',
    model: 'm',
    state: 'running',
    phase: '',
    completedBytes: 0,
    totalBytes: null,
    bytesPerSecond: null,
    secondsLeft: null,
    attempts: 1,
    retryAt: null,
    createdAt: 0,
    startedAt: 0,
    progressAt: null,
    endedAt: null,
    canResume: true,
    error: null,
    items: [],
    ...fields,
  }
}

test('changes are told 4 times a second at most per job; the newest one and the end always', () => {
  const clock = createManualClock()
  const feed = createChangeFeed(clock)
  const told: (readonly [string, number | null, string])[] = []
  const forget = feed.subscribe(({ id, completedBytes, state }) => told.push([id, completedBytes, state]))
  for (let at = 0; at < 1_000; at += 10) {
    feed.tell(job({ completedBytes: at }))
    clock.advance(10)
  }
  feed.tell(job({ id: 'other' }))
  expect(told.filter(([id]) => id === 'j').map(([, bytes]) => bytes)).toEqual([0, 240, 490, 740, 990])
  expect(told.at(-1)).toEqual(['other', 0, 'running'])
  feed.tell(job({ completedBytes: 2_000 }))
  feed.tell(job({ completedBytes: 3_000, state: 'done' }))
  expect(told.at(-1)).toEqual(['j', 3_000, 'done'])
  const count = told.length
  clock.advance(10_000)
  expect(told).toHaveLength(count)
  expect(clock.pending()).toBe(0)

  feed.tell(job({ completedBytes: 1 }))
  feed.tell(job({ completedBytes: 2 }))
  feed.close()
  expect(told.at(-1)).toEqual(['j', 2, 'running'])
  expect(clock.pending()).toBe(0)
  forget()
})

test('lanes: so many at once, in order; what waits can be taken out; close waits for what runs', async () => {
  const bugs: unknown[] = []
  const lanes = createLanes(2, (error) => bugs.push(error))
  const started: string[] = []
  const ends = new Map<string, () => void>()
  const add = (lane: string, id: string): void =>
    lanes.add(lane, id, () => {
      started.push(id)
      return new Promise((resolve) => ends.set(id, resolve))
    })
  for (const id of ['a', 'b', 'c', 'd']) add('one', id)
  add('two', 'e')
  expect(started).toEqual(['a', 'b', 'e'])
  expect([lanes.remove('c'), lanes.remove('c'), lanes.remove('a')]).toEqual([true, false, false])
  ends.get('b')?.()
  await new Promise((resolve) => setImmediate(resolve))
  expect(started).toEqual(['a', 'b', 'e', 'd'])
  lanes.add('two', 'bug', () => Promise.reject(new Error('bug')))
  await new Promise((resolve) => setImmediate(resolve))
  expect(bugs).toEqual([new Error('bug')])
  add('one', 'never')
  let closed = false
  const closing = lanes.close().then(() => {
    closed = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(closed).toBe(false)
  for (const id of ['a', 'd', 'e']) ends.get(id)?.()
  await closing
  expect(started).not.toContain('never')
})

async function* chunks(...parts: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield Buffer.from(part)
}

async function lines(...parts: (string | Buffer)[]) {
  const read = []
  for await (const line of progressLines(chunks(...parts))) read.push(line)
  return read
}

test('progress lines, however they are cut', async () => {
  const whole = Buffer.from(
    '{"status":"pulling größe","digest":"sha256:a","total":10,"completed":4}\r\n\n{"status":"success"}\n{"error":"é"}',
  )
  const nothing = { status: null, error: null, digest: null, total: null, completed: null }
  const expected = [
    { ...nothing, status: 'pulling größe', digest: 'sha256:a', total: 10, completed: 4 },
    { ...nothing, status: 'success' },
    { ...nothing, error: 'é' },
  ]
  for (let size = 1; size < whole.length; size++) {
    const parts: Buffer[] = []
    for (let at = 0; at < whole.length; at += size) parts.push(whole.subarray(at, at + size))
    expect(await lines(...parts)).toEqual(expected)
  }
  expect(await lines('{"status":7,"total":-1,"completed":"x","error":{"message":"odd"}}')).toEqual([
    { ...nothing, error: 'odd' },
  ])
})

test('what is no progress report is an error, also a line without end', async () => {
  await expect(lines('<html>\n')).rejects.toMatchObject({ code: 'upstream_error', detail: undefined })
  await expect(lines('[1]\n')).rejects.toMatchObject({ code: 'upstream_error' })
  await expect(lines('{"status":"pull')).rejects.toMatchObject({ code: 'upstream_error' })
  const endless = Array.from({ length: 12 }, () => 'x'.repeat(100_000))
  await expect(lines(...endless)).rejects.toMatchObject({ message: 'The server sent a line of more than 1 MB.' })
})

test.each([
  ['pull model manifest: file does not exist', true, 'model_not_found'],
  ['open /blobs: no space left on device', true, 'disk_full'],
  ['There is not enough space on the disk.', true, 'disk_full'],
  ['push access denied to repository', true, 'forbidden'],
  ['something new', true, 'upstream_error'],
  ['Get "https://registry.ollama.ai/v2/": dial tcp: lookup registry.ollama.ai: no such host', false, 'upstream_error'],
  ['max retries exceeded: EOF', false, 'upstream_error'],
  ['read tcp 10.0.0.2:5000: connection reset by peer', false, 'upstream_error'],
])('a reason inside a stream: %s', (reason, final, code) => {
  const failure = streamFailure('Workstation', reason)
  expect(failure instanceof FinalFailure).toBe(final)
  expect(judge(failure, 'Workstation')).toMatchObject({
    final,
    error: { code, detail: reason, message: expect.stringContaining(reason) },
  })
})

test.each([
  [new EngineError('connect_timeout', 'x'), false],
  [new EngineError('upstream_error', 'cut'), false],
  [new EngineError('invalid_request', 'x', { upstream: { provider: 'ollama', status: 400 } }), true],
  [new EngineError('auth_failed', 'x', { upstream: { provider: 'ollama', status: 401 } }), true],
  [new EngineError('upstream_error', 'redirect', { upstream: { provider: 'ollama', status: 302 } }), true],
  [new EngineError('rate_limited', 'x', { upstream: { provider: 'ollama', status: 429 } }), false],
  [new EngineError('upstream_error', 'x', { upstream: { provider: 'ollama', status: 500 } }), false],
  [
    new EngineError('upstream_error', 'x', {
      upstream: { provider: 'ollama', status: 500, bodyExcerpt: '{"error":"no space left on device"}' },
    }),
    true,
  ],
  [new EngineError('storage_failed', 'x'), true],
  [new TypeError('a bug'), true],
])('whether another try may help: %s', (error, final) => {
  expect(judge(error, 'Workstation').final).toBe(final)
})
