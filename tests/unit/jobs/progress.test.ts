import { expect, test } from 'vitest'
import { createByteProgress } from '../../../src/main/engine/jobs/byte-progress.ts'
import { createSpeedWindow } from '../../../src/main/engine/jobs/speed-window.ts'
import { backoffMs } from '../../../src/main/engine/jobs/waiting.ts'

test('speed is what came in the last 5 s, and nothing once nothing moves', () => {
  const window = createSpeedWindow(0)
  expect(window.speed(0)).toBeNull()
  window.add(100, 100)
  expect(window.speed(200)).toBeNull()
  expect(window.speed(1_000)).toBe(100)
  for (let at = 1_000; at <= 10_000; at += 50) window.add(50, at)
  expect(window.speed(10_000)).toBeCloseTo(1_000, -2)
  expect(window.speed(14_900)).toBeLessThan(30)
  expect(window.speed(15_100)).toBeNull()
  window.add(500, 20_000)
  window.reset(20_000)
  expect(window.speed(21_000)).toBeNull()
})

test('layers add up, and the sum never goes back within a run', () => {
  const progress = createByteProgress({}, 0)
  expect([progress.completed(), progress.total()]).toEqual([null, null])
  progress.record('one', 0, 100, 0)
  expect(progress.record('one', 40, 100, 1_000)).toEqual({ moved: true, furthest: true })
  progress.record('two', 10, 50, 1_000)
  expect([progress.completed(), progress.total()]).toEqual([50, 150])
  expect(progress.speed(1_000)).toBe(40)
  expect(progress.secondsLeft(1_000)).toBe(2.5)
  // A new try: where a layer stands is no speed, and less than before is not shown.
  progress.beginAttempt(2_000)
  expect(progress.record('one', 20, 100, 2_000)).toEqual({ moved: false, furthest: false })
  expect(progress.speed(3_000)).toBeNull()
  expect(progress.record('one', 30, 100, 3_000)).toEqual({ moved: true, furthest: false })
  expect([progress.completed(), progress.speed(3_000)]).toEqual([50, 10])
  expect(progress.record('one', 100, 100, 4_000)).toEqual({ moved: true, furthest: true })
  expect([progress.completed(), progress.total()]).toEqual([110, 150])
  expect(progress.layers()).toEqual({ one: [100, 100], two: [10, 50] })
  // The same figure again moves nothing.
  expect(progress.record('one', 100, 100, 5_000)).toEqual({ moved: false, furthest: false })
})

test('figures from before a restart are shown until the server says better', () => {
  const progress = createByteProgress({ one: [100, 100], two: [30, 50] }, 0)
  expect([progress.completed(), progress.total()]).toEqual([130, 150])
  progress.record('two', 10, 50, 0)
  expect(progress.completed()).toBe(110)
  progress.record('two', 5, 50, 0)
  expect(progress.completed()).toBe(110)
})

test('a new task counts from zero, but what was the furthest is remembered', () => {
  const progress = createByteProgress({}, 0)
  progress.record('file', 80, 100, 0)
  progress.startOver(0)
  expect(progress.completed()).toBeNull()
  expect(progress.record('file', 60, 100, 1_000)).toEqual({ moved: false, furthest: false })
  expect(progress.record('file', 90, 100, 2_000)).toEqual({ moved: true, furthest: true })
  expect(progress.completed()).toBe(90)
})

test('a server that names layers without end is bounded', () => {
  const progress = createByteProgress({}, 0)
  for (let index = 0; index < 10_000; index++) progress.record(`layer ${index}`, 1, 1, 0)
  expect(progress.total()).toBe(4_096)
})

test('tries get rarer from 1 s to 60 s, spread by chance', () => {
  const at = (random: number): number[] => [0, 1, 2, 3, 6, 7, 50].map((tries) => backoffMs(tries, () => random))
  expect(at(0.5)).toEqual([1_000, 1_000, 2_000, 4_000, 32_000, 60_000, 60_000])
  expect(at(0)).toEqual([1_000, 1_000, 1_500, 3_000, 24_000, 48_000, 60_000])
  expect(at(1)).toEqual([1_250, 1_250, 2_500, 5_000, 40_000, 60_000, 60_000])
})
