import { setImmediate } from 'node:timers/promises'
import type { Settings } from '#shared/settings.ts'
import type { ChatMessage, ChatRequest } from '../spec/chat-request.ts'
import type { MessagesStore } from '../storage/index.ts'

/** Messages read at a time, so that a chat of 10,000 does not hold up the loop. */
const SLICE = 250

/**
 * The request that answers the branch ending at `leafId` (`depth` is that message's): system prompt, then the branch.
 * Reasoning is not sent back, nor are answers without text. What does not fit the context is left out from the oldest on.
 */
export async function buildChatRequest(
  messages: Pick<MessagesStore, 'history'>,
  branch: { leafId: string; depth: number },
  modelId: string,
  settings: Settings,
): Promise<ChatRequest> {
  const history: ChatMessage[] = []
  if (settings.systemPrompt.trim() !== '') history.push({ role: 'system', content: settings.systemPrompt })
  for (let from = 0; from <= branch.depth; from += SLICE) {
    if (from > 0) await setImmediate()
    for (const { role, content } of messages.history(branch.leafId, from, Math.min(from + SLICE, branch.depth + 1))) {
      if (role === 'user') history.push({ role, content: [{ type: 'text', text: content }] })
      else if (content !== '') history.push({ role, content })
    }
  }
  return {
    model: modelId,
    messages: history,
    sampling: {
      ...(settings.temperature === null ? {} : { temperature: settings.temperature }),
      ...(settings.maxTokens === null ? {} : { maxTokens: settings.maxTokens }),
    },
    runtime: { overflow: 'truncate' },
  }
}
