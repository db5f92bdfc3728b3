import { EngineError } from '../spec/engine-error.ts'
import type { StreamPart } from '../spec/stream-part.ts'
import type { Attempt, Attempts } from './attempts.ts'

/**
 * The parts of the first attempt that gives content. What fails before it moves on to the next holder; after it, the
 * failure is the caller's to hear of.
 */
export async function* attemptStream(
  attempts: Attempts,
  signal: AbortSignal,
  start: (attempt: Attempt) => AsyncIterable<StreamPart>,
): AsyncGenerator<StreamPart> {
  for (;;) {
    let hasContent = false
    let parts: AsyncIterator<StreamPart> | null = null
    try {
      parts = start(attempts.begin())[Symbol.asyncIterator]()
      for (;;) {
        const { done, value: part } = await parts.next()
        if (done === true) {
          parts = null
          throw new EngineError('upstream_error', 'The answer broke off before it was finished.', { retryable: true })
        }
        if (part.type === 'error') throw part.error
        if (!hasContent && part.type !== 'progress') {
          // An answer may be empty; its end is content enough.
          hasContent = true
          attempts.answered()
        }
        if (part.type === 'finish') {
          void readToEnd(parts)
          parts = null
          yield part
          return
        }
        yield part
      }
    } catch (thrown) {
      const error = attempts.cleaned(thrown)
      if (!attempts.failed(error, !hasContent && !signal.aborted)) throw error
    } finally {
      attempts.left()
      await parts?.return?.()
    }
  }
}

/** An upstream that has finished still closes its stream: read on, its connection serves the next request. Adapters bound this. */
async function readToEnd(parts: AsyncIterator<StreamPart>): Promise<void> {
  try {
    while ((await parts.next()).done !== true);
  } catch {
    // The answer is complete; how its connection ends concerns nobody.
  }
}
