import { expect, test } from 'vitest'
import { argumentsSchema } from '../../../../src/main/engine/runtimes/llama/not-enforced.ts'

const EMPTY = { type: 'object', properties: {} }

test.each([
  [undefined],
  [{}],
  [EMPTY],
  [{ ...EMPTY, required: [] }],
  [{ ...EMPTY, additionalProperties: false }],
  [{ ...EMPTY, $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Now', description: 'The time' }],
])('%j takes no arguments', (parameters) => {
  const tool = { name: 'now', ...(parameters === undefined ? {} : { parameters }) }
  expect(argumentsSchema(tool, () => {})).toBeUndefined()
})

test.each([
  [{ type: 'object' }],
  [{ ...EMPTY, additionalProperties: true }],
  [{ ...EMPTY, additionalProperties: { type: 'string' } }],
  [{ ...EMPTY, required: ['city'] }],
  [{ ...EMPTY, anyOf: [{ required: ['city'] }] }],
  [{ type: 'object', properties: { city: { type: 'string' } } }],
])('%j takes some', (parameters) => {
  expect(argumentsSchema({ name: 'weather', parameters }, () => {})).toBeDefined()
})
