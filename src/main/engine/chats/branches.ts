import type { Message } from '#shared/chats.ts'
import type { Clock } from '../spec/clock.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { Storage, StoredConversation } from '../storage/index.ts'
import type { LiveAnswers } from './live-answers.ts'

/** Branches of a conversation's tree: which one is active, and taking parts away and back. */
export interface Branches {
  /** Where the active branch ends; null in an empty conversation. */
  activeLeaf(conversation: StoredConversation): string | null
  /** Marks the message and all below it as deleted; the active branch moves to the nearest that is left. */
  remove(conversation: StoredConversation, message: Message): void
  /** Takes a removal back and makes that branch active again. */
  restore(conversation: StoredConversation, messageId: string): void
}

/** The part of chats that knows the tree. */
export function createBranches(
  storage: Pick<Storage, 'write' | 'messages' | 'conversations'>,
  live: LiveAnswers,
  clock: Clock,
): Branches {
  const { messages, conversations } = storage

  /** The newest branch of all, for a conversation whose own note of it leads nowhere. */
  function newestBranch(conversationId: string): string | null {
    const first = messages.newestChild(conversationId, null)
    return first === null ? null : messages.newestLeaf(first)
  }

  /** The end of the branch to show once `message` is gone: a sibling's newest, else the message above. */
  function nearestLeft(message: Message): string | null {
    const at = message.siblings.indexOf(message.id)
    const sibling = message.siblings[at - 1] ?? message.siblings[at + 1]
    return sibling === undefined ? message.parentId : messages.newestLeaf(sibling)
  }

  return {
    activeLeaf(conversation) {
      const { activeLeafId } = conversation
      if (activeLeafId !== null && messages.find(activeLeafId) !== null) return activeLeafId
      return newestBranch(conversation.id)
    },
    remove(conversation, message) {
      live.stopWhere((generation) => messages.isOnBranch(message.id, generation.answerId))
      storage.write(() => {
        const { activeLeafId } = conversation
        const moves = activeLeafId === null || messages.isOnBranch(message.id, activeLeafId)
        const removed = messages.removeSubtree(message.id, clock.now())
        conversations.update(conversation.id, {
          messageCount: conversation.messageCount - removed,
          ...(moves ? { activeLeafId: nearestLeft(message) } : {}),
        })
      })
    },
    restore(conversation, messageId) {
      const message = messages.findAny(messageId)
      if (message === null || message.conversationId !== conversation.id) {
        throw new EngineError('not_found', 'There is no such message in this conversation.', { param: 'messageId' })
      }
      if (message.deletedAt === null) return
      if (message.parentId !== null && messages.find(message.parentId) === null) {
        throw new EngineError('conflict', 'The message above was deleted as well. Restore that one first.')
      }
      if (message.deletedWith !== messageId) {
        throw new EngineError('conflict', 'This message was deleted together with another one. Restore that one.')
      }
      storage.write(() => {
        const restored = messages.restoreSubtree(messageId)
        conversations.update(conversation.id, {
          messageCount: conversation.messageCount + restored,
          activeLeafId: messages.newestLeaf(messageId),
        })
      })
    },
  }
}
