import { z } from 'zod'
import type { ChatRequest, JsonSchema, ToolDefinition } from '../../spec/chat-request.ts'
import { parseRequest } from '../parse-request.ts'
import { toolNameField } from '../tool-name.ts'
import { withoutUndefined } from '../without-undefined.ts'
import { chatMessageSchema, toChatMessages } from './chat-messages.ts'
import { keepAliveField, optionsSchema, optionsToHints, optionsToSampling } from './options.ts'
import {
  askedLogprobs,
  formatField,
  logprobsFields,
  modelField,
  requireModel,
  thinkField,
  toReasoning,
  toResponseFormat,
} from './request-fields.ts'

const toolSchema = z.object({
  function: z.object({
    name: toolNameField,
    description: z.string().nullish(),
    parameters: z.custom<JsonSchema>((value) => value == null || typeof value === 'object').nullish(),
  }),
})

const bodySchema = z.object({
  model: modelField,
  messages: z.array(chatMessageSchema).nullish(),
  tools: z.array(toolSchema).nullish(),
  format: formatField,
  options: optionsSchema.nullish(),
  think: thinkField,
  stream: z.boolean().nullish(),
  keep_alive: keepAliveField,
  truncate: z.boolean().nullish(),
  shift: z.boolean().nullish(),
  ...logprobsFields,
})

/** A decoded request and how its answer is wanted. Without messages it only loads (or unloads) the model. */
export interface OllamaChat {
  request: ChatRequest
  stream: boolean
  /** Fields that the engine has no place for. */
  notSent: string[]
}

/** Decodes a POST /api/chat body. Throws `invalid_request`, naming the field. */
export function decodeOllamaChat(json: unknown): OllamaChat {
  const body = parseRequest(bodySchema, json)
  const options = body.options ?? {}
  const request: ChatRequest = withoutUndefined({
    model: requireModel(body.model),
    messages: toChatMessages(body.messages ?? []),
    tools: toTools(body.tools ?? []),
    responseFormat: toResponseFormat(body.format),
    sampling: optionsToSampling(options),
    reasoning: toReasoning(body.think),
    runtime: optionsToHints(options, body),
  })
  return { request, stream: body.stream ?? true, notSent: askedLogprobs(body) }
}

function toTools(tools: z.output<typeof toolSchema>[]): ToolDefinition[] | undefined {
  if (tools.length === 0) return undefined
  return tools.map((tool) =>
    withoutUndefined({
      name: tool.function.name,
      description: tool.function.description || undefined,
      parameters: tool.function.parameters ?? undefined,
    }),
  )
}
