import type { AnswerEvent } from '#shared/chats.ts'
import type { Clock } from '../spec/clock.ts'
import type { Generation } from './generation.ts'

/**
 * Shortest time between two events of one watcher: two frames of a screen. Text that comes 30 times a second reads as
 * smooth, and a window that reads and draws half as often stays within its frame budget at 200 tokens/s.
 */
const FRAME_MS = 32

/**
 * Follows a generation: a snapshot, then what was added since, at most 30 times a second, then the end. It keeps no queue:
 * a watcher that comes back late gets all it missed in one delta. When the answer turns out to come from elsewhere, there
 * is a new snapshot. Ends when the generation ends or the signal aborts.
 */
export async function* watchAnswer(
  generation: Generation,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent, void, undefined> {
  const messageId = generation.answerId
  const snapshot = generation.message()
  let sent = { content: snapshot.content.length, reasoning: snapshot.reasoning.length }
  let servedBy = snapshot.facts?.connectionId
  let lastProgress: string | null = null
  yield { type: 'snapshot', message: snapshot }

  while (!signal.aborted) {
    // Looked at before yielding: what comes while the watcher is busy is found in the next round.
    const ended = generation.ended()
    const pieces = generation.pieces()
    const progress = generation.progress()
    const message = generation.message()
    const { content, reasoning } = message
    const change = progress === null ? null : `${progress.phase} ${progress.value}`
    const moved = !ended && message.facts?.connectionId !== servedBy
    if (moved) {
      servedBy = message.facts?.connectionId
      sent = { content: content.length, reasoning: reasoning.length }
      yield { type: 'snapshot', message }
    }
    const news = content.length > sent.content || reasoning.length > sent.reasoning
    if (progress !== null && change !== lastProgress) yield { type: 'progress', messageId, ...progress }
    if (news) {
      const delta = { content: content.slice(sent.content), reasoning: reasoning.slice(sent.reasoning) }
      sent = { content: content.length, reasoning: reasoning.length }
      yield { type: 'delta', messageId, ...delta, completionTokens: pieces }
    }
    if (ended) {
      yield { type: 'end', message: generation.message() }
      return
    }
    const told = moved || news || change !== lastProgress
    lastProgress = change
    if (told) await frame(generation, clock, signal)
    const same = generation.pieces() === pieces && generation.progress() === progress
    if (same && !generation.ended()) await nextChange(generation, signal)
  }
}

/** Resolves with the generation's next change, or when the signal aborts. */
function nextChange(generation: Generation, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      forget()
      signal.removeEventListener('abort', settle)
      resolve()
    }
    const forget = generation.onChange(settle)
    signal.addEventListener('abort', settle, { once: true })
    if (signal.aborted) settle()
  })
}

/** Resolves after a frame, or at once with the generation's end or when the signal aborts. */
function frame(generation: Generation, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      timer.cancel()
      forget()
      signal.removeEventListener('abort', settle)
      resolve()
    }
    const timer = clock.setTimeout(settle, FRAME_MS)
    const forget = generation.onChange(() => {
      if (generation.ended()) settle()
    })
    signal.addEventListener('abort', settle, { once: true })
    if (signal.aborted || generation.ended()) settle()
  })
}
