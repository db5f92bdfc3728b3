import { describe, expect, test } from 'vitest'
import { toGbnfSchema } from '../../../../../src/main/engine/runtimes/llama/schema/gbnf-schema.ts'

type Schema = { [key: string]: unknown }

/** The converted schema and what was left out of it. */
function convert(schema: Schema) {
  const dropped: string[] = []
  const result = toGbnfSchema(schema, { mostIntegers: 400, onDropped: (path) => dropped.push(path) })
  return { result, dropped }
}

/** A schema of which nothing is left out. */
function whole(schema: Schema) {
  const { result, dropped } = convert(schema)
  expect(dropped).toEqual([])
  return result
}

describe('what a grammar can express', () => {
  test('is kept, and annotations are left out', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Person',
      type: 'object',
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 20, title: 'Name' },
        born: { type: 'string', format: 'date' },
        role: { enum: ['a', 'b'], 'x-order': 2 },
        tags: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 3 },
        note: { type: ['string', 'null'] },
      },
      required: ['name'],
      additionalProperties: false,
    }
    expect(whole(schema)).toEqual({
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

  test('alternatives and mixed types', () => {
    expect(whole({ anyOf: [{ type: 'string' }, { type: 'number' }] })).toEqual({
      oneOf: [{ type: 'string' }, { type: 'number' }],
    })
    expect(whole({ type: ['object', 'null'], properties: { a: { allOf: [{ const: 1 }] } } })).toEqual({
      oneOf: [{ type: 'object', properties: { a: { const: 1 } }, additionalProperties: false }, { type: 'null' }],
    })
    expect(whole({ type: ['string', 'null'], minLength: 2 })).toEqual({
      oneOf: [{ type: 'string', minLength: 2 }, { type: 'null' }],
    })
  })

  test('what stands beside alternatives holds in each of them', () => {
    const properties = { a: { type: 'string' }, b: { type: 'null' } }
    const schema = { type: 'object', properties, maxProperties: 1, anyOf: [{ required: ['a'] }, { required: ['b'] }] }
    expect(whole(schema)).toMatchObject({
      oneOf: [{ properties: { a: { type: 'string' } } }, { properties: { b: { type: 'null' } } }],
    })
  })

  test('parts that all have to hold', () => {
    const schema = {
      allOf: [
        { type: 'object', properties: { a: { type: 'number' }, b: { type: 'string', minLength: 1 } }, required: ['a'] },
        { $ref: '#/$defs/more' },
      ],
      properties: { b: { maxLength: 5 } },
      $defs: { more: { properties: { a: { type: 'integer' }, c: { type: 'null' } }, required: ['c'] } },
    }
    expect(whole(schema)).toEqual({
      type: 'object',
      properties: { a: { type: 'integer' }, b: { type: 'string', minLength: 1, maxLength: 5 }, c: { type: 'null' } },
      additionalProperties: false,
    })
  })

  test.each<[Schema, number[]]>([
    [{ minimum: 1, maximum: 3 }, [1, 2, 3]],
    [{ exclusiveMinimum: 0, exclusiveMaximum: 3 }, [1, 2]],
    [{ minimum: 0, exclusiveMinimum: true, maximum: 2 }, [1, 2]],
    [{ minimum: -1.5, maximum: 1.5 }, [-1, 0, 1]],
    [{ minimum: 1, maximum: 20, multipleOf: 5 }, [5, 10, 15, 20]],
  ])('whole numbers with both bounds are listed: %j', (bounds, values) => {
    expect(whole({ type: 'integer', ...bounds })).toEqual({ enum: values })
  })

  test('objects and lists as fixed values', () => {
    expect(whole({ const: { a: [1, 'x'], b: {} } })).toEqual({
      oneOf: [
        {
          type: 'object',
          properties: {
            a: {
              type: 'array',
              items: { type: 'null' },
              prefixItems: [{ const: 1 }, { const: 'x' }],
              minItems: 2,
              maxItems: 2,
            },
            b: { type: 'object', properties: {}, additionalProperties: false },
          },
          additionalProperties: false,
        },
      ],
    })
  })

  test('only the values that have the type', () => {
    expect(whole({ type: 'string', enum: ['a', null, 1] })).toEqual({ const: 'a' })
    expect(whole({ type: ['integer', 'null'], enum: [1.5, 2, null] })).toEqual({ enum: [2, null] })
  })

  test('as many properties and items as are allowed', () => {
    const properties = { a: { type: 'null' }, b: { type: 'null' }, c: { type: 'null' } }
    expect(whole({ type: 'object', properties, required: ['c'], maxProperties: 2 })).toMatchObject({
      properties: { a: { type: 'null' }, c: { type: 'null' } },
    })
    expect(whole({ type: 'object', properties: { a: { type: 'null' } }, minProperties: 2 })).toMatchObject({
      additionalProperties: true,
    })
    expect(whole({ type: 'array', prefixItems: [{ const: 1 }, { const: 2 }], maxItems: 1 })).toMatchObject({
      prefixItems: [{ const: 1 }],
      maxItems: 1,
    })
  })

  test('names that every object in JavaScript has', () => {
    const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"const":1}},"required":["constructor"]}')
    expect(Object.keys((whole(schema) as { properties: object }).properties)).toEqual(['__proto__', 'constructor'])
  })
})

