import type { Message } from '#shared/chats.ts'
import type { Clock } from '../spec/clock.ts'
import type { Generation } from './generation.ts'

/** Longest wait at the end for upstreams to let go. */
const CLOSE_MS = 2000

/** The answers being generated, and ended ones whose end is not in the database yet. */
export interface LiveAnswers {
  add(generation: Generation): void
  /** Forgets it: its row says everything now. */
  drop(answerId: string): void
  find(answerId: string): Generation | null
  /** The message as it is now if it is live, else as it was read. */
  latest(message: Message): Message
  /** True while an answer of the conversation is being generated. */
  isAnswering(conversationId: string): boolean
  /** Ends the running answers that match as stopped. */
  stopWhere(matches: (generation: Generation) => boolean): void
  /** Stops all, waits for their upstreams, and tries to save what is unsaved. */
  close(): Promise<void>
  /** The same for one person's. */
  closeOf(ownerId: string): Promise<void>
}

/** Starts empty. */
export function createLiveAnswers(clock: Clock): LiveAnswers {
  const live = new Map<string, Generation>()
  const draining = new Set<Generation>()

  function stopWhere(matches: (generation: Generation) => boolean): void {
    for (const generation of [...live.values()]) if (matches(generation)) generation.stop()
  }

  async function end(matches: (generation: Generation) => boolean): Promise<void> {
    stopWhere(matches)
    const ends = [...draining].filter(matches).map(({ done }) => done)
    if (ends.length > 0) {
      const late = Promise.withResolvers<void>()
      const timer = clock.setTimeout(late.resolve, CLOSE_MS)
      await Promise.race([Promise.all(ends), late.promise])
      timer.cancel()
    }
    for (const generation of live.values()) if (matches(generation)) generation.settle()
  }

  return {
    add(generation) {
      live.set(generation.answerId, generation)
      draining.add(generation)
      void generation.done.then(() => draining.delete(generation))
    },
    drop: (answerId) => void live.delete(answerId),
    find: (answerId) => live.get(answerId) ?? null,
    latest(message) {
      const generation = live.get(message.id)
      return generation === undefined ? message : { ...generation.message(), siblings: message.siblings }
    },
    isAnswering(conversationId) {
      for (const generation of live.values()) {
        if (generation.conversationId === conversationId && !generation.ended()) return true
      }
      return false
    },
    stopWhere,
    close: () => end(() => true),
    closeOf: (ownerId) => end((generation) => generation.ownerId === ownerId),
  }
}
