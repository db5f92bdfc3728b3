import type { AnswerEvent, Conversation, Message, Thread } from '#shared/chats.ts'
import type { Clock } from '../spec/clock.ts'
import type { Chats } from '../spec/engine.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { SearchWorker, Storage, StoredConversation } from '../storage/index.ts'
import type { Answering } from './answering.ts'
import type { Branches } from './branches.ts'
import type { ChatsChange } from './chats-options.ts'
import type { Generation } from './generation.ts'
import type { LiveAnswers } from './live-answers.ts'
import { newId } from './new-id.ts'
import { watchAnswer } from './watch-answer.ts'

/** Most messages of one `range` call: a page is 50. */
const MAX_RANGE = 1000

/** What the conversations of all people share. */
interface SharedParts {
  storage: Pick<Storage, 'conversations' | 'messages' | 'attachments'>
  clock: Clock
  searchWorker: Pick<SearchWorker, 'search'>
  live: LiveAnswers
  answering: Answering
  branches: Branches
  changed: ChatsChange
}

/**
 * One person's view of all conversations. Every way in passes `conversation` or `generation`, so that what is another's
 * is answered as what is not there.
 */
export function chatsOfPerson(ownerId: string, shared: SharedParts): Chats {
  const { clock, live, answering, branches, changed, searchWorker } = shared
  const { conversations, messages, attachments } = shared.storage

  function ownConversation(id: string): StoredConversation | null {
    const found = conversations.find(id)
    return found?.ownerId === ownerId ? found : null
  }

  function conversation(id: string): StoredConversation {
    const found = ownConversation(id)
    if (found === null) throw new EngineError('not_found', 'There is no such conversation.', { param: 'id' })
    return found
  }

  function shown({ ownerId: _, ...stored }: StoredConversation): Conversation {
    return { ...stored, answering: live.isAnswering(stored.id) }
  }

  function message(conversationId: string, id: string): Message {
    conversation(conversationId)
    const found = messages.find(id)
    if (found === null || found.conversationId !== conversationId) {
      throw new EngineError('not_found', 'There is no such message in this conversation.', { param: 'messageId' })
    }
    return live.latest(found)
  }

  /** An answer that is being made for this person. */
  function generation(answerId: string): Generation | null {
    const found = live.find(answerId)
    return found?.ownerId === ownerId ? found : null
  }

  function storedAnswer(answerId: string): Message {
    const found = messages.find(answerId)
    if (found === null || ownConversation(found.conversationId) === null) {
      throw new EngineError('not_found', 'There is no such answer.')
    }
    return found
  }

  function thread(id: string, tail: number): Thread {
    const stored = conversation(id)
    const leafId = branches.activeLeaf(stored)
    const found = leafId === null ? [] : messages.tail(leafId, tail).map(live.latest)
    return { conversation: shown(stored), total: (found.at(-1)?.depth ?? -1) + 1, tail: found }
  }

  function changedThread(id: string): Thread {
    changed(ownerId, id)
    return thread(id, 50)
  }

  /** Snapshot and end carry the siblings of now, not of when the answer began. */
  function withSiblings(event: AnswerEvent): AnswerEvent {
    if (event.type !== 'snapshot' && event.type !== 'end') return event
    const siblings = messages.find(event.message.id)?.siblings
    return siblings === undefined ? event : { ...event, message: { ...event.message, siblings } }
  }

  return {
    list: (limit, before) => conversations.list(ownerId, limit, before).map(shown),
    create(modelId) {
      const id = newId(clock.now())
      conversations.insert(id, modelId, clock.now(), ownerId)
      changed(ownerId, id)
      return shown(conversation(id))
    },
    update(id, patch) {
      conversation(id)
      conversations.update(id, {
        ...(patch.title === undefined ? {} : { title: patch.title }),
        ...(patch.pinned === undefined ? {} : { pinned: patch.pinned }),
        ...(patch.modelId === undefined ? {} : { modelId: patch.modelId }),
      })
      changed(ownerId, id)
      return shown(conversation(id))
    },
    saveDraft(id, draft) {
      conversation(id)
      conversations.update(id, { draft })
    },
    remove(id) {
      conversation(id)
      live.stopWhere((running) => running.conversationId === id)
      conversations.remove(id, clock.now())
      changed(ownerId, null)
    },
    restore(id) {
      conversations.restore(id, ownerId)
      const restored = conversation(id)
      changed(ownerId, id)
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
      const stored = conversation(id)
      const parent = parentId === null ? null : message(id, parentId)
      return answering.send(stored, parent, { content, modelId, images, keptImages })
    },
    image(id) {
      // First without the bytes: a picture may have 20 MB.
      const about = attachments.about(id)
      const found = about === null || ownConversation(about.conversationId) === null ? null : attachments.find(id)
      if (found === null) throw new EngineError('not_found', 'There is no such picture.', { param: 'id' })
      return `data:${found.mediaType};base64,${found.data.toString('base64')}`
    },
    regenerate({ id, answerId, modelId }) {
      const stored = conversation(id)
      return answering.regenerate(stored, message(id, answerId), modelId)
    },
    stop(answerId) {
      const running = generation(answerId)
      if (running !== null) running.stop()
      else storedAnswer(answerId)
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
      const running = generation(answerId)
      if (running !== null) {
        for await (const event of watchAnswer(running, clock, signal)) yield withSiblings(event)
        return
      }
      const found = storedAnswer(answerId)
      yield { type: 'snapshot', message: found }
      yield { type: 'end', message: found }
    },
    search: (query, limit) => searchWorker.search(ownerId, query, limit),
    async close() {
      await live.closeOf(ownerId)
    },
  }
}
