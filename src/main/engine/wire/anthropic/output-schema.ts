import type { JsonSchema } from '../../spec/chat-request.ts'

/** Keywords that structured outputs understand; any other is refused by the API with a 400. */
const KEYWORDS = new Set([
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'const',
  'anyOf',
  'allOf',
])
const NOTES = new Set(['description', 'title', 'default', '$ref', '$defs', 'definitions'])
const FORMATS = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'])

/**
 * A schema as Anthropic's structured outputs take it: objects are closed, which every answer to the wider schema may be.
 * Null if it says something that they cannot promise (`minimum`, open objects, recursion ...).
 */
export function closedSchema(schema: JsonSchema): JsonSchema | null {
  return isRecursive(schema) ? null : close(schema)
}

function close(schema: unknown): JsonSchema | null {
  if (!isObject(schema)) return null
  const closed: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === '$schema') continue
    if (keyword === 'format' ? FORMATS.has(String(value)) : NOTES.has(keyword) || KEYWORDS.has(keyword)) {
      const inner = closeKeyword(keyword, value)
      if (inner === null) return null
      closed[keyword] = inner
    } else return null
  }
  const isObjectType = closed.type === 'object' || closed.properties !== undefined
  if (!isObjectType) return closed
  // An object of unknown fields would become an empty one.
  if (closed.properties === undefined || (closed.additionalProperties ?? false) !== false) return null
  return { ...closed, additionalProperties: false }
}

/** A keyword's value, closed within; null if it cannot be. */
function closeKeyword(keyword: string, value: unknown): unknown {
  switch (keyword) {
    case 'items':
      return close(value)
    case 'properties':
    case '$defs':
    case 'definitions':
      return closeEach(value)
    case 'anyOf':
    case 'allOf': {
      if (!Array.isArray(value)) return null
      const branches = value.map(close)
      return branches.includes(null) ? null : branches
    }
    default:
      return value ?? null
  }
}

function closeEach(value: unknown): JsonSchema | null {
  if (!isObject(value)) return null
  const closed: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(value)) {
    const inner = close(schema)
    if (inner === null) return null
    closed[name] = inner
  }
  return closed
}

/** Whether following references leads back to where one came from. */
function isRecursive(root: JsonSchema): boolean {
  const under = new Set<string>()
  const walk = (value: unknown): boolean => {
    if (Array.isArray(value)) return value.some(walk)
    if (!isObject(value)) return false
    const reference = value.$ref
    if (typeof reference === 'string') {
      if (under.has(reference)) return true
      under.add(reference)
      const found = walk(definition(root, reference))
      under.delete(reference)
      if (found) return true
    }
    return Object.entries(value).some(
      ([keyword, inner]) => keyword !== '$defs' && keyword !== 'definitions' && walk(inner),
    )
  }
  return walk(root)
}

function definition(root: JsonSchema, reference: string): unknown {
  if (reference === '#') return root
  const [, place, name] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(reference) ?? []
  const definitions = place === undefined ? undefined : root[place]
  return isObject(definitions) && name !== undefined ? definitions[name] : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
