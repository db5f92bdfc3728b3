import { z } from 'zod'
import type { ChatRequest, ReasoningOptions, ResponseFormat } from '../../spec/chat-request.ts'
import { keepAliveSeconds } from '../keep-alive.ts'
import { parseRequest } from '../parse-request.ts'
import { withoutUndefined } from '../without-undefined.ts'
import { chatMessageSchema, lostInMessages, toChatMessages } from './chat-messages.ts'
import { chooseTools, jsonSchemaField, toolFields } from './chat-tools.ts'
import { describedSchema } from './described-schema.ts'
import { extraFields } from './extra-fields.ts'
import { refuseUnsupported, samplingFields, toSampling } from './sampling.ts'

const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  // With a schema as llama.cpp's server and its kin take it.
  z.object({ type: z.literal('json_object'), schema: jsonSchemaField.nullish() }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({
      name: z.string().nullish(),
      description: z.string().nullish(),
      schema: jsonSchemaField,
      strict: z.boolean().nullish(),
    }),
  }),
])

const bodySchema = z.object({
  model: z.string().min(1),
  messages: z.array(chatMessageSchema).min(1),
  ...samplingFields,
  ...toolFields,
  response_format: responseFormat.nullish(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.number().int().nullish(),
  modalities: z.array(z.string()).nullish(),
  user: z.string().nullish(),
})
type Body = z.output<typeof bodySchema>

const KNOWN_FIELDS: ReadonlySet<string> = new Set(Object.keys(bodySchema.shape))

/** A decoded request and how its answer is wanted. */
export interface OpenAiChat {
  request: ChatRequest
  stream: boolean
  includeUsage: boolean
  /** True if it offers `functions`, as was done before tools: they are called in other words. */
  callsFunctions?: true
  /** Fields that the engine has no place for. */
  notSent: string[]
}

/** Decodes a POST /v1/chat/completions body. Throws `invalid_request` or `unsupported`, naming the field. */
export function decodeOpenAiChat(json: unknown): OpenAiChat {
  const body = parseRequest(bodySchema, json)
  refuseUnsupported(
    body.logprobs === true || (body.top_logprobs ?? 0) > 0,
    'logprobs',
    'token probabilities are not available.',
  )
  refuseUnsupported(body.modalities?.some((kind) => kind !== 'text') ?? false, 'modalities', 'answers are text only.')
  const callsFunctions = (body.functions ?? []).length > 0 && (body.tools ?? []).length === 0
  const request: ChatRequest = withoutUndefined({
    model: body.model,
    messages: toChatMessages(body.messages),
    ...chooseTools(body),
    parallelToolCalls: body.parallel_tool_calls ?? (callsFunctions ? false : undefined),
    responseFormat: toResponseFormat(body.response_format),
    sampling: toSampling(body),
    reasoning: toReasoning(body.reasoning_effort),
    runtime: body.keep_alive == null ? undefined : { keepAliveSeconds: keepAliveSeconds(body.keep_alive) },
    user: body.user || undefined,
    extra: extraFields(json, (name) => !KNOWN_FIELDS.has(name)),
  })
  return {
    request,
    stream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
    ...(callsFunctions ? { callsFunctions } : {}),
    notSent: lostInMessages(body.messages),
  }
}

function toResponseFormat(format: Body['response_format']): ResponseFormat | undefined {
  if (format === null || format === undefined) return undefined
  if (format.type === 'json_object') {
    return format.schema == null ? { type: 'json' } : { type: 'json-schema', schema: format.schema }
  }
  if (format.type === 'text') return { type: 'text' }
  const { name, description, schema, strict } = format.json_schema
  return withoutUndefined({
    type: 'json-schema' as const,
    name: name ?? undefined,
    schema: describedSchema(schema, description),
    strict: strict ?? undefined,
  })
}

function toReasoning(effort: Body['reasoning_effort']): ReasoningOptions | undefined {
  if (effort === null || effort === undefined) return undefined
  if (effort === 'none') return { enabled: false }
  return { enabled: true, effort: effort === 'max' ? 'xhigh' : effort }
}
