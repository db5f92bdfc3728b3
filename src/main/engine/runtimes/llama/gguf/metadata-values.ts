import type { GgufMetadataValue } from './gguf-header.ts'

export type Metadata = ReadonlyMap<string, GgufMetadataValue>

/** A text entry, or null where it is missing or of another type. */
export function textOf(metadata: Metadata, key: string): string | null {
  const value = metadata.get(key)
  return typeof value === 'string' ? value : null
}

/** A whole number, or the largest of an array that gives one per layer; null where there is none. */
export function integerOf(metadata: Metadata, key: string): number | null {
  const value = metadata.get(key)
  if (typeof value === 'number' || typeof value === 'bigint') return wholeNumber(value)
  if (typeof value !== 'object' || value.values === null) return null
  const numbers = value.values.filter((item) => typeof item !== 'boolean').map(wholeNumber)
  return numbers.length === 0 ? null : numbers.reduce((left, right) => Math.max(left, right))
}

function wholeNumber(value: number | bigint): number {
  return Math.trunc(Number(value))
}

/** The metadata as plain JSON: long arrays as their length, numbers beyond 2^53 as text. */
export function plainMetadata(metadata: Metadata): Record<string, unknown> {
  const plain = (value: GgufMetadataValue): unknown => {
    if (typeof value === 'bigint') return value.toString()
    if (typeof value !== 'object') return value
    return value.values === null ? value.length : value.values.map(plain)
  }
  return Object.fromEntries([...metadata].map(([key, value]) => [key, plain(value)]))
}
