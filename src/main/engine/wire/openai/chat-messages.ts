import { z } from 'zod'
import type { ChatMessage, ContentPart, ToolCall } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { imageFromUrl } from '../image-source.ts'
import { withoutUndefined } from '../without-undefined.ts'

const textPart = z.object({ type: z.literal('text'), text: z.string() })
const textContent = z.union([z.string(), z.array(textPart).min(1)])
const imagePart = z.object({
  type: z.literal('image_url'),
  image_url: z.union([z.string(), z.object({ url: z.string(), detail: z.string().nullish() })]),
})
/** OpenAI's own take text alone; pictures as other servers and their clients have them. */
const toolContent = z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, imagePart])).min(1)])
const userPart = z.discriminatedUnion('type', [
  textPart,
  imagePart,
  z.object({ type: z.literal('input_audio') }),
  z.object({ type: z.literal('file') }),
])
const assistantPart = z.discriminatedUnion('type', [
  textPart,
  z.object({ type: z.literal('refusal'), refusal: z.string() }),
])
/** Who speaks, or whose result it is. */
const name = z.string().nullish()
const calledFunction = z.object({ name: z.string().min(1), arguments: z.string() })

export const chatMessageSchema = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), name, content: textContent }),
  z.object({ role: z.literal('user'), name, content: z.union([z.string(), z.array(userPart).min(1)]) }),
  z.object({
    role: z.literal('assistant'),
    name,
    content: z.union([z.string(), z.array(assistantPart)]).nullish(),
    refusal: z.string().nullish(),
    reasoning_content: z.string().nullish(),
    reasoning: z.string().nullish(),
    tool_calls: z.array(z.object({ id: z.string().min(1), function: calledFunction })).nullish(),
    function_call: calledFunction.nullish(),
    /** An earlier answer in sound, which is kept at OpenAI. */
    audio: z.unknown().optional(),
  }),
  z.object({ role: z.literal('tool'), name, tool_call_id: z.string().min(1), content: toolContent }),
  // What `tool` was before tools.
  z.object({ role: z.literal('function'), name: z.string().min(1), content: textContent.nullable() }),
])
type OpenAiMessage = z.output<typeof chatMessageSchema>

/** OpenAI's messages as the engine's. Tool results learn their tool's name from the call that they answer. */
export function toChatMessages(messages: readonly OpenAiMessage[]): ChatMessage[] {
  const toolNames = new Map<string, string>()
  let lastLegacyCall: ToolCall | null = null

  function toMessage(message: OpenAiMessage, index: number): ChatMessage {
    switch (message.role) {
      case 'system':
      case 'developer':
        return { role: 'system', content: joinText(message.content) }
      case 'user':
        return { role: 'user', content: userContent(message.content, `messages[${index}].content`) }
      case 'assistant': {
        if (message.audio != null) throw textAndImagesOnly(`messages[${index}].audio`, 'audio')
        const toolCalls = (message.tool_calls ?? []).map(
          ({ id, function: called }): ToolCall => ({ id, name: called.name, arguments: called.arguments }),
        )
        if (message.function_call) {
          lastLegacyCall = { id: `call_${index}`, ...message.function_call }
          toolCalls.push(lastLegacyCall)
        }
        for (const call of toolCalls) toolNames.set(call.id, call.name)
        return withoutUndefined({
          role: 'assistant' as const,
          content: assistantText(message.content) || (message.refusal ?? ''),
          reasoning: message.reasoning_content ?? message.reasoning ?? undefined,
          toolCalls: toolCalls.length === 0 ? undefined : toolCalls,
        })
      }
      case 'tool': {
        const parts = userContent(message.content, `messages[${index}].content`)
        const images = parts.filter((part) => part.type !== 'text')
        return withoutUndefined({
          role: 'tool' as const,
          toolCallId: message.tool_call_id,
          toolName: toolNames.get(message.tool_call_id) ?? message.name ?? undefined,
          content: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
          images: images.length === 0 ? undefined : images,
        })
      }
      case 'function': {
        const answersLastCall = lastLegacyCall?.name === message.name
        return {
          role: 'tool',
          toolCallId: answersLastCall && lastLegacyCall !== null ? lastLegacyCall.id : `call_${message.name}`,
          toolName: message.name,
          content: joinText(message.content ?? ''),
        }
      }
    }
  }

  return messages.map(toMessage)
}

/** What of messages has no place in the engine's. Once each: a long conversation has many of a kind. */
export function lostInMessages(messages: readonly OpenAiMessage[]): string[] {
  const lost = new Set<string>()
  for (const message of messages) {
    if (message.role !== 'tool' && message.role !== 'function' && message.name) lost.add('messages[].name')
    const canHoldPictures = message.role === 'user' || message.role === 'tool'
    if (canHoldPictures && typeof message.content !== 'string' && message.content.some(asksForDetail)) {
      lost.add('messages[].content[].image_url.detail')
    }
  }
  return [...lost]
}

function asksForDetail(part: z.output<typeof userPart>): boolean {
  if (part.type !== 'image_url' || typeof part.image_url === 'string') return false
  return (part.image_url.detail ?? 'auto') !== 'auto'
}

function joinText(content: string | { text: string }[]): string {
  return typeof content === 'string' ? content : content.map((part) => part.text).join('')
}

function assistantText(content: Extract<OpenAiMessage, { role: 'assistant' }>['content']): string {
  if (content === null || content === undefined) return ''
  if (typeof content === 'string') return content
  return content.map((part) => (part.type === 'text' ? part.text : part.refusal)).join('')
}

function userContent(content: Extract<OpenAiMessage, { role: 'user' }>['content'], param: string): ContentPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map((part, index): ContentPart => {
    const at = `${param}[${index}]`
    switch (part.type) {
      case 'text':
        return part
      case 'image_url': {
        const url = typeof part.image_url === 'string' ? part.image_url : part.image_url.url
        return imageFromUrl(url, `${at}.image_url.url`)
      }
      default:
        throw textAndImagesOnly(at, part.type)
    }
  })
}

function textAndImagesOnly(param: string, what: string): EngineError {
  return new EngineError(
    'unsupported',
    `'${param}' is not supported: Switchyard takes text and images, not '${what}'.`,
    { param },
  )
}
