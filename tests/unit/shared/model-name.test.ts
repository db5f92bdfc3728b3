import { describe, expect, test } from 'vitest'
import { allowing, findByName, isSameName, otherName, withoutLatest } from '../../../src/shared/model-name.ts'

test.each([
  ['llama3.2', 'llama3.2:latest'],
  ['llama3.2:latest', 'llama3.2'],
  ['llama3.2:1b', null],
  // The colon is a port's, not a tag's.
  ['localhost:5000/ns/m', 'localhost:5000/ns/m:latest'],
  ['localhost:5000/ns/m:latest', 'localhost:5000/ns/m'],
  ['localhost:5000/ns/m:1b', null],
])('%s can be written %s', (name, other) => {
  expect(otherName(name)).toBe(other)
})

test('a name is the same with and without :latest', () => {
  expect(isSameName('m', 'm:latest')).toBe(true)
  expect(isSameName('m:latest', 'm')).toBe(true)
  expect(isSameName('m', 'm')).toBe(true)
  expect(isSameName('m:1b', 'm')).toBe(false)
  expect(withoutLatest('m:latest')).toBe('m')
})

test('an id finds what it names, the exact one first', () => {
  const models = [{ id: 'm:latest' }, { id: 'n' }, { id: 'n:latest' }]
  expect(['m', 'm:latest', 'n', 'n:latest', 'o', null].map((id) => findByName(models, id)?.id ?? null)).toEqual([
    'm:latest',
    'm:latest',
    'n',
    'n:latest',
    null,
    null,
  ])
})

describe('an allow-list', () => {
  test('lets all through where it is empty', () => {
    expect(allowing([])('m')).toBe(true)
  })

  test('does not look at :latest', () => {
    const allowed = allowing(['m', 'n:latest', 'o:1b'])
    expect(['m', 'm:latest', 'n', 'n:latest', 'o:1b'].every(allowed)).toBe(true)
    expect(['o', 'm:1b'].some(allowed)).toBe(false)
  })
})
