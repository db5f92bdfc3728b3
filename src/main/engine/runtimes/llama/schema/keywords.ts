import { hasNoEffect } from './integer-bounds.ts'
import type { Plain } from './plain-schema.ts'

/** Say nothing about which values are allowed. */
const ANNOTATIONS = new Set([
  '$schema',
  '$id',
  '$comment',
  '$anchor',
  '$defs',
  'definitions',
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
  'propertyOrdering',
  'discriminator',
  'externalDocs',
  '$vocabulary',
  '$dynamicAnchor',
])
const OF_ALL_TYPES = ['type', 'const', 'enum', 'oneOf', 'anyOf', 'allOf', '$ref']
/** What is expressed, by the type it belongs to; a keyword of another type says nothing about this one's values. */
const EXPRESSED: Record<string, readonly string[]> = {
  object: ['properties', 'required', 'additionalProperties', 'unevaluatedProperties', 'minProperties', 'maxProperties'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength', 'format'],
}

/** Whether a keyword says nothing about which values are allowed. */
export function isAnnotation(key: string): boolean {
  return ANNOTATIONS.has(key) || key.startsWith('x-')
}

/** The keywords of a schema for values of one type (none if it has no type) that are not expressed. */
export function unexpressed(schema: Plain, type: string | undefined): string[] {
  const others = Object.entries(EXPRESSED).filter(([other]) => type !== undefined && other !== type)
  return constraining(schema).filter((key) => {
    if (type !== undefined && EXPRESSED[type]?.includes(key)) return false
    return !others.some(([, keys]) => keys.includes(key))
  })
}

/** The keywords beside type, fixed values and combinations that could forbid a value. */
export function constraining(schema: Plain): string[] {
  return Object.entries(schema).flatMap(([key, value]) =>
    isAnnotation(key) || OF_ALL_TYPES.includes(key) || hasNoEffect(key, value) ? [] : [key],
  )
}
