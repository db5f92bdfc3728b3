import type { ChatMessage, ContentPart } from '../../spec/chat-request.ts'
import { argumentsText, imageUrl } from '../openai/upstream-messages.ts'
import type { ToolNames } from '../upstream-tool-names.ts'

/** A conversation as the Responses API takes it. */
export interface ResponsesInput {
  /** The system messages that lead; undefined if there are none. */
  instructions: string | undefined
  input: Record<string, unknown>[]
}

/** The engine's messages as input items: a turn with text and calls becomes several of them. */
export function toResponsesInput(
  messages: readonly ChatMessage[],
  toolNames: ToolNames,
  notSent: string[],
): ResponsesInput {
  const firstOther = messages.findIndex((message) => message.role !== 'system')
  const leading = firstOther === -1 ? messages.length : firstOther
  const system = messages.slice(0, leading).map((message) => message.content)
  const input = messages
    .slice(leading)
    .flatMap((message, index) => toItems(message, leading + index, toolNames, notSent))
  if (messages.some((message) => message.role === 'assistant' && Boolean(message.reasoning))) {
    notSent.push('messages[].reasoning_content')
  }
  return { instructions: system.length === 0 ? undefined : system.join('\n'), input }
}

function toItems(
  message: ChatMessage,
  index: number,
  toolNames: ToolNames,
  notSent: string[],
): Record<string, unknown>[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'developer', content: message.content }]
    case 'user':
      return [{ role: 'user', content: inputContent(message.content) }]
    case 'assistant': {
      const calls = (message.toolCalls ?? []).map((call) => ({
        type: 'function_call',
        call_id: call.id,
        name: toolNames.encode(call.name),
        arguments: argumentsText(call),
      }))
      const said = message.content === '' && calls.length > 0 ? [] : [{ role: 'assistant', content: message.content }]
      return [...said, ...calls]
    }
    case 'tool': {
      if (message.isError === true) notSent.push(`messages[${index}].is_error`)
      const images = message.images ?? []
      const output =
        images.length === 0 ? message.content : inputContent([{ type: 'text', text: message.content }, ...images])
      return [{ type: 'function_call_output', call_id: message.toolCallId, output }]
    }
  }
}

function inputContent(parts: readonly ContentPart[]): unknown {
  const [only, ...more] = parts
  if (only?.type === 'text' && more.length === 0) return only.text
  return parts
    .filter((part) => part.type !== 'text' || part.text !== '')
    .map((part) =>
      part.type === 'text'
        ? { type: 'input_text', text: part.text }
        : { type: 'input_image', image_url: imageUrl(part), detail: 'auto' },
    )
}
