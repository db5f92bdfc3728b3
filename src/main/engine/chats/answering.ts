import { OWNER_ID } from '#shared/access.ts'
import type { Message, NewImage } from '#shared/chats.ts'
import type { CatalogModel } from '#shared/models.ts'
import type { Settings } from '#shared/settings.ts'
import type { RouteRecord } from '../spec/engine.ts'
import { EngineError, isEngineError } from '../spec/engine-error.ts'
import { unknownModel } from '../spec/unknown-model.ts'
import type { StoredConversation } from '../storage/index.ts'
import { buildChatRequest } from './chat-request.ts'
import type { ChatsChange, ChatsOptions } from './chats-options.ts'
import { conversationTitle } from './conversation-title.ts'
import { startGeneration } from './generation.ts'
import type { LiveAnswers } from './live-answers.ts'
import { newId } from './new-id.ts'
import { readImages } from './read-images.ts'

/** Places kept in a conversation's trace. */
const TRACE = 6

/** Starts answers: commits first, generates after. */
export interface Answering {
  send(
    conversation: StoredConversation,
    parent: Message | null,
    message: { content: string; modelId: string; images: readonly NewImage[]; keptImages: readonly string[] },
  ): { userMessage: Message; answer: Message }
  regenerate(conversation: StoredConversation, answer: Message, modelId: string | undefined): Message
  /** From now on both throw `shutting_down`. */
  refuseNew(): void
}

interface AnsweringOptions extends Omit<ChatsOptions, 'searchWorker' | 'emit'> {
  live: LiveAnswers
  changed: ChatsChange
}

