import { isDeepStrictEqual } from 'node:util'
import { isPlain, malformed, type Plain, plain } from './plain-schema.ts'

/** Where the merged schema stands, and how to look behind a reference. */
export interface MergeSurroundings {
  path: string
  at: (key: string) => string
  /** Told the path of a keyword that two parts give differently and that cannot be both. */
  onDropped: (path: string) => void
  resolve: (part: Plain) => Plain
}

const LEAST = new Set(['minLength', 'minItems', 'minProperties', 'minimum', 'exclusiveMinimum'])
const MOST = new Set(['maxLength', 'maxItems', 'maxProperties', 'maximum', 'exclusiveMaximum'])
const ANNOTATIONS = new Set(['title', 'description', 'default', 'examples', 'example', '$comment', '$id', '$schema'])

/** One schema that a value fits only if it fits all parts. Throws `invalid_request` where the parts contradict each other. */
export function mergeSchemas(parts: readonly Plain[], around: MergeSurroundings): Plain {
  const merged: Plain = {}
  for (const part of parts.flatMap((item) => conjuncts(around.resolve(item), around, 0))) {
    for (const [key, value] of Object.entries(part)) {
      merged[key] = merged[key] === undefined ? value : both(key, merged[key], value, around)
    }
  }
  return merged
}

/** The parts of nested `allOf`s and of references with something beside them, as one list. */
function conjuncts(part: Plain, around: MergeSurroundings, depth: number): Plain[] {
  if (depth > 16) throw malformed(around.path, 'it is nested too deeply')
  const { allOf, $ref, ...rest } = part
  const inner = [
    ...(Array.isArray(allOf) ? allOf.filter(isPlain) : []),
    ...(typeof $ref === 'string' && Object.keys(rest).length > 0 ? [{ $ref }] : []),
  ]
  if (inner.length === 0) return [part]
  return [...inner.flatMap((item) => conjuncts(around.resolve(item), around, depth + 1)), rest]
}

function both(key: string, left: unknown, right: unknown, around: MergeSurroundings): unknown {
  if (ANNOTATIONS.has(key) || isDeepStrictEqual(left, right)) return left
  if (LEAST.has(key) && typeof left === 'number' && typeof right === 'number') return Math.max(left, right)
  if (MOST.has(key) && typeof left === 'number' && typeof right === 'number') return Math.min(left, right)
  switch (key) {
    case 'properties':
      return mergeProperties(plain(left), plain(right))
    case '$defs':
    case 'definitions':
      return left
    case 'required':
      return [...new Set([left, right].flat())]
    case 'type':
      return commonTypes(left, right, around.at(key))
    case 'enum':
      return common([left].flat(), [right].flat(), around.at(key))
    case 'const':
      throw malformed(around.at(key), 'its parts contradict each other')
    case 'additionalProperties':
      if (left === false || right === false) return false
      if (left === true) return right
      if (right === true) return left
      return { allOf: [left, right] }
    case 'items':
      return { allOf: [left, right] }
    default:
      around.onDropped(around.at(key))
      return left
  }
}

function mergeProperties(left: Plain, right: Plain): Plain {
  const merged: Plain = { ...left }
  for (const [name, value] of Object.entries(right)) {
    const other = merged[name]
    if (other === undefined || other === true) merged[name] = value
    else if (value !== true && !isDeepStrictEqual(other, value)) {
      merged[name] = other === false || value === false ? false : { allOf: [other, value] }
    }
  }
  return merged
}

function commonTypes(left: unknown, right: unknown, path: string): unknown {
  const shared = common(withInteger([left].flat()), withInteger([right].flat()), path)
  const narrow = shared.includes('number') ? shared.filter((type) => type !== 'integer') : shared
  return narrow.length === 1 ? narrow[0] : narrow
}

/** Each whole number is a number. */
function withInteger(types: unknown[]): unknown[] {
  return types.includes('number') ? [...types, 'integer'] : types
}

function common(left: unknown[], right: unknown[], path: string): unknown[] {
  const shared = left.filter((item) => right.some((other) => isDeepStrictEqual(item, other)))
  if (shared.length === 0) throw malformed(path, 'its parts contradict each other')
  return shared
}
