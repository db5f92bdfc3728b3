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
 * Passes the batches of `attemptStream` on and keeps the promise of StreamPart: after the first content an error is a
 * final `error` part (so the partial text is kept), before it the error is thrown, and there is exactly one end. `onEnd`
 * is called once, also when the consumer leaves early.
 */
export async function* endStream(
  batches: AsyncIterable<readonly StreamPart[]>,
  signal: AbortSignal,
  onEnd: (outcome: StreamOutcome) => void,
): AsyncGenerator<readonly StreamPart[], void, undefined> {
  const result: StreamOutcome = {
    outcome: 'cancelled',
    finishReason: null,
    error: null,
    usage: null,
    timings: null,
    contentParts: 0,
  }
  try {
    for await (const batch of batches) {
      for (const part of batch) {
        if (part.type === 'usage') {
          result.usage = part.usage
          result.timings = part.timings ?? null
        } else if (part.type === 'finish') {
          result.outcome = 'finished'
          result.finishReason = part.reason
        } else if (part.type !== 'progress') {
          result.contentParts++
        }
      }
      yield batch
      if (result.finishReason !== null) return
    }
    throw new EngineError('upstream_error', 'The answer broke off before it was finished.', { retryable: true })
  } catch (thrown) {
    const error = toEngineError(thrown)
    result.error = error
    result.outcome = signal.aborted || error.code === 'aborted' ? 'cancelled' : 'failed'
    if (result.contentParts === 0) throw error
    yield [{ type: 'error', error }]
  } finally {
    onEnd(result)
  }
}
