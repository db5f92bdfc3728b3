import type { GbnfJsonSchema } from 'node-llama-cpp'
import type { JsonSchema } from '../../../spec/chat-request.ts'
import { EngineError } from '../../../spec/engine-error.ts'

/** What to do with a keyword that a grammar cannot enforce: refuse the request, or leave it out and tell. */
export type SchemaStrictness = { mode: 'refuse' } | { mode: 'drop'; onDropped: (path: string) => void }

/** Say nothing about which values are allowed. */
const ANNOTATIONS = new Set([
  '$schema',
  '$id',
  '$comment',
  '$anchor',
  'title',
  'description',
  'default',
  'examples',
  'example',
  'deprecated',
  'readOnly',
  'writeOnly',
  'strict',
  'nullable',
  'contentEncoding',
  'contentMediaType',
])
const HANDLED = new Set([
  'type',
  'const',
  'enum',
  'oneOf',
  'anyOf',
  'allOf',
  '$ref',
  '$defs',
  'definitions',
  'properties',
  'required',
  'additionalProperties',
  'minProperties',
  'maxProperties',
  'items',
  'prefixItems',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'format',
])
const FORMATS = new Set(['date', 'time', 'date-time'])
const SCALARS = new Set(['string', 'number', 'integer', 'boolean', 'null'])
const MAX_DEPTH = 64
const MOST_REPETITIONS = 2_000
/** A grammar tries all alternatives after each token: thousands of them hold up every stream. */
const MOST_ALTERNATIVES = 1_000

type Plain = { [key: string]: unknown }

/**
 * A JSON Schema as the subset that node-llama-cpp turns into a grammar. Optional properties become required ones and
 * an open object with properties becomes a closed one: every output of the grammar still satisfies the schema.
 * In `refuse` mode a part that cannot be expressed throws `invalid_request` naming its path.
 */
export function toGbnfSchema(schema: JsonSchema, strictness: SchemaStrictness): GbnfJsonSchema {
  const definitions: Plain = { ...plain(schema.definitions), ...plain(schema.$defs) }
  const converter = createConverter(strictness, new Set(Object.keys(definitions)))
  const root = converter(schema, '', 0)
  const converted = Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [name, converter(definition, `$defs.${name}`, 0)]),
  )
  if (Object.keys(converted).length === 0) return root as GbnfJsonSchema
  // The library looks definitions up from objects, arrays and alternatives; anything else is wrapped in the latter.
  const carrier = 'oneOf' in root || root.type === 'object' || root.type === 'array' ? root : { oneOf: [root] }
  return { ...carrier, $defs: converted } as GbnfJsonSchema
}

