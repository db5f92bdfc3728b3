import { isPlainObject, type ParameterCasts, parsedIfJson } from './parameter-casts.ts'

/** Free-form parameters of a model record, a chat or the settings. */
export type ModelParameters = Readonly<Record<string, unknown>>

/** Parameters that steer Open WebUI-like clients and this app; no upstream ever sees them. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'stream_response',
  'stream_delta_chunk_size',
  'function_calling',
  'reasoning_tags',
  'compact_token_threshold',
  'system',
  'custom_params',
])

/** The parameters with `custom_params` merged over them (texts that are JSON are parsed), without what is never sent. */
export function mergeCustomParameters(parameters: ModelParameters): Record<string, unknown> {
  const custom = parameters.custom_params
  const merged = { ...parameters }
  if (isPlainObject(custom)) {
    const parsed = Object.fromEntries(Object.entries(custom).map(([key, value]) => [key, parsedIfJson(value)]))
    mergeDeep(merged, parsed)
  }
  for (const key of NEVER_SENT) delete merged[key]
  return merged
}

/** A copy of `target` with the parameters laid over it, each cast as its field wants it; null ones change nothing. */
export function layOver(
  target: Readonly<Record<string, unknown>>,
  parameters: ModelParameters,
  casts: ParameterCasts,
): Record<string, unknown> {
  const result = { ...target }
  for (const [key, value] of Object.entries(parameters)) {
    if (value === null || value === undefined) continue
    const cast = casts.get(key)
    setOwn(result, key, cast === undefined ? value : cast(value, key))
  }
  return result
}

function mergeDeep(target: Record<string, unknown>, source: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(source)) {
    if (!isPlainObject(value)) {
      setOwn(target, key, value)
      continue
    }
    const before = Object.hasOwn(target, key) ? target[key] : undefined
    const into = isPlainObject(before) ? { ...before } : {}
    mergeDeep(into, value)
    setOwn(target, key, into)
  }
}

/** Assigning to `__proto__` would swap the object's prototype instead of setting a field. */
function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') return
  target[key] = value
}
