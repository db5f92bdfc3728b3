import type { Plain } from './plain-schema.ts'

/**
 * The whole numbers that the schema's bounds allow, if both ends are known and they are at most `most`; else null.
 * A grammar cannot compare numbers, but it can list them.
 */
export function boundedIntegers(schema: Plain, most: number): number[] | null {
  const step = schema.multipleOf ?? 1
  if (typeof step !== 'number' || !Number.isInteger(step) || step <= 0) return null
  const least = lowest(schema)
  const highest = -lowest({
    minimum: negated(schema.maximum),
    exclusiveMinimum: negated(schema.exclusiveMaximum),
  })
  const first = Math.ceil(least / step) * step
  const count = Math.floor((highest - first) / step) + 1
  if (!Number.isFinite(count) || count > most || !Number.isSafeInteger(first)) return null
  // Minus zero is written as zero.
  return Array.from({ length: Math.max(0, count) }, (_, index) => first + index * step || 0)
}

/** Keywords that every generated value satisfies anyway, such as the bounds that zod writes for integers. */
export function hasNoEffect(key: string, value: unknown): boolean {
  if (key === 'minimum' || key === 'exclusiveMinimum')
    return Number(value) <= Number.MIN_SAFE_INTEGER || value === false
  if (key === 'maximum' || key === 'exclusiveMaximum')
    return Number(value) >= Number.MAX_SAFE_INTEGER || value === false
  return key === 'uniqueItems' && value === false
}

/** The lowest whole number allowed. Draft 4 wrote `exclusiveMinimum: true` beside the minimum. */
function lowest({ minimum, exclusiveMinimum }: Plain): number {
  const plain = typeof minimum === 'number' ? minimum : Number.NEGATIVE_INFINITY
  const fromPlain = exclusiveMinimum === true ? Math.floor(plain) + 1 : Math.ceil(plain)
  const fromExclusive = typeof exclusiveMinimum === 'number' ? Math.floor(exclusiveMinimum) + 1 : fromPlain
  return Math.max(fromPlain, fromExclusive)
}

function negated(value: unknown): unknown {
  return typeof value === 'number' ? -value : value
}
