import { z } from 'zod'
import type { ChatMessage, ContentPart, ToolCall } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { imageFromBase64 } from '../image-source.ts'
import { withoutUndefined } from '../without-undefined.ts'

const toolCall = z.object({
  id: z.string().nullish(),
  function: z.object({ name: z.string().min(1), arguments: z.record(z.string(), z.unknown()).nullish() }),
})

export const chatMessageSchema = z.object({
  // Ollama takes roles in any case.
  role: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['system', 'user', 'assistant', 'tool'])),
  content: z.string().nullish(),
  thinking: z.string().nullish(),
  images: z.array(z.string()).nullish(),
  tool_calls: z.array(toolCall).nullish(),
  tool_name: z.string().nullish(),
  tool_call_id: z.string().nullish(),
})
type OllamaMessage = z.output<typeof chatMessageSchema>
type ImagePart = Extract<ContentPart, { type: 'image' | 'image-url' }>

/**
 * Ollama's messages as the engine's. Ollama's calls may lack ids, and its results name a tool instead of a call:
 * ids are made up in order, and a result answers the first open call of its tool.
 */
export function toChatMessages(messages: readonly OllamaMessage[]): ChatMessage[] {
  let open: ToolCall[] = []
  let calls = 0

  function toMessage(message: OllamaMessage, index: number): ChatMessage {
    const content = message.content ?? ''
    const param = `messages[${index}].images`
    const images = message.images ?? []
    switch (message.role) {
      case 'system':
        refuseImages(images, message.role, param)
        return { role: 'system', content }
      case 'user':
        return { role: 'user', content: userContent(content, images, param) }
      case 'assistant': {
        refuseImages(images, message.role, param)
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
          images: images.length === 0 ? undefined : imageParts(images, param),
        })
      }
    }
  }

  return messages.map(toMessage)
}

/** Text and bare base64 images as content parts. */
export function userContent(text: string, images: readonly string[], param: string): ContentPart[] {
  return [{ type: 'text', text }, ...imageParts(images, param)]
}

function imageParts(images: readonly string[], param: string): ImagePart[] {
  return images.flatMap((image, index) => {
    const part = imageFromBase64(image, `${param}[${index}]`)
    return part.type === 'text' ? [] : [part]
  })
}

function refuseImages(images: readonly string[], role: string, param: string): void {
  if (images.length === 0) return
  throw new EngineError('unsupported', `Images can be in messages of the user or a tool, not of the ${role}.`, {
    param,
  })
}

function answeredCall(open: readonly ToolCall[], message: OllamaMessage): ToolCall | undefined {
  if (message.tool_call_id) return open.find((call) => call.id === message.tool_call_id)
  if (message.tool_name) return open.find((call) => call.name === message.tool_name)
  return open[0]
}
