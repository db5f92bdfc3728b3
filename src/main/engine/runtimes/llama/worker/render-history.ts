import type { ChatHistoryItem, ChatModelFunctionCall, ChatModelResponse } from 'node-llama-cpp'
import type { ChatMessage, ContentPart } from '../../../spec/chat-request.ts'
import { EngineError } from '../../../spec/engine-error.ts'

/**
 * The conversation in node-llama-cpp's shape: tool results sit inside the call they answer, neighbouring assistant
 * messages (before and after a tool result) are one model response.
 * Throws `invalid_request` for a tool result without its call.
 */
export function renderHistory(messages: readonly ChatMessage[]): ChatHistoryItem[] {
  const history: ChatHistoryItem[] = []
  const calls = new Map<string, ChatModelFunctionCall>()

  function modelResponse(): ChatModelResponse {
    const last = history.at(-1)
    if (last?.type === 'model') return last
    const response: ChatModelResponse = { type: 'model', response: [] }
    history.push(response)
    return response
  }

  for (const [index, message] of messages.entries()) {
    switch (message.role) {
      case 'system':
        history.push({ type: 'system', text: message.content })
        break
      case 'user':
        history.push({ type: 'user', text: plainText(message.content) })
        break
      case 'assistant': {
        const { response } = modelResponse()
        if (message.reasoning !== undefined && message.reasoning !== '') {
          response.push({ type: 'segment', segmentType: 'thought', text: message.reasoning, ended: true })
        }
        if (message.content !== '') response.push(message.content)
        for (const [position, call] of (message.toolCalls ?? []).entries()) {
          const item: ChatModelFunctionCall = {
            type: 'functionCall',
            name: call.name,
            params: parseArguments(call.arguments, index),
            result: '',
            startsNewChunk: position === 0,
          }
          calls.set(call.id, item)
          response.push(item)
        }
        break
      }
      case 'tool': {
        const call = calls.get(message.toolCallId)
        if (call === undefined) {
          throw new EngineError(
            'invalid_request',
            `Message ${index + 1} answers a tool call that is not in the chat.`,
            {
              param: `messages.${index}.tool_call_id`,
              detail: message.toolCallId,
            },
          )
        }
        call.result = message.content
        break
      }
    }
  }
  return history
}

/** The text of a message; images are refused before a request reaches the worker. */
export function plainText(content: readonly ContentPart[]): string {
  return content
    .filter((part) => part.type === 'text')
    .map((part) => part.text)
    .join('\n')
}

function parseArguments(text: string, index: number): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new EngineError('invalid_request', `A tool call in message ${index + 1} has arguments that are not JSON.`, {
      cause,
      param: `messages.${index}.tool_calls`,
    })
  }
}
