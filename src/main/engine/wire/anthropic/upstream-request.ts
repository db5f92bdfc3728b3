import type { ChatRequest, JsonSchema, ResponseFormat, Sampling, ToolDefinition } from '../../spec/chat-request.ts'
import { anthropicUser } from '../end-user-id.ts'
import { runtimeFields } from '../openai/upstream-runtime-hints.ts'
import { createToolNames, type ToolNames } from '../upstream-tool-names.ts'
import type { AnthropicModelFacts } from './model-facts.ts'
import { closedSchema } from './output-schema.ts'
import { type EncodedConversation, encodeConversation } from './upstream-messages.ts'
import { type EncodedThinking, encodeThinking } from './upstream-thinking.ts'

const DEFAULT_MAX_TOKENS = 8192
const LONGEST_TOOL_NAME = 128
/** The API holds no more tools of one request to their schemas. */
const MAX_STRICT_TOOLS = 20
const JSON_INSTRUCTION = 'Answer with one JSON object and nothing else: no introduction, no explanation, no code fence.'

/** A tool that stands for the answer itself: its input becomes the text. */
export interface AnswerTool {
  name: string
  /** True if the schema is no object and had to be put into one, as its field `value`. */
  isWrapped: boolean
}

export interface EncodedRequest {
  body: Record<string, unknown>
  notSent: string[]
  toolNames: ToolNames
  answerTool: AnswerTool | null
}

export interface EncodeOptions {
  upstreamModel: string
  facts: AnthropicModelFacts
  /** Fields of `extra` that are sent as they are; `*` for all. */
  passthroughParams: readonly string[]
}

/** A request as the body of POST /v1/messages, streamed. */
export function encodeAnthropicRequest(request: ChatRequest, options: EncodeOptions): EncodedRequest {
  const { facts } = options
  const notSent: string[] = []
  const prompt = encodePrompt(request, options, notSent)
  const cap = tokenCap(request.sampling.maxTokens, facts, notSent)
  const { thinking } = prompt
  const thinks = thinking.thinking !== undefined && thinking.thinking.type !== 'disabled'
  runtimeFields(request.runtime, new Set(), notSent)
  const userId = anthropicUser(request.user, notSent)
  const body = {
    ...prompt.body,
    // It covers the thoughts too, so their budget comes on top where nobody set a limit.
    max_tokens: cap ?? facts.maxOutput ?? DEFAULT_MAX_TOKENS + thinking.budget,
    ...samplingFields(request.sampling, facts, thinks, notSent),
    ...(userId === undefined ? {} : { metadata: { user_id: userId } }),
    ...extraFields(request.extra, options.passthroughParams, notSent),
    stream: true,
  }
  return { body, notSent, toolNames: prompt.toolNames, answerTool: prompt.answerTool }
}

/** A request as the body of POST /v1/messages/count_tokens: only what makes the prompt. */
export function encodeAnthropicCount(request: ChatRequest, options: EncodeOptions): Record<string, unknown> {
  return encodePrompt(request, options, []).body
}

interface EncodedPrompt {
  body: Record<string, unknown>
  thinking: EncodedThinking
  toolNames: ToolNames
  answerTool: AnswerTool | null
}

