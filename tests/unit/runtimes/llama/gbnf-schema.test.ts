import { describe, expect, test } from 'vitest'
import { toGbnfSchema } from '../../../../src/main/engine/runtimes/llama/worker/gbnf-schema.ts'

const refuse = (schema: { [key: string]: unknown }) => toGbnfSchema(schema, { mode: 'refuse' })

describe('toGbnfSchema', () => {
  test('keeps what a grammar can express and leaves out annotations', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Person',
      type: 'object',
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 20, title: 'Name' },
        born: { type: 'string', format: 'date' },
        role: { enum: ['a', 'b'] },
        tags: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 3 },
        note: { type: ['string', 'null'] },
      },
      required: ['name'],
      additionalProperties: false,
    }
    expect(refuse(schema)).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 20 },
        born: { type: 'string', format: 'date' },
        role: { enum: ['a', 'b'] },
        tags: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 3 },
        note: { type: ['string', 'null'] },
      },
      additionalProperties: false,
    })
  })

  test('anyOf and mixed types become alternatives, allOf of one part becomes the part', () => {
    expect(refuse({ anyOf: [{ type: 'string' }, { type: 'number' }] })).toEqual({
      oneOf: [{ type: 'string' }, { type: 'number' }],
    })
    expect(refuse({ type: ['object', 'null'], properties: { a: { allOf: [{ const: 1 }] } } })).toEqual({
      oneOf: [{ type: 'object', properties: { a: { const: 1 } }, additionalProperties: false }, { type: 'null' }],
    })
  })

  test('definitions are found under both names and may refer to themselves', () => {
    const schema = {
      type: 'object',
      properties: { next: { $ref: '#/definitions/node' } },
      definitions: {
        node: { type: 'object', properties: { next: { anyOf: [{ $ref: '#/definitions/node' }, { type: 'null' }] } } },
      },
    }
    expect(refuse(schema)).toMatchObject({
      properties: { next: { $ref: '#/$defs/node' } },
      $defs: { node: { properties: { next: { oneOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } } } },
    })
    expect(() => refuse({ $ref: '#/$defs/nothing' })).toThrow(/points nowhere/)
  })

  test.each([
    [{ type: 'object', properties: { a: { type: 'string', pattern: '^x' } } }, 'properties.a.pattern'],
    [{ type: 'array', items: { type: 'number', multipleOf: 2 } }, 'items.multipleOf'],
    [{ type: 'string', format: 'email' }, 'format'],
    [{ allOf: [{ type: 'object' }, { type: 'object' }] }, 'allOf'],
    [{ type: 'object', properties: { a: { not: { type: 'string' } } } }, 'properties.a.not'],
  ])('refuses %j by name', (schema, path) => {
    expect(() => refuse(schema)).toThrow(expect.objectContaining({ code: 'invalid_request', detail: path }))
  })

  test('drop mode tells what it leaves out', () => {
    const dropped: string[] = []
    const schema = { type: 'object', properties: { n: { type: 'integer', minimum: 3 } } }
    const result = toGbnfSchema(schema, { mode: 'drop', onDropped: (path) => dropped.push(path) })
    expect(result).toEqual({ type: 'object', properties: { n: { type: 'integer' } }, additionalProperties: false })
    expect(dropped).toEqual(['properties.n.minimum'])
  })

  test.each([
    [{ type: 'wrong' }],
    [{ enum: [] }],
    [{ type: 'array', minItems: -1 }],
    [{ type: 'object', properties: { a: 3 } }],
  ])('refuses the malformed schema %j', (schema) => {
    expect(() => refuse(schema)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })
})
