import { EngineError, toEngineError } from '../../../spec/engine-error.ts'
import type { StreamPart } from '../../../spec/stream-part.ts'
import type { WirePart } from '../protocol.ts'
import { PartQueue } from './part-queue.ts'
import type { Ticket, WaitListener } from './wait-line.ts'

/** The worker's part of a request; settles when the worker has really stopped. */
export type StreamedJob = (
  ticket: Ticket,
  options: { signal: AbortSignal; onParts: (parts: WirePart[]) => void },
) => Promise<null>

/**
 * One streamed request from admission to its last part. An abort ends the stream at once, while the ticket is given
 * back only when the worker is done with it. Leaving the stream aborts the work.
 */
export async function* streamRequest(
  signal: AbortSignal,
  admit: (signal: AbortSignal, listener: WaitListener) => Promise<Ticket>,
  run: StreamedJob,
): AsyncGenerator<StreamPart, void, void> {
  const left = new AbortController()
  const stop = AbortSignal.any([signal, left.signal])
  const queue = new PartQueue()
  const onStop = (): void => queue.fail(asEngineError(stop.reason), true)
  stop.addEventListener('abort', onStop, { once: true })

  async function work(): Promise<void> {
    const ticket = await admit(stop, {
      queued: (value) => queue.push({ type: 'progress', phase: 'queued', value }),
      loading: (value) => queue.push({ type: 'progress', phase: 'loading', value }),
    })
    try {
      await run(ticket, {
        signal: AbortSignal.any([stop, ticket.signal]),
        onParts: (parts) => {
          for (const part of parts) queue.push(withWaits(part, ticket))
        },
      })
    } catch (error) {
      // The worker only knows that it was cancelled; the ticket knows why.
      throw ticket.signal.aborted && !stop.aborted ? asEngineError(ticket.signal.reason) : error
    } finally {
      ticket.release()
    }
  }

  work().then(
    () => queue.end(),
    (error: unknown) => queue.fail(asEngineError(error)),
  )
  try {
    if (stop.aborted) onStop()
    yield* queue.read()
  } finally {
    stop.removeEventListener('abort', onStop)
    left.abort(new EngineError('aborted', 'The reader left.'))
  }
}

/** The worker knows nothing of the time before it was asked. */
function withWaits(part: WirePart, ticket: Ticket): StreamPart {
  if (part.type !== 'usage' || part.timings === undefined) return part
  return { ...part, timings: { ...part.timings, queueMs: ticket.queueMs, loadMs: ticket.loadMs } }
}

/** Anything thrown as an EngineError; an abort's reason need not be an error. */
export function asEngineError(error: unknown): EngineError {
  if (error instanceof Error) return toEngineError(error)
  return new EngineError('aborted', 'The request was cancelled.', { cause: error })
}
