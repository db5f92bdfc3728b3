import type { ChatMessage, ContentPart, ToolCall } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { isObject } from './upstream-options.ts'

type Json = Record<string, unknown>

/**
 * The engine's messages as Ollama's. What Ollama has no field for is named in `notSent`. Throws `unsupported` for a
 * picture that is only a link, `invalid_request` for a tool call whose arguments are not a JSON object.
 */
export function ollamaMessages(messages: readonly ChatMessage[], notSent: string[]): Json[] {
  const toolNames = new Map<string, string>()
  return messages.map((message, index) => ollamaMessage(message, `messages[${index}]`, toolNames, notSent))
}

/** `toolNames` gathers which call was of which tool: Ollama's results name their tool. */
function ollamaMessage(message: ChatMessage, param: string, toolNames: Map<string, string>, notSent: string[]): Json {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.content }
    case 'user':
      return { role: 'user', content: textOf(message.content), ...imagesOf(message.content, param) }
    case 'assistant':
      for (const call of message.toolCalls ?? []) toolNames.set(call.id, call.name)
      return {
        role: 'assistant',
        content: message.content,
        ...(message.reasoning ? { thinking: message.reasoning } : {}),
        ...(message.toolCalls?.length ? { tool_calls: callsOf(message.toolCalls, param) } : {}),
      }
    case 'tool': {
      const name = message.toolName ?? toolNames.get(message.toolCallId)
      if (message.isError === true) notSent.push(`${param}.is_error`)
      return {
        role: 'tool',
        content: message.content,
        ...(name === undefined ? {} : { tool_name: name }),
        tool_call_id: message.toolCallId,
        ...imagesOf(message.images ?? [], param),
      }
    }
  }
}

function textOf(content: readonly ContentPart[]): string {
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}

function imagesOf(content: readonly ContentPart[], param: string): { images?: string[] } {
  const images = content.flatMap((part) => {
    if (part.type === 'image-url') throw linkedImage(param)
    return part.type === 'image' ? [part.data] : []
  })
  return images.length === 0 ? {} : { images }
}

function linkedImage(param: string): EngineError {
  return new EngineError(
    'unsupported',
    'Ollama does not fetch pictures from links. Send the picture itself, as a base64 data: URL.',
    { param },
  )
}

function callsOf(calls: readonly ToolCall[], param: string): Json[] {
  return calls.map((call, index) => ({
    id: call.id,
    function: { index, name: call.name, arguments: argumentsOf(call, `${param}.tool_calls[${index}]`) },
  }))
}

function argumentsOf(call: ToolCall, param: string): Json {
  if (call.arguments.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(call.arguments)
  } catch {
    // Not JSON: refused below, like JSON that is no object.
  }
  if (isObject(value)) return value
  const where = `${param}.function.arguments`
  throw new EngineError('invalid_request', `Invalid '${where}': Ollama takes a JSON object here.`, { param: where })
}
