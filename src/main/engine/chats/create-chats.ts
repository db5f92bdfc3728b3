import type { Chats } from '../spec/engine.ts'
import { createAnswering } from './answering.ts'
import { createBranches } from './branches.ts'
import { chatsOfPerson } from './chats-of-person.ts'
import type { ChatsChange, ChatsOptions } from './chats-options.ts'
import { createLiveAnswers } from './live-answers.ts'
import { startPurging } from './purge-deleted.ts'
import { recoverInterrupted } from './recover-interrupted.ts'

/** Everyone's conversations, each person's for themselves. */
export interface PeoplesChats {
  /** One person's conversations; those of others do not exist for it. Cheap: made for each call. */
  chatsOf(personId: string): Chats
  /** The person is gone: ends their answers and deletes their conversations (for good after 30 days). Returns how many. */
  removeAllOf(personId: string): number
  /** Ends running generations (status `stopped`, text kept) and flushes. */
  close(): Promise<void>
}

/** Conversations over the open storage. Marks answers that the last process left streaming as interrupted. */
export function createChats(options: ChatsOptions): PeoplesChats {
  const { storage, clock, log, searchWorker } = options
  const live = createLiveAnswers(clock)
  const changed: ChatsChange = (ownerId, conversationId) =>
    options.emit({ type: 'chats:changed', conversationId, ownerId })
  const answering = createAnswering({ ...options, live, changed })
  const branches = createBranches(storage, live, clock)
  recoverInterrupted(storage, log)
  const purging = startPurging(storage, clock, log)

  return {
    chatsOf: (personId) =>
      chatsOfPerson(personId, { storage, clock, searchWorker, live, answering, branches, changed }),
    removeAllOf(personId) {
      live.stopWhere((generation) => generation.ownerId === personId)
      const removed = storage.conversations.removeAllOf(personId, clock.now())
      if (removed > 0) changed(personId, null)
      return removed
    },
    async close() {
      answering.refuseNew()
      purging.stop()
      await live.close()
    },
  }
}
