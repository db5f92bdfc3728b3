import type { AnswerEvent, Conversation, Message, Thread } from '#shared/chats.ts'
import type { Chats } from '../spec/engine.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { StoredConversation } from '../storage/index.ts'
import { createAnswering } from './answering.ts'
import { createBranches } from './branches.ts'
import type { ChatsOptions } from './chats-options.ts'
import { createLiveAnswers } from './live-answers.ts'
import { newId } from './new-id.ts'
import { startPurging } from './purge-deleted.ts'
import { recoverInterrupted } from './recover-interrupted.ts'
import { watchAnswer } from './watch-answer.ts'

/** Most messages of one `range` call: a page is 50. */
const MAX_RANGE = 1000

/** Conversations over the open storage. Marks answers that the last process left streaming as interrupted. */
export function createChats(options: ChatsOptions): Chats {
  const { storage, clock, log } = options
  const { conversations, messages, attachments } = storage
  const live = createLiveAnswers(clock)
  const changed = (conversationId: string | null): void => options.emit({ type: 'chats:changed', conversationId })
  const answering = createAnswering({ ...options, live, changed })
  const branches = createBranches(storage, live, clock)
  recoverInterrupted(storage, log)
  const purging = startPurging(storage, clock, log)

  function conversation(id: string): StoredConversation {
    const found = conversations.find(id)
    if (found === null) throw new EngineError('not_found', 'There is no such conversation.', { param: 'id' })
    return found
  }

  function shown(stored: StoredConversation): Conversation {
    return { ...stored, answering: live.isAnswering(stored.id) }
  }

  function message(conversationId: string, id: string): Message {
    const found = messages.find(id)
    if (found === null || found.conversationId !== conversationId) {
      throw new EngineError('not_found', 'There is no such message in this conversation.', { param: 'messageId' })
    }
    return live.latest(found)
  }

  function thread(id: string, tail: number): Thread {
    const stored = conversation(id)
    const leafId = branches.activeLeaf(stored)
    const found = leafId === null ? [] : messages.tail(leafId, tail).map(live.latest)
    return { conversation: shown(stored), total: (found.at(-1)?.depth ?? -1) + 1, tail: found }
  }

  function changedThread(id: string): Thread {
    changed(id)
    return thread(id, 50)
  }

  /** Snapshot and end carry the siblings of now, not of when the answer began. */
  function withSiblings(event: AnswerEvent): AnswerEvent {
    if (event.type !== 'snapshot' && event.type !== 'end') return event
    const siblings = messages.find(event.message.id)?.siblings
    return siblings === undefined ? event : { ...event, message: { ...event.message, siblings } }
  }

  return {
    list: (limit, before) => conversations.list(limit, before).map(shown),
    create(modelId) {
      const id = newId(clock.now())
      conversations.insert(id, modelId, clock.now())
      changed(id)
      return shown(conversation(id))
    },
    update(id, patch) {
      conversation(id)
      conversations.update(id, {
        ...(patch.title === undefined ? {} : { title: patch.title }),
        ...(patch.pinned === undefined ? {} : { pinned: patch.pinned }),
        ...(patch.modelId === undefined ? {} : { modelId: patch.modelId }),
      })
      changed(id)
      return shown(conversation(id))
    },
    saveDraft(id, draft) {
      conversation(id)
      conversations.update(id, { draft })
    },
    remove(id) {
      conversation(id)
      live.stopWhere((generation) => generation.conversationId === id)
      conversations.remove(id, clock.now())
      changed(null)
    },
    restore(id) {
      conversations.restore(id)
      const restored = conversation(id)
      changed(id)
      return shown(restored)
    },
    thread,
    range(id, leafId, from, to) {
      if (to - from > MAX_RANGE) {
        throw new EngineError('invalid_request', `At most ${MAX_RANGE} messages can be read at once.`, { param: 'to' })
      }
      message(id, leafId)
      return messages.range(leafId, from, to).map(live.latest)
    },
    selectBranch(id, messageId) {
      message(id, messageId)
      conversations.update(id, { activeLeafId: messages.newestLeaf(messageId) })
      return changedThread(id)
    },
    send({ id, parentId, content, modelId, images = [], keptImages = [] }) {
      const parent = parentId === null ? null : message(id, parentId)
      return answering.send(conversation(id), parent, { content, modelId, images, keptImages })
    },
    image(id) {
      const found = attachments.find(id)
      if (found === null) throw new EngineError('not_found', 'There is no such picture.', { param: 'id' })
      return `data:${found.mediaType};base64,${found.data.toString('base64')}`
    },
    regenerate({ id, answerId, modelId }) {
      const stored = conversation(id)
      return answering.regenerate(stored, message(id, answerId), modelId)
    },
    stop(answerId) {
      const generation = live.find(answerId)
      if (generation !== null) generation.stop()
      else if (messages.find(answerId) === null) throw new EngineError('not_found', 'There is no such answer.')
    },
    removeMessage(id, messageId) {
      branches.remove(conversation(id), message(id, messageId))
      return changedThread(id)
    },
    restoreMessage(id, messageId) {
      branches.restore(conversation(id), messageId)
      return changedThread(id)
    },
    async *watch(answerId, signal) {
      const generation = live.find(answerId)
      if (generation !== null) {
        for await (const event of watchAnswer(generation, clock, signal)) yield withSiblings(event)
        return
      }
      const found = messages.find(answerId)
      if (found === null) throw new EngineError('not_found', 'There is no such answer.')
      yield { type: 'snapshot', message: found }
      yield { type: 'end', message: found }
    },
    search: (query, limit) => options.searchWorker.search(query, limit),
    async close() {
      answering.refuseNew()
      purging.stop()
      await live.close()
    },
  }
}
