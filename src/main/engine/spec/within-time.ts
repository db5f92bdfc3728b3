import type { Clock } from './clock.ts'
import { EngineError } from './engine-error.ts'

/** What asking a server for its models may take beyond the time to connect, ms. */
export const LOOK_MS = 10_000

export interface TimeLimit {
  ms: number
  /** Who is asked, for the message. */
  title: string
  signal: AbortSignal
  clock: Clock
}

/**
 * Questions to a server that are answered as a whole within a time, whose signal aborts at its end. Throws
 * `first_byte_timeout` then, whatever the work made of it: a server that accepts and says nothing, or goes on and on.
 */
export async function withinTime<Result>(
  { ms, title, signal, clock }: TimeLimit,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const late = new EngineError('first_byte_timeout', `${title} did not answer within ${ms / 1000} s.`)
  const limit = new AbortController()
  const timer = clock.setTimeout(() => limit.abort(late), ms)
  try {
    const result = await work(AbortSignal.any([signal, limit.signal]))
    limit.signal.throwIfAborted()
    return result
  } catch (thrown) {
    throw limit.signal.aborted ? late : thrown
  } finally {
    timer.cancel()
  }
}
