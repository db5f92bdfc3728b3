import { EngineError, toEngineError } from '../spec/engine-error.ts'
import type { StreamPart, Timings, Usage } from '../spec/stream-part.ts'

/** How an answer ended, for the record. */
export interface StreamOutcome {
  outcome: 'finished' | 'failed' | 'cancelled'
  finishReason: string | null
  error: EngineError | null
  usage: Usage | null
  timings: Timings | null
  /** Parts with content that went out. */
  contentParts: number
}

/**
 * Passes an adapter's parts on and keeps the promise of StreamPart: after the first content an error is a final `error`
 * part (so the partial text is kept), before it the error is thrown, and there is exactly one end. `onEnd` is called once,
 * also when the consumer leaves early.
 */
export async function* endStream(
  parts: AsyncIterable<StreamPart>,
  signal: AbortSignal,
  onEnd: (outcome: StreamOutcome) => void,
): AsyncGenerator<StreamPart> {
  const result: StreamOutcome = {
    outcome: 'cancelled',
    finishReason: null,
    error: null,
    usage: null,
    timings: null,
    contentParts: 0,
  }
  try {
    for await (const part of parts) {
      if (part.type === 'usage') {
        result.usage = part.usage
        result.timings = part.timings ?? null
      } else if (part.type === 'finish') {
        result.outcome = 'finished'
        result.finishReason = part.reason
        yield part
        return
      } else if (part.type === 'error') {
        throw part.error
      } else if (part.type !== 'progress') {
        result.contentParts++
      }
      yield part
    }
    throw new EngineError('upstream_error', 'The answer broke off before it was finished.', { retryable: true })
  } catch (thrown) {
    const error = toEngineError(thrown)
    result.error = error
    result.outcome = signal.aborted || error.code === 'aborted' ? 'cancelled' : 'failed'
    if (result.contentParts === 0) throw error
    yield { type: 'error', error }
  } finally {
    onEnd(result)
  }
}
