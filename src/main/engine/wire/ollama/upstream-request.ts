import type {
  ChatRequest,
  CompletionRequest,
  EmbeddingRequest,
  ReasoningOptions,
  ResponseFormat,
  ToolDefinition,
} from '../../spec/chat-request.ts'
import { ollamaMessages } from './upstream-messages.ts'
import {
  definedOnly,
  isObject,
  isOllamaField,
  isOllamaOption,
  ollamaHandling,
  ollamaOptions,
} from './upstream-options.ts'

type Json = Record<string, unknown>

/**
 * What a model takes as `think`:
 * - `levels`: true, false and `low`, `medium`, `high`
 * - `switch`: true and false
 * - `none`: it does not think; Ollama refuses to be asked for it
 */
export type ThinkSupport = 'levels' | 'switch' | 'none'

/** A body for Ollama, and the request's fields that it cannot hold. */
export interface OllamaBody {
  body: Json
  notSent: string[]
}

/** POST /api/chat. Throws `unsupported` and `invalid_request` for messages that cannot be said to Ollama. */
export function ollamaChatBody(request: ChatRequest, model: string, thinking: ThinkSupport): OllamaBody {
  const notSent: string[] = []
  const { sampling, runtime = {}, extra = {}, tools = [], toolChoice } = request
  const messages = ollamaMessages(request.messages, notSent)
  if (toolChoice === 'required' || typeof toolChoice === 'object') notSent.push('tool_choice')
  if (request.parallelToolCalls === false) notSent.push('parallel_tool_calls')
  if (sampling.logitBias !== undefined) notSent.push('logit_bias')
  if (request.user !== undefined) notSent.push('user')
  notSent.push(...foreignFields(extra))
  const options = ollamaOptions(sampling, runtime, extra)
  const body = definedOnly({
    model,
    messages,
    stream: true,
    tools: tools.length === 0 || toolChoice === 'none' ? undefined : tools.map(ollamaTool),
    format: ollamaFormat(request.responseFormat) ?? extra.format,
    think: ollamaThink(request.reasoning, thinking, notSent) ?? extra.think,
    options: isEmpty(options) ? undefined : options,
    ...ollamaHandling(runtime, extra),
  })
  return { body, notSent }
}

/** POST /api/generate: raw, unless a gap has to be filled (which only the model's own template can). */
export function ollamaCompletionBody(request: CompletionRequest, model: string): OllamaBody {
  const { sampling, runtime = {}, extra = {}, suffix } = request
  const options = ollamaOptions(sampling, runtime, extra)
  const body = definedOnly({
    model,
    prompt: request.prompt,
    suffix,
    raw: suffix === undefined ? true : undefined,
    stream: true,
    format: ollamaFormat(request.responseFormat) ?? extra.format,
    options: isEmpty(options) ? undefined : options,
    ...ollamaHandling(runtime, extra),
  })
  const notSent = sampling.logitBias === undefined ? [] : ['logit_bias']
  if (request.user !== undefined) notSent.push('user')
  return { body, notSent: [...notSent, ...foreignFields(extra)] }
}

/** POST /api/embed for some of the request's inputs. */
export function ollamaEmbedBody(request: EmbeddingRequest, model: string, inputs: readonly string[]): Json {
  const { runtime = {}, extra = {} } = request
  const options = ollamaOptions({}, runtime, extra)
  return definedOnly({
    model,
    input: inputs,
    // Ollama's own default is true.
    truncate: request.truncate === false ? false : undefined,
    dimensions: request.dimensions,
    options: isEmpty(options) ? undefined : options,
    keep_alive: runtime.keepAliveSeconds,
  })
}

/** What of an embedding request Ollama has no field for. */
export function lostInOllamaEmbed({ user, extra = {} }: EmbeddingRequest): string[] {
  const lost = user === undefined ? [] : ['user']
  return [...lost, ...Object.keys(extra).filter((name) => name !== 'options' && !isOllamaOption(name))]
}

/** POST /api/embeddings, the call of releases before 0.3: one text, no `truncate`, no `dimensions`. */
export function ollamaOldEmbedBody(request: EmbeddingRequest, model: string, input: string): Json {
  const { input: _many, truncate: _cut, dimensions: _short, ...rest } = ollamaEmbedBody(request, model, [])
  return { ...rest, prompt: input }
}

/** Fields of other dialects that nothing is made of. */
function foreignFields(extra: Readonly<Json>): string[] {
  return Object.entries(extra).flatMap(([name, value]) =>
    value === null || value === undefined || isOllamaField(name) ? [] : [name],
  )
}

function ollamaTool(tool: ToolDefinition): Json {
  return {
    type: 'function',
    function: {
      name: tool.name,
      description: tool.description ?? '',
      // Templates walk through `properties`, so it is always there.
      parameters: { type: 'object', properties: {}, ...tool.parameters },
    },
  }
}

function ollamaFormat(format: ResponseFormat | undefined): unknown {
  if (format?.type === 'json') return 'json'
  return format?.type === 'json-schema' ? format.schema : undefined
}

/** Ollama knows three levels: what lies outside is sent as the nearest, and named. */
const LEVELS = { minimal: 'low', low: 'low', medium: 'medium', high: 'high', xhigh: 'high' } as const

function ollamaThink(
  reasoning: ReasoningOptions | undefined,
  support: ThinkSupport,
  notSent: string[],
): boolean | string | undefined {
  if (reasoning === undefined) return undefined
  const { enabled, effort, budgetTokens } = reasoning
  if (enabled === false) return false
  if (budgetTokens !== undefined) notSent.push('thinking.budget_tokens')
  if (support === 'none') {
    if (effort !== undefined) notSent.push('reasoning_effort')
    else if (enabled === true) notSent.push('thinking')
    return undefined
  }
  if (effort === undefined) return enabled === true || budgetTokens !== undefined ? true : undefined
  const level = LEVELS[effort]
  if (support === 'switch' || level !== effort) notSent.push('reasoning_effort')
  return support === 'switch' ? true : level
}

function isEmpty(fields: Json): boolean {
  return isObject(fields) && Object.keys(fields).length === 0
}
