import { z } from 'zod'
import type { ChatRequest, ReasoningOptions, ResponseFormat } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { jsonSchemaField } from '../openai/chat-tools.ts'
import { parseRequest } from '../parse-request.ts'
import { unknownFields } from '../unknown-fields.ts'
import { withoutUndefined } from '../without-undefined.ts'
import { anthropicOnly } from './client-content.ts'
import { messageSchema, systemField, toChatMessages } from './client-messages.ts'
import { lostInTools, NO_LOSS, toolFields, toToolChoice, toTools } from './client-tools.ts'

const outputFormat = z.object({ type: z.literal('json_schema'), schema: jsonSchemaField })

const promptFields = {
  model: z.string().min(1),
  messages: z.array(messageSchema).min(1),
  system: systemField,
  ...toolFields,
  thinking: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('enabled'), budget_tokens: z.number().int().min(1) }),
      z.looseObject({ type: z.enum(['adaptive', 'disabled', 'between_tools']) }),
    ])
    .nullish(),
  output_config: z
    .looseObject({
      effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      format: outputFormat.nullish(),
    })
    .nullish(),
  /** What `output_config.format` was in its beta. */
  output_format: outputFormat.nullish(),
  mcp_servers: z.array(z.unknown()).nullish(),
}

const countSchema = z.object(promptFields)
const bodySchema = z.object({
  ...promptFields,
  max_tokens: z.number().int().min(1),
  stream: z.boolean().nullish(),
  stop_sequences: z.array(z.string()).max(1024).nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.number().int().min(0).nullish(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
  /** Asks the server to keep the conversation, or to go on with one that it keeps. */
  thread: z.unknown().optional(),
  /** Asks for a summary in the conversation's place instead of an answer. */
  compaction: z.unknown().optional(),
})
type Prompt = z.output<typeof countSchema>
type Body = z.output<typeof bodySchema>

/** A decoded request and how its answer is wanted. */
export interface AnthropicMessages {
  request: ChatRequest
  stream: boolean
  /** Fields that only Anthropic's own API understands. */
  notSent: string[]
}

/** Decodes a POST /v1/messages body. Throws `invalid_request` or `unsupported`, naming the field. */
export function decodeAnthropicMessages(json: unknown): AnthropicMessages {
  const body = parseRequest(bodySchema, json)
  refuseState(body)
  const { request, notSent } = toRequest(body)
  return {
    request: {
      ...request,
      sampling: toSampling(body),
      ...(body.metadata?.user_id ? { user: body.metadata.user_id } : {}),
    },
    stream: body.stream ?? false,
    notSent: [...notSent, ...lostInBody(body, json)],
  }
}

/** Nothing is kept between requests: a thread's next request brings its new messages alone. */
function refuseState({ thread, compaction }: Body): void {
  if (thread != null) {
    throw new EngineError(
      'unsupported',
      "'thread' is not supported: only Anthropic keeps conversations; send all messages, without it.",
      { param: 'thread' },
    )
  }
  if (compaction != null) throw anthropicOnly('compaction', 'compaction')
}

/** Fields that nothing is made of here. */
function lostInBody({ thinking, output_config: config, metadata }: Body, json: unknown): string[] {
  const isThinking = (name: string): boolean => name === 'type' || name === 'budget_tokens'
  return [
    ...unknownFields(json as object, (name) => name in bodySchema.shape || NO_LOSS.has(name)),
    // Thoughts are told as a summary would be.
    ...unknownFields(
      thinking ?? {},
      (name) => isThinking(name) || (name === 'display' && thinking?.[name] === 'summarized'),
      'thinking.',
    ),
    ...unknownFields(config ?? {}, (name) => name === 'effort' || name === 'format', 'output_config.'),
    ...unknownFields(metadata ?? {}, (name) => name === 'user_id', 'metadata.'),
  ]
}

/** Decodes a POST /v1/messages/count_tokens body; the same without limits and sampling. */
export function decodeAnthropicCount(json: unknown): ChatRequest {
  return toRequest(parseRequest(countSchema, json)).request
}

function toRequest(body: Prompt): { request: ChatRequest; notSent: string[] } {
  if (body.mcp_servers != null && body.mcp_servers.length > 0) throw anthropicOnly('mcp_servers', 'mcp_servers')
  const { messages, notSent } = toChatMessages(body.system, body.messages)
  const tools = toTools(body)
  const request: ChatRequest = withoutUndefined({
    model: body.model,
    messages,
    tools,
    ...toToolChoice(body, tools),
    responseFormat: toResponseFormat(body),
    reasoning: toReasoning(body),
    sampling: {},
  })
  return { request, notSent: [...notSent, ...lostInTools(body)] }
}

function toSampling(body: Body): ChatRequest['sampling'] {
  return withoutUndefined({
    maxTokens: body.max_tokens,
    temperature: body.temperature ?? undefined,
    topP: body.top_p ?? undefined,
    topK: body.top_k ?? undefined,
    stop: body.stop_sequences?.filter((text) => text !== ''),
  })
}

function toResponseFormat({ output_config: config, output_format: beta }: Prompt): ResponseFormat | undefined {
  const format = config?.format ?? beta
  return format == null ? undefined : { type: 'json-schema', schema: format.schema }
}

function toReasoning({ thinking, output_config: config }: Prompt): ReasoningOptions | undefined {
  const effort = config?.effort == null ? undefined : config.effort === 'max' ? 'xhigh' : config.effort
  if (thinking == null && effort === undefined) return undefined
  return withoutUndefined({
    enabled: thinking == null ? undefined : thinking.type === 'enabled' || thinking.type === 'adaptive',
    effort,
    budgetTokens: thinking?.type === 'enabled' ? thinking.budget_tokens : undefined,
  })
}
