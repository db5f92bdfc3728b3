import { expect, test } from 'vitest'
import { floatNumbersJson, shortNumbers } from '../../../src/main/engine/wire/float-numbers.ts'

test('32-bit numbers are written with the digits that they were given with', () => {
  const texts = ['0.1', '0.2', '-0.3', '0.010071706', '-0.000012345679', '0.99999994', '1', '0', '12.5', '-16777216']
  const vector = Float32Array.from(texts, Number)
  expect(floatNumbersJson(vector)).toBe(`[${texts.join(',')}]`)
})

test('what is written reads as the same number, whatever its size', () => {
  const vector = Float32Array.from({ length: 4_000 }, (_each, index) => Math.sin(index) * 10 ** ((index % 60) - 30))
  expect(Float32Array.from(JSON.parse(floatNumbersJson(vector)) as number[])).toEqual(vector)
  expect(shortNumbers(vector).map(Math.fround)).toEqual([...vector])
})
