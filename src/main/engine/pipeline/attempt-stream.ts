import { batchesOf } from '../spec/batched.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { StreamPart } from '../spec/stream-part.ts'
import type { Attempt, Attempts } from './attempts.ts'

/**
 * The parts of the first attempt that gives content, in the batches in which they come. What fails before it moves on to
 * the next holder; after it, the failure is the caller's to hear of.
 */
export async function* attemptStream(
  attempts: Attempts,
  signal: AbortSignal,
  start: (attempt: Attempt) => AsyncIterable<StreamPart>,
): AsyncGenerator<readonly StreamPart[], void, undefined> {
  for (;;) {
    let hasContent = false
    let batches: AsyncIterator<readonly StreamPart[]> | null = null
    try {
      batches = batchesOf(start(attempts.begin()))
      for (;;) {
        const { done, value: batch } = await batches.next()
        if (done === true) {
          batches = null
          throw new EngineError('upstream_error', 'The answer broke off before it was finished.', { retryable: true })
        }
        const end = endOf(batch)
        const parts = end === null || end.type === 'finish' ? batch : batch.slice(0, batch.indexOf(end))
        // An answer may be empty; its end is content enough.
        if (!hasContent && parts.some(({ type }) => type !== 'progress')) {
          hasContent = true
          attempts.answered()
        }
        if (end?.type === 'finish') {
          void readToEnd(batches)
          batches = null
          yield parts
          return
        }
        if (parts.length > 0) yield parts
        if (end !== null) throw end.error
      }
    } catch (thrown) {
      const error = attempts.cleaned(thrown)
      if (!attempts.failed(error, !hasContent && !signal.aborted)) throw error
    } finally {
      attempts.left()
      await batches?.return?.()
    }
  }
}

/** The part that ends the answer, well or not. */
function endOf(batch: readonly StreamPart[]): Extract<StreamPart, { type: 'finish' | 'error' }> | null {
  for (const part of batch) if (part.type === 'finish' || part.type === 'error') return part
  return null
}

/** An upstream that has finished still closes its stream: read on, its connection serves the next request. Adapters bound this. */
async function readToEnd(parts: AsyncIterator<unknown>): Promise<void> {
  try {
    while ((await parts.next()).done !== true);
  } catch {
    // The answer is complete; how its connection ends concerns nobody.
  }
}