describe('references', () => {
  test('are found under both names and may lead back to themselves', () => {
    const schema = {
      type: 'object',
      properties: { next: { $ref: '#/definitions/node' } },
      required: ['next'],
      definitions: {
        node: {
          type: 'object',
          properties: { next: { anyOf: [{ $ref: '#/definitions/node' }, { type: 'null' }] } },
          required: ['next'],
        },
        unused: { type: 'string', pattern: 'nobody sees it' },
      },
    }
    expect(whole(schema)).toEqual({
      type: 'object',
      properties: { next: { $ref: '#/$defs/node' } },
      additionalProperties: false,
      $defs: {
        node: {
          type: 'object',
          properties: { next: { oneOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
          additionalProperties: false,
        },
      },
    })
  })

  test('an optional property that leads back to itself may be left out', () => {
    const schema = { type: 'object', properties: { v: { const: 1 }, next: { $ref: '#' } }, required: ['v'] }
    expect(whole(schema)).toMatchObject({
      oneOf: [
        { properties: { v: { const: 1 }, next: { $ref: '#/$defs/reference_0' } } },
        { properties: { v: { const: 1 } } },
      ],
    })
  })

  test('reach any part of the schema', () => {
    const schema = {
      type: 'object',
      properties: { 'a/b': { type: 'string', maxLength: 3 }, c: { $ref: '#/properties/a~1b' } },
    }
    expect(whole(schema)).toMatchObject({
      properties: { c: { $ref: '#/$defs/reference_0' } },
      $defs: { reference_0: { type: 'string', maxLength: 3 } },
    })
  })

  test.each<[string, Schema]>([
    ['points nowhere', { $ref: '#/$defs/nothing' }],
    [
      'refers only to itself',
      { $ref: '#/$defs/a', $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }, { type: 'null' }] } } },
    ],
    ['no value that ends', { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] }],
  ])('%s: refused', (why, schema) => {
    expect(() => convert(schema)).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(why) }),
    )
  })
})

