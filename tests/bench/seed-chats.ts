import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { openStorage } from '../../src/main/engine/storage/index.ts'
import { createTestLog } from '../support/test-log.ts'
import { mixedMarkdown } from './mixed-markdown.ts'

const MESSAGES = 10_000
export const LAST_TEXT = 'This is the very last message of the long chat.'

/** Writes a 10,000-message chat (questions, and answers of mixed markdown) and a short one into a fresh data folder. */
export function seedChats(folder: string): { longChatId: string; shortChatId: string; lastText: string } {
  mkdirSync(folder, { recursive: true })
  const storage = openStorage({ folder, log: createTestLog(), now: () => Date.now() })
  const seed = (title: string, count: number): string => {
    const id = randomUUID()
    const at = Date.now() - count * 1_000
    let parentId: string | null = null
    storage.write(() => {
      storage.conversations.insert(id, 'openai.paced', at)
      for (let depth = 0; depth < count; depth++) {
        const messageId = randomUUID()
        const isUser = depth % 2 === 0
        storage.messages.insert({
          id: messageId,
          conversationId: id,
          parentId,
          depth,
          role: isUser ? 'user' : 'assistant',
          content:
            depth === count - 1 && count === MESSAGES
              ? LAST_TEXT
              : isUser
                ? `Question ${depth}: how do I keep a live database safe?`
                : mixedMarkdown(300 + ((depth * 37) % 1_200), depth),
          reasoning: '',
          toolCalls: [],
          status: 'complete',
          facts: null,
          error: null,
          createdAt: at + depth * 1_000,
        })
        parentId = messageId
      }
      storage.conversations.update(id, {
        title,
        activeLeafId: parentId,
        messageCount: count,
        touchedAt: at + count * 1_000,
      })
    })
    return id
  }
  const shortChatId = seed('A short chat', 2)
  const longChatId = seed('Ten thousand messages', MESSAGES)
  storage.close()
  return { longChatId, shortChatId, lastText: LAST_TEXT }
}
