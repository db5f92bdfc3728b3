import type { ChatRequest } from '../../spec/chat-request.ts'
import type { Clock } from '../../spec/clock.ts'
import { decodeOllamaChat } from '../ollama/chat-request.ts'
import { applyOllamaParameters } from '../parameters/ollama-parameters.ts'
import { applyOpenAiParameters } from '../parameters/openai-parameters.ts'
import { resolvePromptVariables } from '../parameters/prompt-variables.ts'
import { prependSystemPrompt, type RoleMessage } from '../parameters/system-prompt.ts'
import { withoutUndefined } from '../without-undefined.ts'
import type { WebUiChatBody } from './chat-body.ts'

/** Parameters that OpenAI's dialect has and Ollama's options have not. */
const OPENAI_ONLY = ['reasoning_effort', 'response_format', 'logit_bias']

type Fields = Readonly<Record<string, unknown>>

/**
 * The OpenAI body with the chat's parameters and system prompt applied and prompt variables resolved. For a model that
 * takes Ollama's options (`takesOptions`) the sampling ones are left to `withOllamaParameters`.
 */
export function withParameters(chat: WebUiChatBody, takesOptions: boolean, clock: Clock): Record<string, unknown> {
  const { body, params } = chat
  const forOpenAi = takesOptions ? Object.fromEntries(OPENAI_ONLY.map((key) => [key, params[key]])) : params
  const result = applyOpenAiParameters(body, forOpenAi)
  // Whether an answer is streamed is a setting of the model there, and wins over the request.
  if (typeof params.stream_response === 'boolean') result.stream = params.stream_response
  if (Array.isArray(body.messages)) result.messages = messagesOf(body.messages, chat, clock)
  return result
}

/** The request with the chat's parameters as Ollama's options, `format`, `keep_alive` and `think`. */
export function withOllamaParameters(request: ChatRequest, params: Fields): ChatRequest {
  const rest = Object.fromEntries(Object.entries(params).filter(([key]) => !OPENAI_ONLY.includes(key)))
  const laid = applyOllamaParameters({}, rest)
  if (Object.keys(laid).length === 0) return request
  const { request: decoded } = decodeOllamaChat({ ...laid, model: request.model })
  // What happens to a prompt that is too long is the caller's dialect's to say, not a parameter.
  const { overflow: _overflow, ...hints } = decoded.runtime ?? {}
  return withoutUndefined({
    ...request,
    sampling: { ...request.sampling, ...decoded.sampling },
    runtime: { ...request.runtime, ...hints },
    responseFormat: decoded.responseFormat ?? request.responseFormat,
    reasoning: decoded.reasoning ?? request.reasoning,
  }) as ChatRequest
}

function messagesOf(messages: unknown[], { params, variables, chatVariables }: WebUiChatBody, clock: Clock): unknown[] {
  const { system } = params
  const all = typeof system === 'string' ? prependSystemPrompt(messages as RoleMessage[], system) : messages
  const context = { user: null, clientVariables: variables, chatVariables }
  return all.map((message: unknown) => {
    const { role, content } = (message ?? {}) as Partial<RoleMessage>
    if ((role !== 'system' && role !== 'developer') || typeof content !== 'string') return message
    return { ...(message as RoleMessage), content: resolvePromptVariables(content, context, clock) }
  })
}
