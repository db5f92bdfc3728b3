import { z } from 'zod'
import type { ChatRequest, ReasoningOptions, ResponseFormat, RuntimeHints } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { keepAliveSeconds } from '../keep-alive.ts'
import { isOllamaField } from '../ollama/upstream-options.ts'
import { jsonSchemaField } from '../openai/chat-tools.ts'
import { describedSchema } from '../openai/described-schema.ts'
import { extraFields } from '../openai/extra-fields.ts'
import { samplingFields, toSampling } from '../openai/sampling.ts'
import { parseRequest } from '../parse-request.ts'
import { unknownFields } from '../unknown-fields.ts'
import { withoutUndefined } from '../without-undefined.ts'
import { inputField, nameInputItems, toChatMessages, unsupported } from './client-input.ts'
import { allowedOf, offerTools, repeatedTools, toolFields, toToolChoice } from './client-tools.ts'
import type { ToolNames } from './tool-names.ts'

const textFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    name: z.string().nullish(),
    description: z.string().nullish(),
    schema: jsonSchemaField,
    strict: z.boolean().nullish(),
  }),
])

/** Sampling and loading that the Responses API itself lacks, as chat completions have it. */
const {
  n: _one,
  max_tokens: _older,
  max_completion_tokens: _chats,
  stream_options: _usage,
  ...sharedFields
} = samplingFields

const bodySchema = z.object({
  ...sharedFields,
  model: z.string().min(1),
  input: inputField,
  instructions: z.string().nullish(),
  ...toolFields,
  parallel_tool_calls: z.boolean().nullish(),
  text: z.looseObject({ format: textFormat.nullish(), verbosity: z.string().nullish() }).nullish(),
  reasoning: z
    .looseObject({
      effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      summary: z.string().nullish(),
    })
    .nullish(),
  max_output_tokens: z.number().int().min(1).nullish(),
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
  const offered = allowedOf(offerTools(body), body)
  const lost = new Set<string>()
  const messages = toChatMessages(body.instructions, body.input, offered.names, lost)
  // Ollama takes a chat without messages for the wish to load the model.
  if (messages.length === 0) {
    throw new EngineError('invalid_request', "Invalid 'input': must have at least 1 item.", { param: 'input' })
  }
  const request: ChatRequest = withoutUndefined({
    model: body.model,
    messages,
    tools: offered.definitions,
    toolChoice: toToolChoice(body, offered),
    parallelToolCalls: body.parallel_tool_calls ?? undefined,
    responseFormat: toResponseFormat(body.text?.format),
    sampling: toSampling({ ...body, max_tokens: body.max_output_tokens }),
    reasoning: toReasoning(body.reasoning?.effort),
    runtime: toRuntime(body),
    user: body.user || undefined,
    extra: toExtra(body, json),
  })
  const echo = { ...body, tools: repeatedTools(body) }
  const notSent = [...lostInBody(body, json), ...offered.notSent, ...lost]
  return { request, stream: body.stream ?? false, echo, toolNames: offered.names, notSent }
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
    schema: describedSchema(format.schema, format.description),
    strict: format.strict ?? undefined,
  })
}

function toReasoning(effort: NonNullable<Body['reasoning']>['effort']): ReasoningOptions | undefined {
  if (effort == null) return undefined
  if (effort === 'none') return { enabled: false }
  return { enabled: true, effort: effort === 'max' ? 'xhigh' : effort }
}

function toRuntime({ truncation, keep_alive: keepAlive }: Body): RuntimeHints | undefined {
  const runtime = withoutUndefined({
    overflow: truncation === 'auto' ? ('truncate' as const) : undefined,
    keepAliveSeconds: keepAlive == null ? undefined : keepAliveSeconds(keepAlive),
  })
  return Object.keys(runtime).length === 0 ? undefined : runtime
}

/**
 * Fields that mean the same in chat completions, under the names that they have there, and those of Ollama. Others are
 * more likely this API's newest than a server's own, and chat completions refuse what they do not know.
 */
function toExtra(body: Body, json: unknown): Record<string, unknown> | undefined {
  const extra = withoutUndefined({
    ...extraFields(json, (name) => !(name in bodySchema.shape) && isOllamaField(name)),
    service_tier: body.service_tier ?? undefined,
    prompt_cache_key: body.prompt_cache_key ?? undefined,
    safety_identifier: body.safety_identifier ?? undefined,
    verbosity: body.text?.verbosity ?? undefined,
  })
  return Object.keys(extra).length === 0 ? undefined : extra
}

/** Fields that nothing is made of here. */
function lostInBody(body: Body, json: unknown): string[] {
  return [
    ...unknownFields(json as object, (name) => name in bodySchema.shape || isOllamaField(name)),
    // Nothing is stored here, and not everybody looks for it in the answer.
    ...(body.store === true ? ['store'] : []),
    ...unknownFields(body.text ?? {}, (name) => name === 'format' || name === 'verbosity', 'text.'),
    ...unknownFields(body.reasoning ?? {}, (name) => name === 'effort' || name === 'summary', 'reasoning.'),
  ]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
