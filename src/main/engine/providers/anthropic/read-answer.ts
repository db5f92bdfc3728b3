import { EngineError } from '../../spec/engine-error.ts'
import type { StreamPart } from '../../spec/stream-part.ts'
import type { UpstreamResponse } from '../../spec/upstream.ts'
import { eventError } from '../../wire/anthropic/upstream-error.ts'
import {
  type AnswerDecoding,
  type AnthropicDecoder,
  createAnthropicDecoder,
} from '../../wire/anthropic/upstream-stream.ts'
import { eventsOfMessage } from '../../wire/anthropic/whole-message.ts'
import { readSse, type SseEvent } from '../../wire/read-sse.ts'

/** What is read of an answer that is no stream, bytes. */
const MAX_WHOLE_BYTES = 16 * 1024 * 1024
const EXCERPT_CHARACTERS = 2_000
/** How long the end of the body is waited for once the answer is whole, ms: a body read to its end frees its socket for the next request. */
const END_WAIT_MS = 100

/** The parts of a streamed answer, as they come. Throws EngineError for whatever is wrong with it. */
export async function* readAnswer(
  response: UpstreamResponse,
  decoding: AnswerDecoding,
): AsyncGenerator<readonly StreamPart[], void, undefined> {
  const decoder = createAnthropicDecoder(decoding)
  const contentType = response.headers['content-type'] ?? ''
  if (contentType !== '' && !contentType.includes('event-stream')) {
    for (const event of await readWhole(response, decoding.title)) yield decoder.decode(JSON.stringify(event))
    return
  }
  const events = readSse(response.body).batches
  const reading = new EventReading(decoder)
  try {
    for (let read = await events.next(); read.done !== true; read = await events.next()) {
      const { parts, last, failure } = reading.read(read.value)
      if (parts.length > 0) yield parts
      if (failure !== null) throw failure.error
      if (last === null) continue
      await bodyEnd(events)
      yield last
      // Nothing of interest follows, and where the line stays open a read is still under way: there must be no second one.
      return
    }
    yield decoder.end()
  } finally {
    response.discard()
  }
}

interface ReadEvents {
  parts: StreamPart[]
  /** The parts with the end of the answer. */
  last: StreamPart[] | null
  failure: { error: unknown } | null
}

/** Reads events, and knows of one that is only half there. */
class EventReading {
  readonly #decoder: AnthropicDecoder
  /** What is wrong with the event before. */
  #broken: { error: unknown } | null = null

  constructor(decoder: AnthropicDecoder) {
    this.#decoder = decoder
  }

  read(events: readonly SseEvent[]): ReadEvents {
    const parts: StreamPart[] = []
    for (const { data } of events) {
      if (this.#broken !== null) return { parts, last: null, failure: this.#broken }
      try {
        const more = this.#decoder.decode(data)
        if (more.at(-1)?.type === 'finish') return { parts, last: more, failure: null }
        for (const part of more) parts.push(part)
      } catch (error) {
        if (!isHalfEvent(data)) return { parts, last: null, failure: { error } }
        // If nothing follows, it is the last event of a line that was cut, which is said in other words.
        this.#broken = { error }
      }
    }
    return { parts, last: null, failure: null }
  }
}

function isHalfEvent(data: string): boolean {
  return data.startsWith('{') && !data.trimEnd().endsWith('}')
}

/** Resolves when the body has ended, or soon in any case. */
async function bodyEnd(events: AsyncIterator<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, END_WAIT_MS)
  })
  const ended = events.next().then(
    () => {},
    // The answer is whole: how its connection ends is no news.
    () => {},
  )
  await Promise.race([ended, waited])
  clearTimeout(timer)
}

/**
 * An answer that came in one piece although a stream was asked for, which some servers do, as the events that it would
 * have been. Throws what it says if it is an error, and `upstream_error` for what is no answer at all.
 */
async function readWhole({ headers, body }: UpstreamResponse, title: string): Promise<object[]> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    if (size > MAX_WHOLE_BYTES) break
  }
  const text = Buffer.concat(chunks).toString('utf8')
  const value = jsonObject(text)
  if (value !== null && 'error' in value) throw eventError(value, title)
  if (value?.type === 'message') return eventsOfMessage(value)
  const type = headers['content-type']?.split(';')[0]
  throw new EngineError(
    'upstream_error',
    `${title} answered with ${type} where a stream of events was expected. Check that its address is that of the API.`,
    { upstream: { provider: 'anthropic', bodyExcerpt: text.slice(0, EXCERPT_CHARACTERS).toWellFormed() } },
  )
}

function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    // No JSON: it is shown as text.
    return null
  }
}
