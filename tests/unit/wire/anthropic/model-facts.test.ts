import { describe, expect, test } from 'vitest'
import { anthropicModelFacts, learnModelFacts } from '../../../../src/main/engine/wire/anthropic/model-facts.ts'
import { closedSchema } from '../../../../src/main/engine/wire/anthropic/output-schema.ts'

const BY_BUDGET = { enabled: true, adaptive: false, disabled: true }
const NEVER = { enabled: false, adaptive: false, disabled: false }
const EITHER = { enabled: true, adaptive: true, disabled: true }
const ADAPTIVE = { enabled: false, adaptive: true, disabled: true }

describe('by its name a model is known', () => {
  test.each([
    ['claude-3-haiku-20240307', { maxOutput: 4096, thinking: NEVER, sampling: 'both', structuredOutputs: false }],
    ['claude-3-5-sonnet-20241022', { maxOutput: 8192, thinking: NEVER }],
    ['claude-3-7-sonnet-latest', { maxOutput: 64_000, thinking: BY_BUDGET }],
    ['claude-opus-4-20250514', { maxOutput: 32_000, thinking: BY_BUDGET, sampling: 'both' }],
    ['claude-4-opus-20250514', { maxOutput: 32_000, thinking: BY_BUDGET }],
    ['claude-sonnet-4-0', { maxOutput: 64_000, thinking: BY_BUDGET }],
    ['claude-opus-4-1-20250805', { maxOutput: 32_000, sampling: 'one', structuredOutputs: false }],
    ['claude-sonnet-4-5-20250929', { maxOutput: 64_000, thinking: BY_BUDGET, structuredOutputs: true, effort: [] }],
    ['claude-haiku-4-5', { maxOutput: 64_000, thinking: BY_BUDGET, structuredOutputs: true }],
    ['claude-opus-4-5-20251101', { thinking: BY_BUDGET, effort: ['low', 'medium', 'high'] }],
    ['claude-opus-4-6', { maxOutput: 128_000, thinking: EITHER, contextLength: 1_000_000 }],
    ['claude-sonnet-4-6', { maxOutput: 64_000, thinking: EITHER }],
    ['claude-opus-4-7', { thinking: ADAPTIVE, sampling: 'none' }],
    ['claude-opus-4-8', { thinking: ADAPTIVE, sampling: 'none' }],
    ['claude-sonnet-5', { thinking: ADAPTIVE, sampling: 'none', maxOutput: 128_000 }],
    ['claude-future-12', { thinking: ADAPTIVE, sampling: 'none', maxOutput: null }],
    ['anthropic/claude-3-haiku', { maxOutput: 4096 }],
    ['us.anthropic.claude-opus-4-6-v1', { maxOutput: 128_000 }],
    ['deepseek-chat', { thinking: BY_BUDGET, sampling: 'both', structuredOutputs: false, maxOutput: null }],
  ])('%s', (name, facts) => {
    expect(anthropicModelFacts(name)).toMatchObject(facts)
  })

  test('and what its server tells of it counts more', () => {
    const known = anthropicModelFacts('claude-opus-4-7')
    expect(learnModelFacts(known, { id: 'claude-opus-4-7' })).toEqual(known)
    const told = {
      max_input_tokens: 300_000,
      max_tokens: 9000,
      capabilities: {
        effort: { supported: false },
        image_input: { supported: false },
        structured_outputs: { supported: false },
        thinking: { supported: true, types: { enabled: { supported: true }, adaptive: { supported: false } } },
      },
    }
    expect(learnModelFacts(known, told)).toEqual({
      contextLength: 300_000,
      maxOutput: 9000,
      vision: false,
      thinking: BY_BUDGET,
      effort: [],
      structuredOutputs: false,
      sampling: 'none',
    })
    expect(learnModelFacts(known, { capabilities: { thinking: { supported: false } } }).thinking).toEqual(NEVER)
  })
})

describe('a schema for structured outputs', () => {
  test('has closed objects everywhere', () => {
    const address = { type: 'object', properties: { city: { type: 'string', format: 'date' } } }
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      description: 'A person',
      properties: {
        home: { $ref: '#/$defs/address' },
        list: { type: 'array', items: { anyOf: [address, { type: 'null' }] } },
      },
      required: ['home'],
      $defs: { address },
    }
    const closed = { ...address, additionalProperties: false }
    expect(closedSchema(schema)).toEqual({
      type: 'object',
      description: 'A person',
      properties: {
        home: { $ref: '#/$defs/address' },
        list: { type: 'array', items: { anyOf: [closed, { type: 'null' }] } },
      },
      required: ['home'],
      $defs: { address: closed },
      additionalProperties: false,
    })
  })

  test.each([
    ['a bound', { type: 'integer', minimum: 1 }],
    ['an unknown format', { type: 'string', format: 'zip' }],
    ['an open object', { type: 'object' }],
    ['a map', { type: 'object', properties: {}, additionalProperties: { type: 'string' } }],
    ['an inner bound', { type: 'object', properties: { a: { type: 'string', pattern: 'x' } } }],
    ['a pattern in a list', { type: 'array', items: { type: 'string', maxLength: 3 } }],
    ['a tree', { type: 'object', properties: { child: { $ref: '#' } } }],
    [
      'two that need each other',
      { $ref: '#/$defs/a', $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: { anyOf: [{ $ref: '#/$defs/a' }] } } },
    ],
    ['no schema', { type: 'array', items: true }],
  ])('cannot hold %s', (_what, schema) => {
    expect(closedSchema(schema)).toBeNull()
  })
})