describe('what a grammar cannot express', () => {
  test.each<[string[], Schema]>([
    [['properties.a.pattern'], { type: 'object', properties: { a: { type: 'string', pattern: '^x' } } }],
    [['items.multipleOf'], { type: 'array', items: { type: 'number', multipleOf: 2 } }],
    [['minimum'], { type: 'integer', minimum: 0 }],
    [['minimum', 'maximum'], { type: 'number', minimum: 0, maximum: 1 }],
    [['minimum', 'maximum'], { type: 'integer', minimum: 0, maximum: 100_000 }],
    [['format'], { type: 'string', format: 'email' }],
    [['uniqueItems'], { type: 'array', uniqueItems: true }],
    [['properties.a.not'], { type: 'object', properties: { a: { not: { type: 'string' } } } }],
    [['if', 'else'], { type: 'object', if: {}, else: { required: ['a'] } }],
    [['$defs.n.exclusiveMinimum'], { $ref: '#/$defs/n', $defs: { n: { type: 'number', exclusiveMinimum: 0 } } }],
    [['$ref'], { $ref: 'https://example.com/schema.json' }],
    [['oneOf'], { oneOf: [{ type: 'string' }, { type: 'string', maxLength: 3 }] }],
    [['maxLength'], { type: 'string', maxLength: 1_000_000 }],
    [['minItems'], { type: 'array', minItems: 1_000_000 }],
    [['minProperties'], { type: 'object', minProperties: 1_000_000 }],
    [['enum'], { enum: Array.from({ length: 5_000 }, (_, index) => `value ${index}`) }],
    [['anyOf'], { anyOf: Array.from({ length: 5_000 }, (_, index) => ({ const: index })) }],
    [['anyOf'], { allOf: [{ anyOf: [{ type: 'string' }] }, { anyOf: [{ type: 'null' }] }] }],
  ])('%j is told, and the rest holds', (paths, schema) => {
    expect(convert(schema).dropped).toEqual(paths)
  })

  test('does not weaken what stands beside it', () => {
    const { result } = convert({ type: 'string', minLength: 2, pattern: '^x', description: 'A name' })
    expect(result).toEqual({ type: 'string', minLength: 2, description: 'A name' })
  })

  test.each<Schema>([
    { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
    { type: 'number', minLength: 3, uniqueItems: false },
    { oneOf: [{ type: 'string' }, { type: 'integer' }, { $ref: '#/$defs/none' }], $defs: { none: { type: 'null' } } },
    {
      oneOf: ['a', 'b'].map((kind) => ({
        type: 'object',
        properties: { kind: { const: kind }, value: {} },
        required: ['kind'],
      })),
      discriminator: { propertyName: 'kind' },
    },
  ])('is not told where it changes nothing: %j', (schema) => {
    expect(convert(schema).dropped).toEqual([])
  })
})

test.each<[string, Schema]>([
  ['type', { type: 'wrong' }],
  ['enum', { enum: [] }],
  ['enum', { type: 'string', enum: [1] }],
  ['minItems', { type: 'array', minItems: -1 }],
  ['minLength', { type: 'string', minLength: 3, maxLength: 2 }],
  ['properties.a', { type: 'object', properties: { a: 3 } }],
  ['properties.a', { type: 'object', properties: { a: { type: 'integer', minimum: 3, maximum: 2 } } }],
  ['', { type: 'object', properties: { a: false }, required: ['a'] }],
  ['type', { allOf: [{ type: 'string' }, { type: 'number' }] }],
  ['', { examples: Array.from({ length: 60_000 }, () => 0) }],
])('refuses what nothing can satisfy, naming "%s"', (path, schema) => {
  expect(() => convert(schema)).toThrow(expect.objectContaining({ code: 'invalid_request', detail: path }))
})

test('a large schema takes no time to speak of', () => {
  const properties = Object.fromEntries(
    Array.from({ length: 600 }, (_, index) => [`p${index}`, { $ref: `#/$defs/d${(index + 1) % 600}` }]),
  )
  const $defs = Object.fromEntries(
    Array.from({ length: 600 }, (_, index) => [
      `d${index}`,
      { type: 'object', properties: { next: { $ref: `#/$defs/d${(index + 1) % 600}` }, v: { type: 'string' } } },
    ]),
  )
  const started = performance.now()
  whole({ type: 'object', properties, required: Object.keys(properties), $defs })
  expect(performance.now() - started).toBeLessThan(2_000)
})
