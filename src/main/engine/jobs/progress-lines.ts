import { EngineError } from '../spec/engine-error.ts'

/** Far longer than any line that Ollama sends here. */
const MAX_LINE_BYTES = 1_000_000
const NEWLINE = 0x0a

/** One line of an Ollama progress stream. */
export interface ProgressLine {
  status: string | null
  error: string | null
  digest: string | null
  total: number | null
  completed: number | null
}

/**
 * The lines of an NDJSON answer. Throws `upstream_error` for a line that is too long or no JSON; a last line without its
 * end counts if it is whole.
 */
export async function* progressLines(body: AsyncIterable<Buffer>): AsyncGenerator<ProgressLine, void, undefined> {
  let pieces: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      pieces.push(chunk.subarray(start, end))
      const line = readLine(Buffer.concat(pieces))
      if (line !== null) yield line
      pieces = []
      length = 0
      start = end + 1
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start))
    length += chunk.length - start
    if (length > MAX_LINE_BYTES) {
      throw new EngineError('upstream_error', `The server sent a line of more than ${MAX_LINE_BYTES / 1_000_000} MB.`)
    }
  }
  const line = readLine(Buffer.concat(pieces))
  if (line !== null) yield line
}

function readLine(bytes: Buffer): ProgressLine | null {
  const text = bytes.toString('utf8').trim()
  if (text === '') return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw broken()
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw broken()
  const fields = value as Record<string, unknown>
  return {
    status: textOf(fields.status),
    error: fields.error === undefined || fields.error === null ? null : errorText(fields.error),
    digest: textOf(fields.digest),
    total: countOf(fields.total),
    completed: countOf(fields.completed),
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
}

/** A proxy in between may put an object where Ollama has a text. */
function errorText(value: unknown): string {
  if (typeof value === 'string') return value
  const message = (value as { message?: unknown }).message
  return typeof message === 'string' ? message : JSON.stringify(value)
}

/** Without what was sent: it may repeat what we sent, keys included. */
function broken(): EngineError {
  return new EngineError('upstream_error', 'The server sent something that is no progress report.')
}
