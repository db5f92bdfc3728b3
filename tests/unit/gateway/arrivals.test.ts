import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Arrivals } from '../../../src/main/gateway/arrivals.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('tells once what stood still for the limit, and at most a quarter later', () => {
  const arrivals = new Arrivals(1_000)
  const stalled = vi.fn()
  arrivals.add({ stalled })
  vi.advanceTimersByTime(999)
  expect(stalled).not.toHaveBeenCalled()
  vi.advanceTimersByTime(251)
  expect(stalled).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(10_000)
  expect(stalled).toHaveBeenCalledTimes(1)
})

it('waits on for what moves, and forgets what has ended', () => {
  const arrivals = new Arrivals(1_000)
  const [moving, ended] = [vi.fn(), vi.fn()]
  const arrival = arrivals.add({ stalled: moving })
  arrivals.add({ stalled: ended }).end()
  for (let turn = 0; turn < 20; turn++) {
    vi.advanceTimersByTime(900)
    arrival.moved()
  }
  expect([moving.mock.calls.length, ended.mock.calls.length]).toEqual([0, 0])
  vi.advanceTimersByTime(1_250)
  expect(moving).toHaveBeenCalledTimes(1)
})

it('keeps no timer while nothing is on its way', () => {
  const arrivals = new Arrivals(1_000)
  arrivals.add({ stalled: () => {} }).end()
  vi.advanceTimersByTime(250)
  expect(vi.getTimerCount()).toBe(0)
})
