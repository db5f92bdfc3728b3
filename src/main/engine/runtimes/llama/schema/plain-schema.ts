import { EngineError } from '../../../spec/engine-error.ts'

/** Values in a schema, examples and lists included: it is walked on the main thread too, where nothing may take long. */
const MOST_VALUES = 50_000

/** A schema, or a part of one, whose keywords are not checked yet. */
export type Plain = { [key: string]: unknown }

export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value if it is an object, else an empty one. */
export function plain(value: unknown): Plain {
  return isPlain(value) ? value : {}
}

/** The schema cannot be followed by anyone; `path` says where. */
export function malformed(path: string, why: string): EngineError {
  return new EngineError('invalid_request', `The JSON schema is malformed: ${why} (at "${path || 'the top'}").`, {
    param: 'response_format',
    detail: path,
  })
}

/** Throws `invalid_request` for a schema that takes too long to walk. */
export function requireBounded(schema: unknown): void {
  const open: unknown[] = [schema]
  for (let seen = 0; open.length > 0; seen += 1) {
    if (seen + open.length > MOST_VALUES) throw malformed('', 'it is too large')
    const next = open.pop()
    if (typeof next === 'object' && next !== null) for (const value of Object.values(next)) open.push(value)
  }
}
