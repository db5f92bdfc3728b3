import { EngineError, isEngineError } from '../../spec/engine-error.ts'
import type { StreamPart } from '../../spec/stream-part.ts'
import type { Upstream, UpstreamResponse } from '../../spec/upstream.ts'
import { OllamaAnswer } from '../../wire/ollama/upstream-answer.ts'
import { OddLine, ollamaRefusal } from '../../wire/ollama/upstream-errors.ts'
import { readLines } from '../../wire/read-lines.ts'

/** How long a whole answer may take to end its exchange before the socket is given up, ms. */
const END_WITHIN_MS = 1_000

/**
 * The parts of an answer of /api/chat or /api/generate, as they come. Throws `upstream_error` where it breaks off, is not
 * Ollama's, or reports an error (with the code that Ollama's words stand for).
 */
export async function* readAnswer(
  upstream: Upstream,
  response: UpstreamResponse,
): AsyncGenerator<readonly StreamPart[], void, undefined> {
  await refuseWebPage(upstream, response)
  const answer = new OllamaAnswer()
  const lines = readLines(response.body).batches
  try {
    for (;;) {
      const read = await lines.next()
      if (read.done === true) throw brokeOff(upstream)
      const { parts, failure } = readBatch(read.value, answer)
      if (parts.length > 0) yield parts
      if (failure !== null) {
        const { error, line } = failure
        throw error instanceof OddLine ? await oddLineError(upstream, line, error.kind) : error
      }
      if (answer.isDone) return
    }
  } finally {
    if (answer.isDone) letEnd(lines, response)
    else await lines.return?.()
  }
}

/** The parts of lines up to the last one of the answer, or to one that is none of Ollama's. */
function readBatch(
  lines: readonly string[],
  answer: OllamaAnswer,
): { parts: StreamPart[]; failure: { error: unknown; line: string } | null } {
  const parts: StreamPart[] = []
  for (const line of lines) {
    try {
      for (const part of answer.read(line)) parts.push(part)
    } catch (error) {
      return { parts, failure: { error, line } }
    }
    if (answer.isDone) break
  }
  return { parts, failure: null }
}

/**
 * The error of a line. Had the answer not begun, Ollama would have sent the same text with status 500: it is read as
 * that, so that our secrets are blotted out and its words mean the same.
 */
async function oddLineError(upstream: Upstream, line: string, kind: OddLine['kind']): Promise<Error> {
  const error = await upstream.httpError({
    status: 500,
    headers: { 'content-type': 'application/json' },
    body: oneChunk(line),
    discard: () => {},
  })
  if (!isEngineError(error)) return error
  if (kind === 'error') return ollamaRefusal(error)
  return unlikeOllama(error, `${upstream.title} sent something in its answer that is not Ollama's format.`)
}

/** A login page of the network, or another program at this address, answers anything with 200. */
async function refuseWebPage(upstream: Upstream, response: UpstreamResponse): Promise<void> {
  const type = response.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === '' || type.endsWith('json') || type === 'text/plain') return
  const error = await upstream.httpError(response)
  const what = type === 'text/html' ? 'a web page' : type
  throw unlikeOllama(
    error,
    `${upstream.title} answered with ${what}, not as Ollama does. Check the address: a login page or another program may be in between.`,
  )
}

function unlikeOllama(error: Error, message: string): EngineError {
  const upstream = isEngineError(error) ? error.upstream : undefined
  const { status: _status, ...reason } = upstream ?? { provider: 'ollama' }
  return new EngineError('upstream_error', message, { retryable: true, upstream: reason })
}

function brokeOff(upstream: Upstream): EngineError {
  return new EngineError(
    'upstream_error',
    `The answer of ${upstream.title} broke off: it ended without its last line.`,
    {
      retryable: true,
      upstream: { provider: 'ollama' },
    },
  )
}

/** The answer is whole; what is left of the exchange ends by itself, so that its socket can serve the next request. */
function letEnd(lines: AsyncIterator<unknown>, response: UpstreamResponse): void {
  const giveUp = setTimeout(() => response.discard(), END_WITHIN_MS)
  giveUp.unref()
  const drain = async (): Promise<void> => {
    for (;;) if ((await lines.next()).done === true) return
  }
  drain()
    // Nobody waits for what comes after a whole answer.
    .catch(() => response.discard())
    .finally(() => clearTimeout(giveUp))
}

async function* oneChunk(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}
