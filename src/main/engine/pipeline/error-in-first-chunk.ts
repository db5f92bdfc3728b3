import type { ProviderKind } from '#shared/place.ts'
import { EngineError } from '../spec/engine-error.ts'

/** How far an answer is looked at, bytes: errors stand at the beginning of what they are all of. */
const LOOKED_AT = 8 * 1024
/** As bytes: a text would be turned into them for each answer. */
const ERROR = Buffer.from('"error"')
/** The name, wherever a text does not quote it, with a value. OpenAI's Responses API says `null` in every answer. */
const NAMED = /"error"\s*:\s*(?!\s|null)|"type"\s*:\s*"error"/
/** How an answer begins that is an error: bare, as an NDJSON line, or as an SSE event. */
const BEGINNING = /^\s*(?:event:\s*error\s*\n)?(?:data:\s*)?\{\s*"(?:error"\s*:(?!\s*null)|type"\s*:\s*"error")/
/** Comments of a stream, which servers send while they wait. */
const COMMENTS = /^(?:\s*:[^\n]*\n)+/
const FIRST_VALUE = /^\s*(?:event:[^\n]*\n)?(?:data:\s*)?(\{[^\n]*)/

/** Reads what a server reported as an error; null leaves it to the words themselves. */
export type ReadReported = (reported: Readonly<Record<string, unknown>>) => EngineError | null

/**
 * The error with which an answer of status 200 begins, or null. Servers that commit their status before the model loads
 * report failures so; before any content another holder may still take over.
 */
export function errorInFirstChunk(
  chunk: Buffer,
  title: string,
  provider: ProviderKind,
  read: ReadReported | undefined,
): EngineError | null {
  const looked = chunk.length > LOOKED_AT ? chunk.subarray(0, LOOKED_AT) : chunk
  if (!looked.includes(ERROR)) return null
  const text = looked.toString('utf8').replace(COMMENTS, '')
  if (!NAMED.test(text)) return null
  const reported = reportedIn(text, chunk)
  if (reported === null && !BEGINNING.test(text)) return null
  const known = reported === null ? undefined : read?.(reported)
  if (known != null) return known
  const reason =
    /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? /"error"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]
  return new EngineError('upstream_error', `${title} failed: ${unquoted(reason ?? text.trim().slice(0, 500))}`, {
    retryable: true,
    upstream: { provider, status: 200, bodyExcerpt: text },
  })
}

/** True for a chunk of a stream with nothing in it but comments and blank lines: no answer has begun. */
export function hasOnlyComments(chunk: Buffer): boolean {
  const [first] = chunk
  if (first !== 0x3a && first !== 0x0a && first !== 0x0d) return false
  const lines = chunk.toString('latin1').split('\n')
  return lines.every((line) => line.startsWith(':') || line.trim() === '')
}

/** The first value, if it is whole and reports an error at its top. */
function reportedIn(text: string, chunk: Buffer): Readonly<Record<string, unknown>> | null {
  const line = FIRST_VALUE.exec(text)?.[1]
  const value = parsed(line ?? '') ?? (chunk.length <= LOOKED_AT ? parsed(text) : null)
  if (value === null) return null
  const isError = value.type === 'error' || (value.error !== null && value.error !== undefined && value.error !== '')
  return isError ? value : null
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`))
  } catch {
    return text
  }
}
