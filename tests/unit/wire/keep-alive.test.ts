import { expect, test } from 'vitest'
import { keepAliveSeconds } from '../../../src/main/engine/wire/keep-alive.ts'

test.each([
  ['5m', 300],
  ['1h30m', 5400],
  ['-1', -1],
  ['-5m', -1],
  ['0', 0],
  ['0s', 0],
  ['10', 10],
  ['500ms', 1],
  ['1.5s', 2],
  ['.5s', 1],
  ['2.m', 120],
  ['+1h', 3600],
  ['1500000µs', 2],
  ['1500000μs', 2],
  [0, 0],
  [-1, -1],
  [0.2, 1],
  [1e12, 31_536_000],
])('%j is %j s', (value, seconds) => {
  expect(keepAliveSeconds(value)).toBe(seconds)
})

test.each(['', 'soon', '5 m', '5mm', 'm', '.s', '.', '1s.', Number.NaN, Number.POSITIVE_INFINITY])(
  'refuses %j',
  (value) => {
    expect(() => keepAliveSeconds(value)).toThrow(/not a duration/)
  },
)

test('a long text that is no duration is refused without being tried in every way', () => {
  const started = performance.now()
  expect(() => keepAliveSeconds(`${'1'.repeat(50_000)}x`)).toThrow(/not a duration/)
  expect(performance.now() - started).toBeLessThan(200)
})