function createConverter(strictness: SchemaStrictness, definitions: ReadonlySet<string>) {
  function inexpressible(path: string, why: string): void {
    if (strictness.mode === 'drop') {
      strictness.onDropped(path)
      return
    }
    throw new EngineError(
      'invalid_request',
      `The JSON schema cannot be enforced: ${why} (at "${path || 'the top'}").`,
      {
        param: 'response_format',
        detail: path,
      },
    )
  }

  return function convert(node: unknown, path: string, depth: number): Plain {
    if (depth > MAX_DEPTH) throw malformed(path, 'it is nested too deeply')
    if (node === true) return anyValue()
    if (typeof node !== 'object' || node === null || Array.isArray(node)) throw malformed(path, 'it is not an object')
    const schema = node as Plain
    const at = (key: string): string => (path === '' ? key : `${path}.${key}`)
    for (const key of Object.keys(schema)) {
      if (ANNOTATIONS.has(key) || HANDLED.has(key) || isWithoutEffect(key, schema[key])) continue
      inexpressible(at(key), `"${key}" is not supported`)
    }
    const description = typeof schema.description === 'string' ? { description: schema.description } : {}

    if (typeof schema.$ref === 'string') {
      const name = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(schema.$ref)?.[1]
      if (name === undefined || !definitions.has(name)) throw malformed(at('$ref'), `"${schema.$ref}" points nowhere`)
      return { $ref: `#/$defs/${name}`, ...description }
    }
    const alternatives = schema.oneOf ?? schema.anyOf
    if (alternatives !== undefined) {
      const key = schema.oneOf === undefined ? 'anyOf' : 'oneOf'
      if (!Array.isArray(alternatives) || alternatives.length === 0) throw malformed(at(key), 'it is not a list')
      if (alternatives.length > MOST_ALTERNATIVES)
        throw malformed(at(key), `it has more than ${MOST_ALTERNATIVES} entries`)
      return {
        oneOf: alternatives.map((item, index) => convert(item, at(`${key}.${index}`), depth + 1)),
        ...description,
      }
    }
    if (schema.allOf !== undefined) {
      const parts = schema.allOf
      if (!Array.isArray(parts)) throw malformed(at('allOf'), 'it is not a list')
      if (parts.length === 1) return { ...convert(parts[0], at('allOf.0'), depth + 1), ...description }
      inexpressible(at('allOf'), '"allOf" with several parts is not supported')
      return anyValue()
    }
    if (schema.const !== undefined) return literals([schema.const], at('const'), description)
    if (schema.enum !== undefined) {
      if (!Array.isArray(schema.enum) || schema.enum.length === 0) throw malformed(at('enum'), 'it is not a list')
      return literals(schema.enum, at('enum'), description)
    }
    if (Array.isArray(schema.type)) {
      const types: unknown[] = schema.type
      if (types.every((type) => SCALARS.has(String(type)))) return { type: types, ...description }
      return { oneOf: types.map((type) => convert({ ...schema, type }, path, depth + 1)), ...description }
    }
    const type = schema.type ?? impliedType(schema)
    if (type === undefined) return anyValue()
    if (type === 'object') return object(schema, at, depth, description)
    if (type === 'array') return array(schema, at, depth, description)
    if (type === 'string') return text(schema, at, description)
    if (SCALARS.has(String(type))) return { type, ...description }
    throw malformed(at('type'), `"${String(type)}" is not a type`)
  }

  function literals(values: unknown[], path: string, description: Plain): Plain {
    if (values.length > MOST_ALTERNATIVES) throw malformed(path, `it has more than ${MOST_ALTERNATIVES} entries`)
    if (values.some((value) => typeof value === 'object' && value !== null)) {
      inexpressible(path, 'only plain values can be fixed')
      return anyValue()
    }
    return values.length === 1 ? { const: values[0], ...description } : { enum: values, ...description }
  }

  function text(schema: Plain, at: (key: string) => string, description: Plain): Plain {
    const format = schema.format
    if (typeof format === 'string') {
      if (FORMATS.has(format)) return { type: 'string', format, ...description }
      inexpressible(at('format'), `the format "${format}" is not supported`)
    }
    return { type: 'string', ...numbers(schema, ['minLength', 'maxLength'], at), ...description }
  }

  function object(schema: Plain, at: (key: string) => string, depth: number, description: Plain): Plain {
    const convert = createConverter(strictness, definitions)
    const properties = Object.fromEntries(
      Object.entries(plain(schema.properties)).map(([name, value]) => [
        name,
        convert(value, at(`properties.${name}`), depth + 1),
      ]),
    )
    const names = Object.keys(properties)
    for (const name of Array.isArray(schema.required) ? schema.required : []) {
      if (typeof name !== 'string') throw malformed(at('required'), 'it is not a list of names')
      if (!names.includes(name)) properties[name] = anyValue()
    }
    const additional = schema.additionalProperties ?? names.length === 0
    return {
      type: 'object',
      properties,
      additionalProperties:
        typeof additional === 'boolean' ? additional : convert(additional, at('additionalProperties'), depth + 1),
      ...numbers(schema, ['minProperties', 'maxProperties'], at),
      ...description,
    }
  }

  function array(schema: Plain, at: (key: string) => string, depth: number, description: Plain): Plain {
    const convert = createConverter(strictness, definitions)
    const items = schema.items
    const prefix = schema.prefixItems
    return {
      type: 'array',
      items: items === undefined || items === false ? anyValue() : convert(items, at('items'), depth + 1),
      ...(Array.isArray(prefix)
        ? { prefixItems: prefix.map((item, index) => convert(item, at(`prefixItems.${index}`), depth + 1)) }
        : {}),
      ...numbers(schema, ['minItems', 'maxItems'], at),
      ...(items === false && Array.isArray(prefix) ? { maxItems: prefix.length } : {}),
      ...description,
    }
  }
}

function numbers(schema: Plain, keys: string[], at: (key: string) => string): Plain {
  const found: Plain = {}
  for (const key of keys) {
    const value = schema[key]
    if (value === undefined) continue
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
      throw malformed(at(key), 'it is not a count')
    // llama.cpp refuses more repetitions, after seconds of unrolling them.
    if (key.startsWith('min') && value > MOST_REPETITIONS)
      throw malformed(at(key), `it is more than ${MOST_REPETITIONS}`)
    found[key] = value
  }
  return found
}

/** Bounds that every generated number satisfies anyway, as zod writes them for integers. */
function isWithoutEffect(key: string, value: unknown): boolean {
  return (
    (key === 'minimum' && value === Number.MIN_SAFE_INTEGER) || (key === 'maximum' && value === Number.MAX_SAFE_INTEGER)
  )
}

function impliedType(schema: Plain): string | undefined {
  if (schema.properties !== undefined || schema.additionalProperties !== undefined) return 'object'
  if (schema.items !== undefined || schema.prefixItems !== undefined) return 'array'
  return undefined
}

function anyValue(): Plain {
  return {
    oneOf: [
      { type: ['string', 'number', 'boolean', 'null'] },
      { type: 'object', additionalProperties: true },
      { type: 'array', items: { type: ['string', 'number', 'boolean', 'null'] } },
    ],
  }
}

function plain(value: unknown): Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {}
}

function malformed(path: string, why: string): EngineError {
  return new EngineError('invalid_request', `The JSON schema is malformed: ${why} (at "${path || 'the top'}").`, {
    param: 'response_format',
    detail: path,
  })
}
