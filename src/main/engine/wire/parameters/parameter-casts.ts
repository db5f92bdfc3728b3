import { EngineError } from '../../spec/engine-error.ts'
import { unescapeStop } from './stop-escapes.ts'

/** Brings a free-form parameter to the type that its field has upstream. Throws `invalid_request` that names it. */
export type ParameterCast = (value: unknown, name: string) => unknown

export type ParameterCasts = ReadonlyMap<string, ParameterCast>

export const asIs: ParameterCast = (value) => value

export const asFloat: ParameterCast = (value, name) => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) throw wrongType(name, 'a number', value)
  return number
}

export const asInteger: ParameterCast = (value, name) => Math.trunc(asFloat(value, name) as number)

export const asText: ParameterCast = (value, name) => {
  if (typeof value === 'object') throw wrongType(name, 'a text', value)
  return String(value)
}

/** `"false"` and `"0"` are false: they come from forms, not from people who mean the opposite. */
export const asBoolean: ParameterCast = (value, name) => {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  const text = typeof value === 'string' ? value.trim().toLowerCase() : ''
  if (['true', '1', 'yes', 'on'].includes(text)) return true
  if (['false', '0', 'no', 'off', ''].includes(text) && typeof value === 'string') return false
  throw wrongType(name, 'true or false', value)
}

export const asObject: ParameterCast = (value, name) => {
  const parsed = parsedIfJson(value)
  if (!isPlainObject(parsed)) throw wrongType(name, 'an object', value)
  return parsed
}

/** Stop texts as people type them in a form: `\n` means a newline. */
export const asStopTexts: ParameterCast = (value, name) => {
  const texts = typeof value === 'string' ? [value] : value
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) {
    throw wrongType(name, 'a list of texts', value)
  }
  return texts.map(unescapeStop)
}

/** A text that is JSON as the value it means, anything else as it is. */
export function parsedIfJson(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    // Not JSON, so it is meant as text.
    return value
  }
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrongType(name: string, expected: string, value: unknown): EngineError {
  const got = (JSON.stringify(value) ?? String(value)).slice(0, 80)
  return new EngineError('invalid_request', `Invalid '${name}': expected ${expected}, received ${got}.`, {
    param: name,
  })
}
