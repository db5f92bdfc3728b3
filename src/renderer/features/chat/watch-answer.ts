import { ORPCError } from '@orpc/client'
import type { AnswerEvent } from '#shared/chats.ts'

export interface WatchOptions {
  open: (signal: AbortSignal) => Promise<AsyncIterable<AnswerEvent>>
  onEvent: (event: AnswerEvent) => void
  /** Resolves after `ms`, or at once when aborted. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>
}

const FIRST_WAIT = 250
const LONGEST_WAIT = 5000

/**
 * Follows a live answer to its end. The engine owns the stream: when the way to it breaks, watching starts again and
 * its snapshot replaces what was missed. Resolves at the end, when aborted, or when the engine refuses the answer's id.
 */
export async function watchAnswer({ open, onEvent, wait }: WatchOptions, signal: AbortSignal): Promise<void> {
  let pause = FIRST_WAIT
  while (!signal.aborted) {
    try {
      for await (const event of await open(signal)) {
        if (signal.aborted) return
        pause = FIRST_WAIT
        onEvent(event)
        if (event.type === 'end') return
      }
    } catch (error) {
      if (signal.aborted || refused(error)) return
      console.warn('Lost sight of an answer; trying again', error)
    }
    await wait(pause, signal)
    pause = Math.min(LONGEST_WAIT, pause * 2)
  }
}

/** The engine answered, and there is no such answer: asking again changes nothing. */
function refused(error: unknown): boolean {
  if (!(error instanceof ORPCError)) return false
  if (error.code === 'BAD_REQUEST' || error.code === 'NOT_FOUND') return true
  const data: unknown = error.data
  return typeof data === 'object' && data !== null && 'code' in data && data.code === 'not_found'
}

/** Waits by the clock. */
export function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
