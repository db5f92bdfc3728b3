import { isPlainObject } from '../parameters/parameter-casts.ts'

/** Deeper than any schema that OpenAI takes in strict mode. */
const MAX_DEPTH = 12

/**
 * True if OpenAI takes this JSON Schema in strict mode, in which the answer is held to it: every object closed, every
 * property required. Others are only a hint there, and strict mode would refuse them.
 */
export function isStrictSchema(schema: unknown, depth = 0): boolean {
  if (!isPlainObject(schema) || depth > MAX_DEPTH) return false
  if (isPlainObject(schema.properties) || schema.type === 'object') {
    const properties = isPlainObject(schema.properties) ? schema.properties : {}
    const required = new Set(Array.isArray(schema.required) ? schema.required : [])
    if (schema.additionalProperties !== false) return false
    if (!Object.keys(properties).every((name) => required.has(name))) return false
    if (!Object.values(properties).every((property) => isStrictSchema(property, depth + 1))) return false
  }
  if (schema.items !== undefined && !isStrictSchema(schema.items, depth + 1)) return false
  for (const branches of [schema.anyOf, schema.allOf, schema.oneOf]) {
    if (Array.isArray(branches) && !branches.every((branch) => isStrictSchema(branch, depth + 1))) return false
  }
  const definitions = schema.$defs ?? schema.definitions
  return !isPlainObject(definitions) || Object.values(definitions).every((each) => isStrictSchema(each, depth + 1))
}
