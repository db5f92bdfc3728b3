import { Batched } from '../spec/batched.ts'
import { DEFAULT_LINE_LIMIT, LineSplitter, lineTooLong, readThrough } from './split-lines.ts'

/** One server-sent event. `event` is null where the server named none. */
export interface SseEvent {
  event: string | null
  data: string
}

const COLON = 0x3a
const SPACE = 0x20
const DATA = Buffer.from('data')
const EVENT = Buffer.from('event')

/**
 * Server-sent events of a body, in any chunking: comments, `id` and `retry` are passed over, several data lines are
 * joined with `\n`, and the last event needs no blank line after it. A line, or the data of one event, of more than
 * `limit` bytes throws `upstream_error`.
 */
export function readSse(body: AsyncIterable<Buffer>, limit = DEFAULT_LINE_LIMIT): Batched<SseEvent> {
  const ready: SseEvent[] = []
  const parser = createSseParser((event) => ready.push(event), limit)
  return new Batched(readThrough(body, parser, ready))
}

/** The same without iteration in between, for who is pushed chunks: `onEvent` is called from within `push` and `finish`. */
export function createSseParser(
  onEvent: (event: SseEvent) => void,
  limit = DEFAULT_LINE_LIMIT,
): { push(chunk: Buffer): void; finish(): void } {
  let event: string | null = null
  let data: string | null = null

  function dispatch(): void {
    if (data !== null) onEvent({ event, data })
    event = null
    data = null
  }

  const splitter = new LineSplitter((bytes, start, end) => {
    if (start === end) {
      dispatch()
      return
    }
    if (isField(DATA, bytes, start, end)) {
      const line = fieldValue(bytes, start + 4, end)
      if (data === null) {
        data = line
      } else {
        data += `\n${line}`
        // A million short lines are as bad as a long one.
        if (data.length > limit) throw lineTooLong(limit)
      }
    } else if (isField(EVENT, bytes, start, end)) {
      event = fieldValue(bytes, start + 5, end)
    }
  }, limit)

  return {
    push: (chunk) => splitter.push(chunk),
    finish() {
      splitter.finish()
      dispatch()
    },
  }
}

/** The field's name fills the line, or a colon follows it. Most lines differ in their first byte already. */
function isField(name: Buffer, bytes: Buffer, start: number, end: number): boolean {
  const { length } = name
  if (end - start < length) return false
  for (let at = 0; at < length; at += 1) if (bytes[start + at] !== name[at]) return false
  return end - start === length || bytes[start + length] === COLON
}

function fieldValue(bytes: Buffer, afterName: number, end: number): string {
  if (afterName >= end) return ''
  const from = bytes[afterName + 1] === SPACE && afterName + 1 < end ? afterName + 2 : afterName + 1
  return from >= end ? '' : bytes.toString('utf8', from, end)
}
