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
  [0, 0],
  [-1, -1],
  [0.2, 1],
  [1e12, 31_536_000],
])('%j is %j s', (value, seconds) => {
  expect(keepAliveSeconds(value)).toBe(seconds)
})

test.each(['', 'soon', '5 m', '5mm', 'm', Number.NaN, Number.POSITIVE_INFINITY])('refuses %j', (value) => {
  expect(() => keepAliveSeconds(value)).toThrow(/not a duration/)
})
