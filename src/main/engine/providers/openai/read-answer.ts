import type { StreamPart } from '../../spec/stream-part.ts'
import type { UpstreamResponse } from '../../spec/upstream.ts'
import { malformedAnswer } from '../../wire/openai/upstream-failure.ts'
import { isBrokenLine, type UpstreamAnswerReader } from '../../wire/openai/upstream-stream.ts'
import { readSse, type SseEvent } from '../../wire/read-sse.ts'

/** A whole answer in one JSON value may be this large, bytes. */
const MAX_JSON_BYTES = 64 * 1024 * 1024
/** How long the line may take to end after the last event, so that its socket can be used again, ms. */
const LINGER_MS = 250

const BRACE = 0x7b
const BRACKET = 0x5b
const ANGLE = 0x3c
const SPACE = 0x20

/**
 * Reads an upstream's answer as it comes, whatever its content type says: a stream of events, or one JSON value (some servers give
 * one to a request for a stream). Throws EngineError; leaving early frees the socket.
 */
export async function* readAnswer(
  response: UpstreamResponse,
  reader: UpstreamAnswerReader,
  vendor: string,
): AsyncGenerator<readonly StreamPart[], void, undefined> {
  const source = response.body[Symbol.asyncIterator]()
  let isOver = false
  try {
    const first = await firstChunk(source)
    const lead = first === null ? null : leadOf(first)
    if (lead === BRACE || lead === BRACKET) {
      const parts = reader.readWhole(await wholeJson(first, source, vendor))
      isOver = true
      yield parts
      yield reader.end()
      return
    }
    if (lead === ANGLE) {
      const type = response.headers['content-type'] ?? 'no content type'
      throw malformedAnswer(vendor, `answered with a web page (${type}) instead of a chat.`, first?.toString('utf8'))
    }
    const events = readSse(bodyUntilWhole(first, source, reader)).batches
    while (!reader.isDone) {
      const next = await events.next()
      if (next.done === true) {
        isOver = true
        break
      }
      const { parts, failure } = readEvents(next.value, reader)
      if (parts.length > 0) yield parts
      if (failure !== null) throw failure.error
    }
    yield reader.end()
    if (!isOver) isOver = await endsSoon(events)
  } finally {
    if (!isOver) response.discard()
  }
}

/** The parts of events up to the last one of the answer, or to what is wrong with one. */
function readEvents(
  events: readonly SseEvent[],
  reader: UpstreamAnswerReader,
): { parts: StreamPart[]; failure: { error: unknown } | null } {
  const parts: StreamPart[] = []
  try {
    for (const { data } of events) {
      for (const part of reader.read(data)) parts.push(part)
      if (reader.isDone) break
    }
  } catch (error) {
    return { parts, failure: { error } }
  }
  return { parts, failure: null }
}

/** The first chunk that holds more than blanks, which servers send to keep the line open. */
async function firstChunk(source: AsyncIterator<Buffer>): Promise<Buffer | null> {
  for (;;) {
    const next = await source.next()
    if (next.done === true) return null
    if (leadOf(next.value) !== null) return next.value
  }
}

/** The first byte that is no blank and no byte order mark. */
function leadOf(chunk: Buffer): number | null {
  const isMarked = chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf
  for (let at = isMarked ? 3 : 0; at < chunk.length; at++) {
    const byte = chunk[at]
    if (byte !== undefined && byte > SPACE) return byte
  }
  return null
}

async function wholeJson(first: Buffer | null, source: AsyncIterator<Buffer>, vendor: string): Promise<unknown> {
  const chunks = first === null ? [] : [first]
  let size = first?.length ?? 0
  for (let next = await source.next(); next.done !== true; next = await source.next()) {
    chunks.push(next.value)
    size += next.value.length
    if (size > MAX_JSON_BYTES) throw malformedAnswer(vendor, 'answered with more than 64 MB of JSON.')
  }
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
  try {
    const value: unknown = JSON.parse(text)
    // Google wraps its errors in a list.
    return Array.isArray(value) ? value[0] : value
  } catch {
    throw malformedAnswer(vendor, 'answered with something that is neither a stream nor JSON.', text)
  }
}

/** The body with its first chunk back in place; a line that breaks after the answer was whole simply ends. */
function bodyUntilWhole(
  first: Buffer | null,
  source: AsyncIterator<Buffer>,
  reader: UpstreamAnswerReader,
): AsyncIterable<Buffer> {
  let held = first
  const iterator: AsyncIterator<Buffer> = {
    next() {
      if (held !== null) {
        const value = held
        held = null
        return Promise.resolve({ done: false, value })
      }
      return source.next().catch((error: unknown) => {
        if (reader.isWhole && isBrokenLine(error)) return { done: true, value: undefined }
        throw error
      })
    },
    return: async () => (await source.return?.()) ?? { done: true, value: undefined },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

async function endsSoon(events: AsyncIterator<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), LINGER_MS)
  })
  // Whatever still comes or fails after the last event is nothing to anybody; only the socket matters.
  const ended = events.next().then(
    (next) => next.done === true,
    () => false,
  )
  const isOver = await Promise.race([ended, tooLate])
  clearTimeout(timer)
  return isOver
}
