import type { EngineError } from '../spec/engine-error.ts'
import type { StreamPart } from '../spec/stream-part.ts'

/** Turns one answer's parts into the bytes of a dialect's stream. Holds that answer's state; make one per request. */
export interface StreamEncoder {
  readonly contentType: string
  /** Text to send for this part; empty for none. Throws EngineError if the part cannot be said in the dialect. */
  encode(part: StreamPart): string
  /** What ends the stream when it fails after it began. */
  error(error: EngineError): string
  /** Something every client ignores, to keep a waiting connection open. */
  keepAlive(): string
}
