import type { ChatRequest, ResponseFormat, Sampling, ToolDefinition } from '../../spec/chat-request.ts'
import { openAiUser } from '../end-user-id.ts'
import type { OpenAiQuirks } from '../openai/upstream-quirks.ts'
import { effortOfBudget, leastEffort } from '../openai/upstream-reasoning.ts'
import { namedSchema } from '../openai/upstream-request.ts'
import { runtimeFields } from '../openai/upstream-runtime-hints.ts'
import { newModelFamily } from '../parameters/model-rules.ts'
import { isSamplingFixed, type RuledBody } from '../parameters/openai-body-rules.ts'
import { openAiToolNames, type ToolNames } from '../upstream-tool-names.ts'
import { withoutUndefined } from '../without-undefined.ts'
import { toResponsesInput } from './upstream-input.ts'

/** The API takes no smaller cap. */
const LEAST_OUTPUT_TOKENS = 16

/** Fields of chats that mean the same here (`verbosity` in another place), and those that only this API has. */
const EXTRA_HERE: ReadonlySet<string> = new Set([
  'include',
  'max_tool_calls',
  'metadata',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
  'service_tier',
  'truncation',
  'verbosity',
])

/** Sampling that chat completions have and the Responses API has not, with the value that changes nothing. */
const NOT_HERE = [
  ['stop', 'stop', null],
  ['logitBias', 'logit_bias', null],
  ['frequencyPenalty', 'frequency_penalty', 0],
  ['presencePenalty', 'presence_penalty', 0],
  ['seed', 'seed', null],
  ['topK', 'top_k', 0],
  ['minP', 'min_p', 0],
  ['repeatPenalty', 'repeat_penalty', 1],
  ['repeatLastN', 'repeat_last_n', null],
] as const

/**
 * The engine's chat request as the body of a streamed POST /responses, without any state kept there. The answer calls
 * tools as `toolNames` has encoded them.
 */
export function toResponsesBody(
  request: ChatRequest,
  model: string,
  quirks: OpenAiQuirks,
  toolNames: ToolNames = openAiToolNames(request.tools),
): RuledBody {
  const notSent: string[] = []
  const { instructions, input } = toResponsesInput(request.messages, toolNames, notSent)
  const { tools, toolChoice } = request
  const { verbosity, ...extra } = extraFields(request.extra, quirks, notSent)
  const hasTools = tools !== undefined && tools.length > 0
  runtimeFields(request.runtime, new Set(), notSent)
  const body = withoutUndefined({
    // First, so that no extra field replaces one that the engine knows.
    ...extra,
    model,
    instructions,
    input,
    ...samplingFields(request.sampling, model, quirks, notSent),
    tools: hasTools ? tools.map((tool) => flatTool(tool, toolNames)) : undefined,
    tool_choice: !hasTools
      ? undefined
      : typeof toolChoice === 'object'
        ? { type: 'function', name: toolNames.encode(toolChoice.name) }
        : toolChoice,
    parallel_tool_calls: hasTools ? request.parallelToolCalls : undefined,
    text: textField(request.responseFormat, verbosity),
    reasoning: reasoningField(request, model, quirks, notSent),
    user: openAiUser(request.user, quirks, notSent),
    stream: true,
    store: false,
  })
  return { body, notSent }
}

function samplingFields(
  sampling: Sampling,
  model: string,
  quirks: OpenAiQuirks,
  notSent: string[],
): Record<string, unknown> {
  for (const [own, name, neutral] of NOT_HERE) {
    const value = sampling[own]
    const isEmpty = value === undefined || value === neutral || (Array.isArray(value) && value.length === 0)
    if (!isEmpty) notSent.push(name)
  }
  const isFixed = isSamplingFixed(model, quirks)
  const free = (value: number | undefined, name: string): number | undefined => {
    if (!isFixed || value === undefined || value === 1) return value
    notSent.push(name)
    return undefined
  }
  return {
    temperature: free(sampling.temperature, 'temperature'),
    top_p: free(sampling.topP, 'top_p'),
    max_output_tokens: outputCap(sampling.maxTokens, notSent),
  }
}

function outputCap(maxTokens: number | undefined, notSent: string[]): number | undefined {
  if (maxTokens === undefined || maxTokens < 0) return undefined
  if (maxTokens < LEAST_OUTPUT_TOKENS) notSent.push('max_tokens')
  return Math.max(LEAST_OUTPUT_TOKENS, maxTokens)
}

/** Here tools are strict unless they say otherwise, and strict ones refuse most schemas. */
function flatTool({ name, description, parameters, strict }: ToolDefinition, toolNames: ToolNames): unknown {
  return withoutUndefined({
    type: 'function',
    name: toolNames.encode(name),
    description,
    parameters: parameters ?? { type: 'object', properties: {} },
    strict: strict ?? false,
  })
}

/** Fields without one of their own here, as far as this API has them or may have them. */
function extraFields(
  extra: ChatRequest['extra'] = {},
  { refusesUnknownFields }: OpenAiQuirks,
  notSent: string[],
): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(extra)) {
    if (name === 'store') {
      // Nothing is kept there: a caller of another dialect could not ask for it.
      if (value === true) notSent.push(name)
    } else if (refusesUnknownFields && !EXTRA_HERE.has(name)) notSent.push(name)
    else fields[name] = value
  }
  return fields
}

function textField(format: ResponseFormat | undefined, verbosity: unknown): unknown {
  const fields = withoutUndefined({ format: textFormat(format), verbosity })
  return Object.keys(fields).length === 0 ? undefined : fields
}

function textFormat(format: ResponseFormat | undefined): unknown {
  if (format === undefined || format.type === 'text') return undefined
  if (format.type === 'json') return { type: 'json_object' }
  return { type: 'json_schema', strict: false, ...namedSchema(format) }
}

function reasoningField({ reasoning }: ChatRequest, model: string, quirks: OpenAiQuirks, notSent: string[]): unknown {
  if (reasoning === undefined) return undefined
  const reasons = !quirks.reasoningOnlyForNewModels || newModelFamily(model) !== null
  if (reasoning.enabled === false) {
    if (!reasons) return undefined
    const effort = leastEffort(model, quirks)
    if (effort !== null && !quirks.refusedFields.has('reasoning_effort')) return { effort }
    notSent.push('reasoning_effort')
    return undefined
  }
  if (reasoning.budgetTokens !== undefined) notSent.push('reasoning.max_tokens')
  const effort = reasoning.effort ?? effortOfBudget(reasoning.budgetTokens)
  if (effort !== undefined && quirks.refusedFields.has('reasoning_effort')) {
    notSent.push('reasoning_effort')
    return undefined
  }
  if (reasons) return withoutUndefined({ effort, summary: 'auto' })
  if (effort !== undefined) notSent.push('reasoning_effort')
  return undefined
}
