import { malformed, type Plain } from './plain-schema.ts'

const MAX_DEPTH = 16

/** The schema of one value: of an object or a list, each part is fixed. */
export function fixedValue(value: unknown, path: string, depth: number): Plain {
  if (depth > MAX_DEPTH) throw malformed(path, 'it is nested too deeply')
  if (typeof value !== 'object' || value === null) return { const: value }
  const part = (item: unknown): Plain => fixedValue(item, path, depth + 1)
  if (!Array.isArray(value)) {
    const properties = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, part(item)]))
    return { type: 'object', properties, additionalProperties: false }
  }
  const prefixItems = value.map(part)
  return { type: 'array', items: { type: 'null' }, prefixItems, minItems: value.length, maxItems: value.length }
}

/** The JSON type of a value; a whole number is a `number`. */
export function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

export function isOfType(value: unknown, type: unknown): boolean {
  return typeOf(value) === type || (type === 'integer' && Number.isInteger(value))
}
