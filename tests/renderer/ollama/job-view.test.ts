import { describe, expect, it } from 'vitest'
import {
  countJobs,
  fraction,
  inReadingOrder,
  itemCounts,
  itemReasons,
  movement,
  positionInLine,
} from '../../../src/renderer/features/ollama/job-view.ts'
import { failedUpdate, jobsInEveryState, someJob } from '../support/ollama-samples.ts'

const now = 1_000_000
const heard = { at: now - 1000, connected: true }

describe('movement', () => {
  it('is the speed of a job whose bytes come', () => {
    expect(movement(someJob('a'), heard, now)).toEqual({ bytesPerSecond: 11.8e6, secondsLeft: 483 })
  })

  it.each(['queued', 'stalled', 'retrying', 'interrupted', 'done', 'failed', 'cancelled'] as const)(
    'is none while a job is %s, whatever speed it carries',
    (state) => {
      expect(movement(someJob('a', { state }), heard, now)).toBeNull()
    },
  )

  it('is none when the engine said so, has gone, or has been quiet', () => {
    expect(movement(someJob('a', { bytesPerSecond: null }), heard, now)).toBeNull()
    expect(movement(someJob('a', { bytesPerSecond: 0 }), heard, now)).toBeNull()
    expect(movement(someJob('a'), { ...heard, connected: false }, now)).toBeNull()
    expect(movement(someJob('a'), { ...heard, at: null }, now)).toBeNull()
    expect(movement(someJob('a'), { ...heard, at: now - 5001 }, now)).toBeNull()
  })
})

describe('fraction', () => {
  it('is unknown until bytes are known, and never above the whole', () => {
    expect(fraction(someJob('a', { completedBytes: null }))).toBeNull()
    expect(fraction(someJob('a', { totalBytes: 0 }))).toBeNull()
    expect(fraction(someJob('a', { completedBytes: 25, totalBytes: 100 }))).toBe(0.25)
    expect(fraction(someJob('a', { completedBytes: 120, totalBytes: 100 }))).toBe(1)
    expect(fraction(someJob('a', { state: 'done', completedBytes: null }))).toBe(1)
  })
})

describe('positionInLine', () => {
  const waiting = { state: 'queued', startedAt: null } as const
  const jobs = [
    someJob('running'),
    someJob('second', { ...waiting, createdAt: 20 }),
    someJob('first', { ...waiting, createdAt: 10 }),
    someJob('elsewhere', { ...waiting, createdAt: 1, connectionId: 'cellar' }),
    someJob('resumed', { state: 'queued', startedAt: 5, createdAt: 2 }),
  ]
  const place = (id: string) => positionInLine(jobs.find((job) => job.id === id) ?? someJob('none'), jobs)

  it('counts what waits for the same server, oldest first', () => {
    expect([place('first'), place('second'), place('elsewhere')]).toEqual([
      { position: 1, of: 3 },
      { position: 2, of: 3 },
      { position: 1, of: 1 },
    ])
  })

  it('puts one that is resumed behind those that had no turn yet', () => {
    expect(place('resumed')).toEqual({ position: 3, of: 3 })
    expect(place('running')).toBeNull()
  })
})

describe('lists of jobs', () => {
  it('read what runs first, then what waits, then what has ended', () => {
    const { active, ended } = inReadingOrder(jobsInEveryState())
    expect(active.map(({ id }) => id)).toEqual([
      'running',
      'stalled',
      'retrying',
      'interrupted',
      'checking',
      'queued',
      'queued-2',
    ])
    expect(ended.map(({ id }) => id)).toEqual(['failed', 'cancelled', 'done'])
  })

  it('are counted by what a person asks about', () => {
    expect(countJobs(jobsInEveryState())).toEqual({ running: 2, waiting: 2, troubled: 3, failed: 1 })
  })
})

describe('an update of all models', () => {
  it('tells what became of each, with the reason of each failure', () => {
    const job = failedUpdate()
    expect(itemCounts(job.items)).toEqual({ updated: 1, same: 4, failed: 2, open: 0 })
    expect([...itemReasons(job)]).toEqual([
      ['ada/careful-coder:v4', 'attic did not find the model: pull model manifest: file does not exist'],
      ['gpt-oss:20b', 'The disk of attic is full: no space left on device'],
    ])
  })
})
