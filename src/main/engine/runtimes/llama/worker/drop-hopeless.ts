import type { ChatMessage, ChatRequest } from '../../../spec/chat-request.ts'
import { promptLimit, tooLong } from './fit-history.ts'
import { MEASURED_FROM, measureTokens, surelyAbove, type TokenCounter } from './measure-tokens.ts'
import { plainText } from './render-history.ts'

/**
 * Before a long chat is rendered and tokenised as a whole, which blocks all streams: refuses what cannot fit, or with
 * `truncate` leaves out the turns that cannot. What stays fits nearly, and is then fitted exactly.
 * Throws `context_length_exceeded` or the signal's reason.
 */
export async function dropHopeless(
  request: ChatRequest,
  contextSize: number,
  count: TokenCounter,
  signal: AbortSignal,
): Promise<readonly ChatMessage[]> {
  const { messages } = request
  const texts = messages.map(textOf)
  const tools = request.tools === undefined ? '' : JSON.stringify(request.tools)
  if (texts.reduce((sum, text) => sum + text.length, tools.length) < MEASURED_FROM) return messages
  const limit = surelyAbove(promptLimit(contextSize))
  const measure = (some: readonly string[], room: number) => measureTokens(some, room, count, signal)

  const question = messages.findLastIndex((message) => message.role === 'user')
  const truncates = request.runtime?.overflow === 'truncate' && question > 0
  const isFixed = (index: number): boolean => !truncates || index >= question || messages[index]?.role === 'system'
  let tokens = await measure([tools, ...texts.filter((_, index) => isFixed(index))], limit)
  if (tokens > limit) throw tooLong(tokens, contextSize, 'at least')

  for (let index = question - 1; truncates && index >= 0; index -= 1) {
    if (isFixed(index)) continue
    tokens += await measure([texts[index] ?? ''], limit - tokens)
    if (tokens <= limit) continue
    // Turns start at user messages; cutting only there never parts an answer from its question.
    const start = messages.findIndex((message, later) => later > index && message.role === 'user')
    return messages.filter((message, at) => at >= start || message.role === 'system')
  }
  return messages
}

function textOf(message: ChatMessage): string {
  switch (message.role) {
    case 'user':
      return plainText(message.content)
    case 'assistant':
      return [
        message.reasoning ?? '',
        message.content,
        ...(message.toolCalls ?? []).map((call) => call.arguments),
      ].join('\n')
    default:
      return message.content
  }
}
