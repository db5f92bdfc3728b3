import type { Storage } from '../../src/main/engine/storage/index.ts'

const WORDS =
  'signal switch track train station bridge river mountain coffee python function return engine model token stream'.split(
    ' ',
  )

/** Deterministic filler text of about `length` characters. */
export function fillerText(seed: number, length: number): string {
  let state = seed + 1
  let text = ''
  while (text.length < length) {
    state = (state * 1103515245 + 12345) % 2147483648
    text += `${WORDS[state % WORDS.length]} `
  }
  return text
}

/** One conversation that is a single chain of `count` finished messages. Returns the last one's id. */
export function plantChain(storage: Storage, conversationId: string, count: number, textLength = 300): string {
  storage.conversations.insert(conversationId, null, 1)
  storage.write(() => {
    for (let depth = 0; depth < count; depth++) {
      storage.messages.insert({
        id: `${conversationId}-${depth}`,
        conversationId,
        parentId: depth === 0 ? null : `${conversationId}-${depth - 1}`,
        depth,
        role: depth % 2 === 0 ? 'user' : 'assistant',
        content: `${fillerText(depth, textLength)}number${depth}`,
        reasoning: '',
        toolCalls: [],
        status: 'complete',
        facts: null,
        error: null,
        createdAt: depth,
      })
    }
    storage.conversations.update(conversationId, {
      activeLeafId: `${conversationId}-${count - 1}`,
      messageCount: count,
    })
  })
  return `${conversationId}-${count - 1}`
}
