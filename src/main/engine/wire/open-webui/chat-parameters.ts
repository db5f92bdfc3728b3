import type { ChatRequest, RuntimeHints } from '../../spec/chat-request.ts'
import type { Clock } from '../../spec/clock.ts'
import type { PromptContext } from '../../spec/presets.ts'
import { decodeOllamaChat } from '../ollama/chat-request.ts'
import { fillPrompt } from '../parameters/fill-prompt.ts'
import { applyOllamaParameters } from '../parameters/ollama-parameters.ts'
import { applyOpenAiParameters } from '../parameters/openai-parameters.ts'
import { prependSystemPrompt, type RoleMessage } from '../parameters/system-prompt.ts'
import { withoutUndefined } from '../without-undefined.ts'
import type { WebUiChatBody } from './chat-body.ts'

/** Parameters that OpenAI's dialect has and Ollama's options have not. */
const OPENAI_ONLY = ['reasoning_effort', 'response_format', 'logit_bias']

type Fields = Readonly<Record<string, unknown>>

/**
 * The OpenAI body with the chat's parameters and system prompt applied and prompt variables resolved. For a model that
 * takes Ollama's options (`takesOptions`) the sampling ones are left to `withOllamaParameters`. `messages` stay the same
 * array if nothing in them was replaced.
 */
export function withParameters(
  chat: WebUiChatBody,
  takesOptions: boolean,
  context: PromptContext,
  clock: Clock,
): Record<string, unknown> {
  const { body, params } = chat
  const forOpenAi = takesOptions ? Object.fromEntries(OPENAI_ONLY.map((key) => [key, params[key]])) : params
  const result = applyOpenAiParameters(body, forOpenAi)
  // Whether an answer is streamed is a setting of the model there, and wins over the request.
  if (typeof params.stream_response === 'boolean') result.stream = params.stream_response
  if (Array.isArray(body.messages)) result.messages = messagesOf(body.messages, chat, context, clock)
  return result
}

/**
 * The request with the chat's parameters as Ollama's options, `format`, `keep_alive` and `think`. The request's own
 * `options` hold where neither they nor a field beside them says otherwise.
 */
export function withOllamaParameters(
  request: ChatRequest,
  { params, options }: Pick<WebUiChatBody, 'params' | 'options'>,
): ChatRequest {
  const rest = Object.fromEntries(Object.entries(params).filter(([key]) => !OPENAI_ONLY.includes(key)))
  const over = decoded(request.model, rest)
  const under = decoded(request.model, options)
  if (over === null && under === null) return request
  const others = { ...under?.runtime.options, ...request.runtime?.options, ...over?.runtime.options }
  return withoutUndefined({
    ...request,
    sampling: { ...under?.sampling, ...request.sampling, ...over?.sampling },
    runtime: withoutUndefined({
      ...under?.runtime,
      ...request.runtime,
      ...over?.runtime,
      options: Object.keys(others).length === 0 ? undefined : others,
    }),
    responseFormat: over?.responseFormat ?? request.responseFormat ?? under?.responseFormat,
    reasoning: over?.reasoning ?? request.reasoning ?? under?.reasoning,
  }) as ChatRequest
}

/** What parameters say as Ollama's dialect has them; null if they say nothing. */
function decoded(model: string, params: Fields): (ChatRequest & { runtime: RuntimeHints }) | null {
  const laid = applyOllamaParameters({}, params)
  if (Object.keys(laid).length === 0) return null
  const { request } = decodeOllamaChat({ ...laid, model })
  // What happens to a prompt that is too long is the caller's dialect's to say, not a parameter.
  const { overflow: _overflow, ...runtime } = request.runtime ?? {}
  return { ...request, runtime }
}

function messagesOf(messages: unknown[], { params }: WebUiChatBody, context: PromptContext, clock: Clock): unknown[] {
  const { system } = params
  const all = typeof system === 'string' ? prependSystemPrompt(messages as RoleMessage[], system) : messages
  const fill = (text: string): string => fillPrompt(text, context, clock)
  const filled = all.map((message: unknown) => filledIn(message, fill))
  return filled.every((message, index) => message === messages[index]) ? messages : filled
}

/** The message itself if it is not the system's, or has nothing to fill in. */
function filledIn(message: unknown, fill: (text: string) => string): unknown {
  const { role, content } = (message ?? {}) as Partial<RoleMessage>
  if (role !== 'system' && role !== 'developer') return message
  if (typeof content === 'string') {
    const text = fill(content)
    return text === content ? message : { ...(message as RoleMessage), content: text }
  }
  if (!Array.isArray(content)) return message
  const parts = content.map((part: unknown) => {
    const { text } = (part ?? {}) as { text?: unknown }
    const full = typeof text === 'string' ? fill(text) : text
    return full === text ? part : { ...(part as object), text: full }
  })
  return parts.every((part, index) => part === content[index])
    ? message
    : { ...(message as RoleMessage), content: parts }
}
