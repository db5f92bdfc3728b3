import type { ProviderKind } from '#shared/place.ts'
import { EngineError } from '../spec/engine-error.ts'

/** How an answer begins that is an error in spite of its status 200: bare, as an NDJSON line, or as an SSE event. */
const BEGINNING = /^\s*(?:event:\s*error\s*\n)?(?:data:\s*)?\{\s*"(?:error"\s*:(?!\s*null)|type"\s*:\s*"error")/
/** What is kept of the upstream's words. */
const MAX_EXCERPT = 8 * 1024

/**
 * The error with which an answer of status 200 begins, or null. Servers that commit their status before the model loads
 * report failures so; before any content another holder may still take over.
 */
export function errorInFirstChunk(chunk: Buffer, title: string, provider: ProviderKind): EngineError | null {
  if (beginsOtherwise(chunk)) return null
  if (!BEGINNING.test(chunk.subarray(0, 256).toString('latin1'))) return null
  const text = chunk.subarray(0, MAX_EXCERPT).toString('utf8')
  const reason =
    /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? /"error"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]
  return new EngineError('upstream_error', `${title} failed: ${unquoted(reason ?? text.trim().slice(0, 500))}`, {
    retryable: true,
    upstream: { provider, status: 200, bodyExcerpt: text },
  })
}

/** Nearly all answers show with their third byte that they are none: `{"id"`, `{"choices"`. */
function beginsOtherwise(chunk: Buffer): boolean {
  const [brace, quote, letter] = chunk
  return brace === 0x7b && quote === 0x22 && letter !== 0x65 && letter !== 0x74
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`))
  } catch {
    return text
  }
}
