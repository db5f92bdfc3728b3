import { z } from 'zod'
import type { ChatRequest, ReasoningOptions, ResponseFormat } from '../../spec/chat-request.ts'
import { jsonSchemaField } from '../openai/chat-tools.ts'
import { parseRequest } from '../parse-request.ts'
import { withoutUndefined } from '../without-undefined.ts'
import { inputField, nameInputItems, toChatMessages, unsupported } from './client-input.ts'
import { offerTools, toolFields, toToolChoice } from './client-tools.ts'
import type { ToolNames } from './tool-names.ts'

const textFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    name: z.string().nullish(),
    schema: jsonSchemaField,
    strict: z.boolean().nullish(),
  }),
])

const bodySchema = z.object({
  model: z.string().min(1),
  input: inputField,
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  ...toolFields,
  parallel_tool_calls: z.boolean().nullish(),
  text: z.object({ format: textFormat.nullish(), verbosity: z.string().nullish() }).nullish(),
  reasoning: z
    .object({
      effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      summary: z.string().nullish(),
    })
    .nullish(),
  max_output_tokens: z.number().int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_logprobs: z.number().int().nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  user: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  store: z.boolean().nullish(),
  background: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
  conversation: z.unknown().optional(),
  prompt: z.unknown().optional(),
  service_tier: z.string().nullish(),
  prompt_cache_key: z.string().nullish(),
  safety_identifier: z.string().nullish(),
})
type Body = z.output<typeof bodySchema>

/** What a response repeats of its request. */
export type ResponsesEcho = Pick<
  Body,
  | 'model'
  | 'instructions'
  | 'tools'
  | 'tool_choice'
  | 'parallel_tool_calls'
  | 'text'
  | 'reasoning'
  | 'max_output_tokens'
  | 'temperature'
  | 'top_p'
  | 'truncation'
  | 'user'
  | 'metadata'
>

/** A decoded request and how its answer is wanted. */
export interface OpenAiResponses {
  request: ChatRequest
  stream: boolean
  echo: ResponsesEcho
  /** What the caller calls the tools that the model knows as functions. */
  toolNames: Pick<ToolNames, 'decode'>
  /** Fields that only OpenAI's own API understands. */
  notSent: string[]
}

/** Decodes a POST /v1/responses body. Throws `invalid_request` or `unsupported`, naming the field. */
export function decodeOpenAiResponses(json: unknown): OpenAiResponses {
  const named = isObject(json) ? { ...json, input: nameInputItems(json.input) } : json
  const body = parseRequest(bodySchema, named)
  refuseState(body)
  if ((body.top_logprobs ?? 0) > 0) throw unsupported('top_logprobs', 'token probabilities are not available.')
  const offered = offerTools(body)
  const request: ChatRequest = withoutUndefined({
    model: body.model,
    messages: toChatMessages(body.instructions, body.input, offered.names),
    tools: offered.definitions,
    toolChoice: toToolChoice(body, offered),
    parallelToolCalls: body.parallel_tool_calls ?? undefined,
    responseFormat: toResponseFormat(body.text?.format),
    sampling: withoutUndefined({
      maxTokens: body.max_output_tokens ?? undefined,
      temperature: body.temperature ?? undefined,
      topP: body.top_p ?? undefined,
    }),
    reasoning: toReasoning(body.reasoning?.effort),
    runtime: body.truncation === 'auto' ? { overflow: 'truncate' as const } : undefined,
    user: body.user ?? undefined,
    extra: toExtra(body),
  })
  const { names: toolNames, notSent } = offered
  return { request, stream: body.stream ?? false, echo: body, toolNames, notSent }
}

/** Nothing is kept between requests, so what builds on something kept is refused instead of misunderstood. */
function refuseState(body: Body): void {
  if (body.previous_response_id != null) {
    throw unsupported('previous_response_id', 'answers are not stored here; send the whole conversation as input.')
  }
  if (body.conversation != null) {
    throw unsupported('conversation', 'conversations are not stored here; send the whole conversation as input.')
  }
  if (body.background === true) throw unsupported('background', 'the answer comes with the request; leave it out.')
  if (body.prompt != null) throw unsupported('prompt', 'stored prompts only exist at OpenAI; send the text as input.')
}

function toResponseFormat(format: z.output<typeof textFormat> | null | undefined): ResponseFormat | undefined {
  if (format == null) return undefined
  if (format.type === 'text') return { type: 'text' }
  if (format.type === 'json_object') return { type: 'json' }
  return withoutUndefined({
    type: 'json-schema' as const,
    name: format.name ?? undefined,
    schema: format.schema,
    strict: format.strict ?? undefined,
  })
}

function toReasoning(effort: NonNullable<Body['reasoning']>['effort']): ReasoningOptions | undefined {
  if (effort == null) return undefined
  if (effort === 'none') return { enabled: false }
  return { enabled: true, effort: effort === 'max' ? 'xhigh' : effort }
}

/** Fields that mean the same in chat completions, under the names that they have there. */
function toExtra(body: Body): Record<string, unknown> | undefined {
  const extra = withoutUndefined({
    service_tier: body.service_tier ?? undefined,
    prompt_cache_key: body.prompt_cache_key ?? undefined,
    safety_identifier: body.safety_identifier ?? undefined,
    verbosity: body.text?.verbosity ?? undefined,
  })
  return Object.keys(extra).length === 0 ? undefined : extra
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
