import type { JsonSchema } from '../../spec/chat-request.ts'

/** A schema that says itself what its format was described with: beside a schema, most backends have no place for words. */
export function describedSchema(schema: JsonSchema, description: string | null | undefined): JsonSchema {
  if (description == null || description === '' || schema.description === description) return schema
  const own = typeof schema.description === 'string' ? `\n${schema.description}` : ''
  return { ...schema, description: description + own }
}
