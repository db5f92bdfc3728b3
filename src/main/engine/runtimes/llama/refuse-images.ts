import type { ChatMessage, ChatRequest } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'

/** Throws `unsupported` for a request that shows the model something: llama models here read text alone. */
export function refuseImages(request: ChatRequest): void {
  const index = request.messages.findIndex(showsSomething)
  if (index < 0) return
  throw new EngineError('unsupported', 'Models that run inside Switchyard cannot look at images.', {
    param: `messages.${index}.content`,
  })
}

function showsSomething(message: ChatMessage): boolean {
  if (message.role === 'user') return message.content.some((part) => part.type !== 'text')
  return message.role === 'tool' && message.images !== undefined && message.images.length > 0
}
