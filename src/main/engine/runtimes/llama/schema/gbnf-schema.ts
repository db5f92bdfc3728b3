import type { GbnfJsonSchema } from 'node-llama-cpp'
import type { JsonSchema } from '../../../spec/chat-request.ts'
import { areDisjoint } from './disjoint.ts'
import { requireFiniteValue } from './finite-value.ts'
import { fixedValue, isOfType, typeOf } from './fixed-value.ts'
import { boundedIntegers } from './integer-bounds.ts'
import { constraining, isAnnotation, unexpressed } from './keywords.ts'
import { mergeSchemas } from './merge-schemas.ts'
import { isPlain, malformed, type Plain, plain, requireBounded } from './plain-schema.ts'
import { References } from './references.ts'

/** What to do with what a grammar cannot express. */
export interface SchemaLimits {
  /** Told the path (`properties.age.minimum`) of each keyword that is left out; the answer may then break it. */
  onDropped: (path: string) => void
  /** Bounded integers are written out one by one up to this many values. */
  mostIntegers: number
}

const FORMATS = new Set(['date', 'time', 'date-time'])
const SCALARS = new Set(['string', 'number', 'integer', 'boolean', 'null'])
const MAX_DEPTH = 64
/** llama.cpp refuses more repetitions, after seconds of unrolling them. */
const MOST_REPETITIONS = 2_000
/** A grammar tries all alternatives after each token: thousands of them hold up every stream. */
const MOST_ALTERNATIVES = 1_000
/** Schemas are walked on the main thread too, where nothing may take long. */
const MOST_NODES = 5_000
/** Each optional property that leads back to itself doubles the alternatives of its object. */
const MOST_OPTIONAL = 4

/**
 * A JSON Schema as the subset that node-llama-cpp turns into a grammar. Optional properties become required ones and
 * an open object with properties becomes a closed one: every output of the grammar still satisfies the schema. What the
 * subset cannot say is left out and told, so that the caller can be told. Throws `invalid_request` for a schema that is
 * malformed, contradicts itself, is too large, or has no finite value.
 */
export function toGbnfSchema(schema: JsonSchema, limits: SchemaLimits): GbnfJsonSchema {
  requireBounded(schema)
  const converter = new Converter(schema, limits)
  const root = converter.convert(schema, '', 0)
  const definitions: Plain = {}
  // Converting one definition may meet others.
  for (let next = converter.references.next(); next !== undefined; next = converter.references.next()) {
    definitions[next.name] = converter.convert(next.schema, next.path, 0)
  }
  requireFiniteValue(root, definitions)
  if (Object.keys(definitions).length === 0) return root as GbnfJsonSchema
  // The library looks definitions up from objects, arrays and alternatives; anything else is wrapped in the latter.
  const carrier = 'oneOf' in root || root.type === 'object' || root.type === 'array' ? root : { oneOf: [root] }
  return { ...carrier, $defs: definitions } as GbnfJsonSchema
}

class Converter {
  readonly references: References
  readonly #limits: SchemaLimits
  #nodes = 0

  constructor(root: JsonSchema, limits: SchemaLimits) {
    this.references = new References(root)
    this.#limits = limits
  }