/** The part of chats that makes answers. */
export function createAnswering(options: AnsweringOptions): Answering {
  const { storage, pipeline, resolver, settings, clock, log, live, changed } = options
  const { conversations, messages, attachments } = storage
  let closing = false

  function refuseWhenClosing(): void {
    if (closing) throw new EngineError('shutting_down', 'Switchyard is closing.')
  }

  function blank(conversationId: string, parent: Message | null, role: Message['role']): Message {
    const now = clock.now()
    return {
      id: newId(now),
      conversationId,
      parentId: parent?.id ?? null,
      depth: (parent?.depth ?? -1) + 1,
      role,
      content: '',
      reasoning: '',
      toolCalls: [],
      status: role === 'user' ? 'complete' : 'streaming',
      facts: null,
      error: null,
      createdAt: now,
      siblings: [],
    }
  }

  function committed(id: string): Message {
    const found = messages.find(id)
    if (found === null) throw new EngineError('internal', 'A message that was just saved cannot be read.')
    return found
  }

  /**
   * The model under its own name, able to do what its base model can. Whether it is there, and for this person, is the
   * pipeline's to say: unknown and forbidden ones fail in the same words.
   */
  function describe(modelId: string): Pick<CatalogModel, 'id' | 'name' | 'capabilities'> {
    const { chain, base } = resolver.follow(modelId)
    return {
      id: modelId,
      name: chain[0]?.name || (base?.name ?? modelId),
      capabilities: base?.capabilities ?? ['vision'],
    }
  }

  /** What the person at this computer set for their own chats is not for those of others. */
  function settingsOf(ownerId: string): Settings {
    const values = settings.get()
    return ownerId === OWNER_ID ? values : { ...values, systemPrompt: '', temperature: null, maxTokens: null }
  }

  /** Starts generating a committed answer to the committed message above it. */
  function generate(ownerId: string, answer: Message, question: Message, modelId: string): void {
    const { id, conversationId } = answer
    const generation = startGeneration({
      answer,
      ownerId,
      async request() {
        // A model that is gone fails the answer, never the sending: the question is kept.
        const principal = options.principalOf(ownerId)
        const branch = { leafId: question.id, depth: question.depth }
        const built = await buildChatRequest(storage, branch, describe(modelId), settingsOf(ownerId))
        const context = await options.contextOf(principal, { chatId: conversationId, messageId: id })
        return { ...built, caller: { principal, via: 'ui', context, prompt: promptOf(settings.get()) } }
      },
      pipeline,
      inWords: (error) => inWords(error, modelId),
      save: (update) => messages.updateAnswer(id, update),
      clock,
      log,
      onEnd({ status, route }) {
        if (status === 'complete' && ownerId === OWNER_ID) noteWelcomed()
        noteEnd(conversationId, route)
        changed(ownerId, conversationId)
      },
      onSettled() {
        live.drop(id)
        changed(ownerId, conversationId)
      },
    })
    live.add(generation)
  }

  /** The list and its trace are a convenience: that they cannot be saved does not touch the answer. */
  function noteEnd(conversationId: string, route: RouteRecord | null): void {
    try {
      const stored = conversations.find(conversationId)
      if (stored === null) return
      const trace = route === null ? stored.trace : [...stored.trace, route.place].slice(-TRACE)
      conversations.update(conversationId, { trace, touchedAt: clock.now() })
    } catch (error) {
      log.warn({ err: error, conversationId }, 'the conversation could not be updated after an answer')
    }
  }

  function noteWelcomed(): void {
    if (settings.get().welcomed || settings.view().environment.welcomed !== undefined) return
    try {
      settings.update({ welcomed: true })
    } catch (error) {
      if (!isEngineError(error)) throw error
      log.warn({ err: error }, 'that the welcome is over could not be saved')
    }
  }

  return {
    send(conversation, parent, { content, modelId, images, keptImages }) {
      refuseWhenClosing()
      if (content.trim() === '' && images.length + keptImages.length === 0) {
        throw new EngineError('invalid_request', 'A message needs some text or a picture.', { param: 'content' })
      }
      if (parent?.status === 'streaming') {
        throw new EngineError('conflict', 'This answer is still being written. Stop it, or wait for its end.')
      }
      const pictures = readImages(attachments, conversation.id, images, keptImages, clock.now())
      const userMessage = { ...blank(conversation.id, parent, 'user'), content }
      const answer = blank(conversation.id, userMessage, 'assistant')
      storage.write(() => {
        messages.insert(userMessage)
        for (const id of pictures.kept) attachments.copy(id, userMessage.id, newId(clock.now()))
        for (const image of pictures.added) attachments.insert(userMessage.id, image)
        messages.insert(answer)
        conversations.update(conversation.id, {
          ...(conversation.title === '' ? { title: conversationTitle(content) } : {}),
          activeLeafId: answer.id,
          messageCount: conversation.messageCount + 2,
          modelId,
          draft: '',
          touchedAt: clock.now(),
        })
      })
      const result = { userMessage: committed(userMessage.id), answer: committed(answer.id) }
      generate(conversation.ownerId, result.answer, result.userMessage, modelId)
      changed(conversation.ownerId, conversation.id)
      return result
    },
    regenerate(conversation, answer, modelId) {
      refuseWhenClosing()
      const question = answer.parentId === null ? null : messages.find(answer.parentId)
      if (answer.role !== 'assistant' || question === null) {
        throw new EngineError('invalid_request', 'Only an answer can be regenerated.', { param: 'answerId' })
      }
      const chosen = modelId ?? answer.facts?.modelId ?? conversation.modelId
      if (chosen === null) throw new EngineError('invalid_request', 'Choose a model first.', { param: 'modelId' })
      const again = blank(conversation.id, question, 'assistant')
      storage.write(() => {
        messages.insert(again)
        conversations.update(conversation.id, {
          activeLeafId: again.id,
          messageCount: conversation.messageCount + 1,
          modelId: chosen,
          touchedAt: clock.now(),
        })
      })
      const result = committed(again.id)
      generate(conversation.ownerId, result, question, chosen)
      changed(conversation.ownerId, conversation.id)
      return result
    },
    refuseNew() {
      closing = true
    },
  }
}

/** In the window's words; a model that is unknown and one that is not theirs stay alike. */
function inWords(error: EngineError, modelId: string): EngineError {
  if (error.message !== unknownModel(modelId).message) return error
  return new EngineError('model_not_found', `The model ${modelId} is not available.`, { param: 'model', cause: error })
}

/** What prompts of models may name of the window. */
function promptOf({ language }: Settings): { language?: string } {
  if (language === 'system') return {}
  return { language: language === 'zh' ? 'zh-CN' : 'en-US' }
}
