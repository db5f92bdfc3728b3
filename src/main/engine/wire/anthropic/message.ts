import type { WholeAnswer } from '../collect-answer.ts'
import { anthropicStopReason } from './stop-reason.ts'
import { anthropicUsage } from './usage.ts'

/** What an answer is known by. */
export interface MessageIdentity {
  /** `msg_…` */
  id: string
  requestId: string
  /** The model as the client named it. */
  model: string
}

/** A whole answer as a `message` object. */
export function anthropicMessage(identity: MessageIdentity, answer: WholeAnswer): object {
  const { text, reasoning, reasoningSignature, toolCalls, finish, finishRaw, stopSequence, usage } = answer
  const thinks = reasoning !== '' || reasoningSignature !== undefined
  const content: object[] = []
  if (thinks) content.push({ type: 'thinking', thinking: reasoning, signature: reasoningSignature ?? '' })
  if (text !== '') content.push({ type: 'text', text })
  for (const call of toolCalls) {
    content.push({ type: 'tool_use', id: call.id, name: call.name, input: toolInput(call.arguments) })
  }
  return {
    id: identity.id,
    type: 'message',
    role: 'assistant',
    model: identity.model,
    content,
    stop_reason: anthropicStopReason(finish, finishRaw, toolCalls.length > 0),
    stop_sequence: stopSequence ?? null,
    usage: anthropicUsage(usage),
  }
}

/** Arguments as the object that Anthropic's shape wants; what is no JSON (cut off by the token limit) is kept as text. */
function toolInput(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return { partial_json: text }
  }
}
