import { z } from 'zod'
import type { ChatMessage, ContentPart, ToolCall } from '../../spec/chat-request.ts'
import { imageFromBase64 } from '../image-source.ts'
import { withoutUndefined } from '../without-undefined.ts'

const toolCall = z.object({
  id: z.string().nullish(),
  function: z.object({ name: z.string().min(1), arguments: z.record(z.string(), z.unknown()).nullish() }),
})

export const chatMessageSchema = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string().nullish(),
  thinking: z.string().nullish(),
  images: z.array(z.string()).nullish(),
  tool_calls: z.array(toolCall).nullish(),
  tool_name: z.string().nullish(),
  tool_call_id: z.string().nullish(),
})
type OllamaMessage = z.output<typeof chatMessageSchema>

/**
 * Ollama's messages as the engine's. Ollama's calls may lack ids, and its results name a tool instead of a call:
 * ids are made up in order, and a result answers the first open call of its tool.
 */
export function toChatMessages(messages: readonly OllamaMessage[]): ChatMessage[] {
  let open: ToolCall[] = []
  let calls = 0

  function toMessage(message: OllamaMessage, index: number): ChatMessage {
    const content = message.content ?? ''
    switch (message.role) {
      case 'system':
        return { role: 'system', content }
      case 'user':
        return { role: 'user', content: userContent(content, message.images ?? [], `messages[${index}].images`) }
      case 'assistant': {
        const toolCalls = (message.tool_calls ?? []).map((call): ToolCall => {
          calls += 1
          return {
            id: call.id || `call_${calls}`,
            name: call.function.name,
            arguments: JSON.stringify(call.function.arguments ?? {}),
          }
        })
        open = [...toolCalls]
        return withoutUndefined({
          role: 'assistant' as const,
          content,
          reasoning: message.thinking || undefined,
          toolCalls: toolCalls.length === 0 ? undefined : toolCalls,
        })
      }
      case 'tool': {
        const answered = answeredCall(open, message)
        open = open.filter((call) => call !== answered)
        return withoutUndefined({
          role: 'tool' as const,
          toolCallId: message.tool_call_id || answered?.id || `call_${calls}`,
          toolName: message.tool_name || answered?.name,
          content,
        })
      }
    }
  }

  return messages.map(toMessage)
}

/** Text and bare base64 images as content parts. */
export function userContent(text: string, images: readonly string[], param: string): ContentPart[] {
  const parts: ContentPart[] = [{ type: 'text', text }]
  for (const [index, image] of images.entries()) parts.push(imageFromBase64(image, `${param}[${index}]`))
  return parts
}

function answeredCall(open: readonly ToolCall[], message: OllamaMessage): ToolCall | undefined {
  if (message.tool_call_id) return open.find((call) => call.id === message.tool_call_id)
  if (message.tool_name) return open.find((call) => call.name === message.tool_name)
  return open[0]
}