function encodePrompt(request: ChatRequest, { upstreamModel, facts }: EncodeOptions, notSent: string[]): EncodedPrompt {
  const toolNames = createToolNames(LONGEST_TOOL_NAME, request.tools)
  const conversation = encodeConversation(request.messages, { vision: facts.vision, toolNames, notSent })
  const format = encodeFormat(request, facts, conversation, notSent)
  const tools = [...(request.tools ?? []), ...format.tools]
  const choice = encodeToolChoice(request, format.answerTool, toolNames)
  const maxTokens = request.sampling.maxTokens
  const thinking = encodeThinking(
    request,
    facts,
    {
      maxTokens: maxTokens === undefined || maxTokens < 0 ? null : Math.min(maxTokens, facts.maxOutput ?? maxTokens),
      forcesTool: choice?.type === 'any' || choice?.type === 'tool',
    },
    notSent,
  )
  const outputConfig = {
    ...(thinking.effort === undefined ? {} : { effort: thinking.effort }),
    ...(format.schema === null ? {} : { format: { type: 'json_schema', schema: format.schema } }),
  }
  const body = {
    model: upstreamModel,
    ...(format.system === undefined ? {} : { system: format.system }),
    messages: conversation.messages,
    ...(tools.length === 0 ? {} : { tools: encodeTools(tools, facts, toolNames, notSent) }),
    ...(choice === undefined || tools.length === 0 ? {} : { tool_choice: choice }),
    ...(thinking.thinking === undefined ? {} : { thinking: thinking.thinking }),
    ...(Object.keys(outputConfig).length === 0 ? {} : { output_config: outputConfig }),
  }
  return { body, thinking, toolNames, answerTool: format.answerTool }
}

interface EncodedFormat {
  system: string | undefined
  /** For `output_config.format`. */
  schema: JsonSchema | null
  tools: ToolDefinition[]
  answerTool: AnswerTool | null
}

/**
 * A wanted JSON answer. Models with structured outputs are given the schema, if it is one that they can promise. For the
 * others a tool is added whose input has that schema, and they are made to call it: its input becomes the answer's text.
 * JSON without a schema can only be asked for in words.
 */
function encodeFormat(
  request: ChatRequest,
  facts: AnthropicModelFacts,
  { system }: EncodedConversation,
  notSent: string[],
): EncodedFormat {
  const format: ResponseFormat = request.responseFormat ?? { type: 'text' }
  const plain: EncodedFormat = { system, schema: null, tools: [], answerTool: null }
  if (format.type === 'text') return plain
  if (format.type === 'json') {
    notSent.push('response_format (asked for in words)')
    return { ...plain, system: system === undefined ? JSON_INSTRUCTION : `${system}\n\n${JSON_INSTRUCTION}` }
  }
  const closed = facts.structuredOutputs ? closedSchema(format.schema) : null
  if (closed !== null) return { ...plain, schema: closed }
  const isWrapped = format.schema.type !== 'object'
  const name = freeName(format.name ?? 'answer', request.tools ?? [])
  const parameters = isWrapped
    ? { type: 'object', properties: { value: format.schema }, required: ['value'] }
    : format.schema
  const tool = { name, description: 'Gives the answer. Call it once, with the whole answer.', parameters }
  return { ...plain, tools: [tool], answerTool: { name, isWrapped } }
}

function freeName(wanted: string, tools: readonly ToolDefinition[]): string {
  let name = wanted.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64) || 'answer'
  while (tools.some((tool) => tool.name === name)) name += '_'
  return name
}

function encodeTools(
  tools: readonly ToolDefinition[],
  facts: AnthropicModelFacts,
  toolNames: ToolNames,
  notSent: string[],
): object[] {
  let strictOnes = 0
  return tools.map(({ name, description, parameters, strict }, index) => {
    const schema = parameters ?? {}
    const closed =
      strict === true && facts.structuredOutputs && strictOnes < MAX_STRICT_TOOLS ? closedSchema(schema) : null
    if (closed !== null) strictOnes += 1
    else if (strict === true) notSent.push(`tools[${index}].function.strict`)
    return {
      name: toolNames.encode(name),
      ...(description === undefined ? {} : { description }),
      // The API refuses a schema that does not say that it is an object.
      input_schema: closed ?? (schema.type === 'object' ? schema : { ...schema, type: 'object' }),
      ...(closed === null ? {} : { strict: true }),
    }
  })
}

