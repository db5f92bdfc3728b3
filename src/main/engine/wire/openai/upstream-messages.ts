import type { ChatMessage, ContentPart, ToolCall } from '../../spec/chat-request.ts'
import { toolPicturesLine } from '../tool-pictures.ts'
import type { ToolNames } from '../upstream-tool-names.ts'
import type { OpenAiQuirks } from './upstream-quirks.ts'

type Picture = Extract<ContentPart, { type: 'image' | 'image-url' }>
type ToolMessage = Extract<ChatMessage, { role: 'tool' }>

/** What goes back beside each of a turn's calls; undefined or absent for nothing. */
export type ExtrasOf = (calls: readonly ToolCall[]) => readonly (object | undefined)[]

/**
 * The engine's messages as OpenAI's. A tool's message holds text only there, so pictures that tools gave back follow
 * as a user message, once all results of that turn are said. What has no place is named in `notSent`.
 */
export function toOpenAiMessages(
  messages: readonly ChatMessage[],
  quirks: Pick<OpenAiQuirks, 'reasoningBack'>,
  toolNames: ToolNames,
  notSent: string[],
  extrasOf: ExtrasOf = () => [],
): Record<string, unknown>[] {
  const result: Record<string, unknown>[] = []
  let pictures: unknown[] = []
  let losesThoughts = false
  const flushPictures = (): void => {
    if (pictures.length > 0) result.push({ role: 'user', content: pictures })
    pictures = []
  }
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'tool') flushPictures()
    switch (message.role) {
      case 'system':
        result.push({ role: 'system', content: message.content })
        break
      case 'user':
        result.push({ role: 'user', content: userContent(message.content) })
        break
      case 'assistant':
        losesThoughts ||= quirks.reasoningBack === null && Boolean(message.reasoning)
        result.push(assistantMessage(message, quirks, toolNames, extrasOf))
        break
      case 'tool':
        if (message.isError === true) notSent.push(`messages[${index}].is_error`)
        result.push({ role: 'tool', tool_call_id: message.toolCallId, content: message.content })
        if (message.images !== undefined && message.images.length > 0) {
          pictures.push({ type: 'text', text: picturesOf(message) }, ...message.images.map(imagePart))
        }
        break
    }
  }
  flushPictures()
  if (losesThoughts) notSent.push('messages[].reasoning_content')
  return result
}

/** A picture as a URL: its own, or a data: URL. */
export function imageUrl(image: Picture): string {
  return image.type === 'image-url' ? image.url : `data:${image.mediaType};base64,${image.data}`
}

/** The line that leads a tool's pictures, so that the model knows whose they are. */
export function picturesOf({ toolName, toolCallId, images }: ToolMessage): string {
  return toolPicturesLine(images?.length ?? 0, toolName, toolCallId)
}

/** Arguments as servers want them back: several of them parse the text and fail on an empty one. */
export function argumentsText(call: ToolCall): string {
  return call.arguments.trim() === '' ? '{}' : call.arguments
}

function userContent(parts: readonly ContentPart[]): unknown {
  const [only, ...more] = parts
  if (only?.type === 'text' && more.length === 0) return only.text
  return parts.map((part) => (part.type === 'text' ? { type: 'text', text: part.text } : imagePart(part)))
}

function imagePart(image: Picture): unknown {
  return { type: 'image_url', image_url: { url: imageUrl(image) } }
}

function assistantMessage(
  message: Extract<ChatMessage, { role: 'assistant' }>,
  quirks: Pick<OpenAiQuirks, 'reasoningBack'>,
  toolNames: ToolNames,
  extrasOf: ExtrasOf,
): Record<string, unknown> {
  const calls = message.toolCalls ?? []
  const extras = extrasOf(calls)
  const reasoning = quirks.reasoningBack === null ? undefined : message.reasoning
  return {
    role: 'assistant',
    content: message.content === '' && calls.length > 0 ? null : message.content,
    ...(quirks.reasoningBack === null || !reasoning ? {} : { [quirks.reasoningBack]: reasoning }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map((call, index) => ({
            id: call.id,
            type: 'function',
            function: { name: toolNames.encode(call.name), arguments: argumentsText(call) },
            ...(extras[index] === undefined ? {} : { extra_content: extras[index] }),
          })),
        }),
  }
}