  convert(node: unknown, path: string, depth: number): Plain {
    this.#nodes += 1
    if (this.#nodes > MOST_NODES) throw malformed('', `it has more than ${MOST_NODES} parts`)
    if (depth > MAX_DEPTH) throw malformed(path, 'it is nested too deeply')
    if (node === true) return anyValue()
    if (!isPlain(node)) throw malformed(path, 'it is not an object')
    const at = (key: string): string => (path === '' ? key : `${path}.${key}`)
    const description = typeof node.description === 'string' ? { description: node.description } : {}
    const combined = this.#combination(node, path, depth, at)
    if (combined !== null) return { ...combined, ...description }
    if (node.const !== undefined) return { ...this.#literals(node, [node.const], at, 'const'), ...description }
    if (node.enum !== undefined) {
      if (!Array.isArray(node.enum) || node.enum.length === 0) throw malformed(at('enum'), 'it is not a list')
      return { ...this.#literals(node, node.enum, at, 'enum'), ...description }
    }
    if (Array.isArray(node.type)) {
      const types: unknown[] = node.type
      if (types.length === 0) throw malformed(at('type'), 'it is empty')
      const bare = Object.keys(node).every((key) => key === 'type' || isAnnotation(key))
      if (bare && types.every((type) => SCALARS.has(String(type)))) return { type: types, ...description }
      return { oneOf: types.map((type) => this.convert({ ...node, type }, path, depth + 1)), ...description }
    }
    return { ...this.#ofType(node, path, depth, at), ...description }
  }

  /** References, alternatives and conjunctions; null if the schema is none. */
  #combination(node: Plain, path: string, depth: number, at: (key: string) => string): Plain | null {
    const beside = (key: string): Plain => Object.fromEntries(Object.entries(node).filter(([name]) => name !== key))
    const saysMore = (rest: Plain): boolean => Object.keys(rest).some((key) => !isAnnotation(key))
    const merge = (parts: Plain[]): Plain =>
      mergeSchemas(parts, {
        path,
        at,
        onDropped: this.#limits.onDropped,
        resolve: (part) => this.#resolved(part, path),
      })

    if (node.$ref !== undefined) {
      const rest = beside('$ref')
      if (!this.references.isInside(node.$ref, at('$ref'))) {
        this.#limits.onDropped(at('$ref'))
        return this.convert(rest, path, depth + 1)
      }
      if (saysMore(rest)) return this.convert(merge([{ $ref: node.$ref }, rest]), path, depth + 1)
      return { $ref: `#/$defs/${this.references.name(node.$ref)}` }
    }
    if (node.allOf !== undefined) {
      const parts: unknown = node.allOf
      if (!Array.isArray(parts) || !parts.every(isPlain)) throw malformed(at('allOf'), 'it is not a list of schemas')
      const rest = beside('allOf')
      const [only] = parts
      if (parts.length === 1 && only !== undefined && !saysMore(rest))
        return this.convert(only, at('allOf.0'), depth + 1)
      return this.convert(merge([...parts, rest]), path, depth + 1)
    }
    const key = node.oneOf === undefined ? 'anyOf' : 'oneOf'
    const alternatives = node[key]
    if (alternatives === undefined) return null
    if (!Array.isArray(alternatives) || alternatives.length === 0) throw malformed(at(key), 'it is not a list')
    if (alternatives.length > MOST_ALTERNATIVES) {
      this.#limits.onDropped(at(key))
      return this.convert(beside(key), path, depth + 1)
    }
    const possible = alternatives.filter((item) => item !== false)
    if (possible.length === 0) throw malformed(at(key), 'nothing can satisfy it')
    // A grammar allows what fits several alternatives, which `oneOf` does not.
    if (key === 'oneOf' && !areDisjoint(possible, (part) => this.#resolved(part, path))) this.#limits.onDropped(at(key))
    const rest = beside(key)
    const whole = (item: unknown): unknown => (saysMore(rest) && isPlain(item) ? merge([rest, item]) : item)
    return { oneOf: possible.map((item, index) => this.convert(whole(item), at(`${key}.${index}`), depth + 1)) }
  }

  #ofType(node: Plain, path: string, depth: number, at: (key: string) => string): Plain {
    const type = node.type === undefined ? impliedType(node) : String(node.type)
    const enumerated = type === 'integer' ? boundedIntegers(node, this.#limits.mostIntegers) : null
    if (enumerated !== null) {
      if (enumerated.length === 0) throw malformed(path, 'no whole number lies between its bounds')
      return { enum: enumerated }
    }
    for (const key of unexpressed(node, type)) this.#limits.onDropped(at(key))
    if (type === undefined) return anyValue()
    if (type === 'object') return this.#object(node, path, depth, at)
    if (type === 'array') return this.#array(node, depth, at)
    if (type === 'string') return this.#text(node, at)
    if (SCALARS.has(type)) return { type }
    throw malformed(at('type'), `"${type}" is not a type`)
  }

  #literals(node: Plain, values: unknown[], at: (key: string) => string, key: string): Plain {
    const types = node.type === undefined ? null : [node.type].flat()
    const fitting = types === null ? values : values.filter((value) => types.some((type) => isOfType(value, type)))
    if (fitting.length === 0) throw malformed(at(key), 'no value of it has the type')
    if (fitting.length > MOST_ALTERNATIVES) {
      this.#limits.onDropped(at(key))
      return { oneOf: (types ?? [...new Set(fitting.map(typeOf))]).map((type) => this.convert({ type }, '', 0)) }
    }
    for (const other of constraining(node)) this.#limits.onDropped(at(other))
    if (fitting.every((value) => typeof value !== 'object' || value === null)) {
      return fitting.length === 1 ? { const: fitting[0] } : { enum: fitting }
    }
    return { oneOf: fitting.map((value) => fixedValue(value, at(key), 0)) }
  }

  #text(node: Plain, at: (key: string) => string): Plain {
    const { format } = node
    if (typeof format === 'string' && FORMATS.has(format)) {
      for (const key of ['minLength', 'maxLength']) if (node[key] !== undefined) this.#limits.onDropped(at(key))
      return { type: 'string', format }
    }
    if (format !== undefined) this.#limits.onDropped(at('format'))
    return { type: 'string', ...this.#counts(node, 'minLength', 'maxLength', at) }
  }

  #object(node: Plain, path: string, depth: number, at: (key: string) => string): Plain {
    const given = new Map(Object.entries(plain(node.properties)))
    const required: unknown = node.required ?? []
    if (!Array.isArray(required) || !required.every((name) => typeof name === 'string')) {
      throw malformed(at('required'), 'it is not a list of names')
    }
    const counts = this.#counts(node, 'minProperties', 'maxProperties', at)
    const most = counts.maxProperties ?? Number.POSITIVE_INFINITY
    const forbidden = required.find((name) => given.get(name) === false)
    if (forbidden !== undefined || new Set(required).size > most) throw malformed(path, 'no object can satisfy it')
    // Where not all optional properties may be there, the first ones are.
    const mustBe = new Set(required)
    const optional = [...given.keys()].filter((name) => !mustBe.has(name) && given.get(name) !== false)
    const kept = new Set([...mustBe, ...optional.slice(0, Math.max(0, most - mustBe.size))])
    const names = [...new Set([...given.keys(), ...required])].filter((name) => kept.has(name))
    const properties = Object.fromEntries(
      names.map((name) => [name, this.convert(given.get(name) ?? true, at(`properties.${name}`), depth + 1)]),
    )
    const least = counts.minProperties ?? 0
    const open = node.additionalProperties ?? (names.length === 0 || least > names.length)
    const additional = typeof open === 'boolean' ? open : this.convert(open, at('additionalProperties'), depth + 1)
    if (additional === false && least > names.length) throw malformed(path, 'no object can satisfy it')
    const object = (without: readonly string[]): Plain => ({
      type: 'object',
      properties: Object.fromEntries(Object.entries(properties).filter(([name]) => !without.includes(name))),
      additionalProperties: additional,
      ...counts,
    })
    // An optional property that leads back to itself could never end if it had to be there.
    const endless = names.filter((name) => !mustBe.has(name) && this.references.isRecursive(given.get(name)))
    if (endless.length === 0) return object([])
    const choices = endless.slice(0, MOST_OPTIONAL)
    const left = endless.slice(MOST_OPTIONAL)
    const mayLack = names.length - left.length - (additional === false ? least : 0)
    const possible = subsets(choices).filter((without) => without.length <= mayLack)
    return { oneOf: possible.map((without) => object([...without, ...left])) }
  }

  #array(node: Plain, depth: number, at: (key: string) => string): Plain {
    const { items, prefixItems: prefix } = node
    if (prefix !== undefined && !Array.isArray(prefix)) throw malformed(at('prefixItems'), 'it is not a list')
    const counts = this.#counts(node, 'minItems', 'maxItems', at)
    const most =
      items === false ? Math.min(counts.maxItems ?? prefix?.length ?? 0, prefix?.length ?? 0) : counts.maxItems
    return {
      type: 'array',
      items: items === undefined || items === false ? anyValue() : this.convert(items, at('items'), depth + 1),
      ...(prefix === undefined
        ? {}
        : // The library lets the prefix win over a smaller maximum.
          {
            prefixItems: prefix
              .slice(0, most)
              .map((item, index) => this.convert(item, at(`prefixItems.${index}`), depth + 1)),
          }),
      ...counts,
      ...(most === undefined ? {} : { maxItems: most }),
    }
  }

  /** Least and most as the grammar takes them; what is more than it can repeat is dropped. */
  #counts<Least extends string, Most extends string>(
    node: Plain,
    least: Least,
    most: Most,
    at: (key: string) => string,
  ): { [key in Least | Most]?: number } {
    const found: { [key in Least | Most]?: number } = {}
    for (const key of [least, most]) {
      const value = node[key]
      if (value === undefined) continue
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
        throw malformed(at(key), 'it is not a count')
      if (value > MOST_REPETITIONS) this.#limits.onDropped(at(key))
      else found[key] = value
    }
    if ((found[least] ?? 0) > (found[most] ?? Number.POSITIVE_INFINITY))
      throw malformed(at(least), `it is above ${most}`)
    return found
  }

  /** The schema itself in place of a reference to it. Throws for references that go round. */
  #resolved(part: Plain, path: string): Plain {
    let current = part
    const onlyRefers = (schema: Plain): boolean =>
      Object.keys(schema).every((key) => key === '$ref' || isAnnotation(key))
    for (let step = 0; typeof current.$ref === 'string' && onlyRefers(current); step += 1) {
      const target = this.references.target(current.$ref)
      if (step > MAX_DEPTH) throw malformed(path, `"${current.$ref}" refers to itself`)
      if (!isPlain(target)) return current
      current = target
    }
    return current
  }
}

function subsets(names: readonly string[]): string[][] {
  const found: string[][] = [[]]
  for (const name of names) found.push(...found.map((some) => [...some, name]))
  return found
}

function impliedType(schema: Plain): string | undefined {
  if (schema.properties !== undefined || schema.additionalProperties !== undefined) return 'object'
  if (schema.required !== undefined) return 'object'
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
