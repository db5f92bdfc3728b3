/** Reading what servers send: tolerant and minimal, as they differ in everything that is not needed. */

export type JsonObject = Readonly<Record<string, unknown>>

export function objectOf(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A text that says something. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** A number at least 0. */
export function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
}

/** The first of several values that is a number at least 0. */
export function firstCount(...values: unknown[]): number | null {
  for (const value of values) {
    const count = countOf(value)
    if (count !== null) return count
  }
  return null
}