function encodeToolChoice(
  { tools, toolChoice, parallelToolCalls }: ChatRequest,
  answerTool: AnswerTool | null,
  toolNames: ToolNames,
): { type: string; name?: string; disable_parallel_tool_use?: boolean } | undefined {
  const single = parallelToolCalls === false ? { disable_parallel_tool_use: true } : {}
  if (answerTool !== null) {
    const others = tools !== undefined && tools.length > 0 && toolChoice !== 'none'
    // With other tools on offer the model may call one of them first.
    if (others && (toolChoice === undefined || toolChoice === 'auto')) return { type: 'any', ...single }
    if (!others) return { type: 'tool', name: toolNames.encode(answerTool.name), disable_parallel_tool_use: true }
  }
  if (typeof toolChoice === 'object') return { type: 'tool', name: toolNames.encode(toolChoice.name), ...single }
  switch (toolChoice) {
    case 'none':
      return { type: 'none' }
    case 'required':
      return { type: 'any', ...single }
    case 'auto':
      return { type: 'auto', ...single }
    default:
      return parallelToolCalls === false ? { type: 'auto', ...single } : undefined
  }
}

/** The caller's limit within the model's own; undefined if there is none. */
export function tokenCap(
  maxTokens: number | undefined,
  facts: AnthropicModelFacts,
  notSent: string[],
): number | undefined {
  if (maxTokens === undefined || maxTokens < 0) return undefined
  if (facts.maxOutput === null || maxTokens <= facts.maxOutput) return Math.max(1, maxTokens)
  notSent.push(`max_tokens (limited to ${facts.maxOutput})`)
  return facts.maxOutput
}

/** Sampling as the model takes it; what it does not take is named. */
export function samplingFields(
  sampling: Sampling,
  facts: AnthropicModelFacts,
  thinks: boolean,
  notSent: string[],
): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  const { temperature, topP, topK, stop } = sampling
  // While it thinks, a model takes no temperature and no top_k, and only a wide top_p.
  const takes = facts.sampling !== 'none'
  if (temperature !== undefined) {
    if (!takes || (thinks && temperature !== 1)) notSent.push('temperature')
    else {
      fields.temperature = Math.min(1, Math.max(0, temperature))
      if (temperature > 1) notSent.push('temperature (limited to 1)')
    }
  }
  if (topP !== undefined) {
    const second = facts.sampling === 'one' && fields.temperature !== undefined
    if (!takes || second || (thinks && topP < 0.95)) notSent.push('top_p')
    else fields.top_p = topP
  }
  if (topK !== undefined && topK > 0) {
    if (!takes || thinks) notSent.push('top_k')
    else fields.top_k = topK
  }
  if (stop !== undefined && stop.length > 0) {
    // The API refuses those of white space alone.
    const told = stop.filter((text) => text.trim() !== '')
    if (told.length < stop.length) notSent.push('stop')
    if (told.length > 0) fields.stop_sequences = told
  }
  notSent.push(...unknownSampling(sampling))
  return fields
}

/** What the API has no field for, if it would have changed anything. */
function unknownSampling(sampling: Sampling): string[] {
  const { minP, seed, repeatPenalty, repeatLastN, frequencyPenalty, presencePenalty, logitBias } = sampling
  const asked: [string, boolean][] = [
    ['min_p', (minP ?? 0) !== 0],
    ['seed', seed !== undefined],
    ['repeat_penalty', (repeatPenalty ?? 1) !== 1],
    ['repeat_last_n', repeatLastN !== undefined],
    ['frequency_penalty', (frequencyPenalty ?? 0) !== 0],
    ['presence_penalty', (presencePenalty ?? 0) !== 0],
    ['logit_bias', Object.keys(logitBias ?? {}).length > 0],
  ]
  return asked.flatMap(([name, wanted]) => (wanted ? [name] : []))
}

function extraFields(
  extra: ChatRequest['extra'],
  passed: readonly string[],
  notSent: string[],
): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(extra ?? {})) {
    if (passed.includes(name) || passed.includes('*')) fields[name] = value
    else notSent.push(name)
  }
  return fields
}
