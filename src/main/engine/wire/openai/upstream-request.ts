import type {
  ChatRequest,
  CompletionRequest,
  ResponseFormat,
  Sampling,
  ToolChoice,
  ToolDefinition,
} from '../../spec/chat-request.ts'
import { openAiUser } from '../end-user-id.ts'
import { applyOpenAiBodyRules, type RuledBody } from '../parameters/openai-body-rules.ts'
import { openAiToolNames, type ToolNames } from '../upstream-tool-names.ts'
import { withoutUndefined } from '../without-undefined.ts'
import { type CallExtras, extrasBack } from './call-extras.ts'
import { leaveOutRefusedSampling } from './refused-sampling.ts'
import { isStrictSchema } from './strict-schema.ts'
import { toOpenAiMessages } from './upstream-messages.ts'
import type { OpenAiQuirks } from './upstream-quirks.ts'
import { reasoningFields } from './upstream-reasoning.ts'
import { runtimeFields } from './upstream-runtime-hints.ts'

/**
 * The engine's chat request as the body of a streamed POST /chat/completions, by the server's quirks. The answer calls
 * tools as `toolNames` has encoded them.
 */
export function toOpenAiChatBody(
  request: ChatRequest,
  model: string,
  quirks: OpenAiQuirks,
  toolNames: ToolNames = openAiToolNames(request.tools),
  extras: Pick<CallExtras, 'of'> | null = null,
): RuledBody {
  const notSent: string[] = []
  const { tools, extra } = request
  const hasTools = tools !== undefined && tools.length > 0
  const body = withoutUndefined({
    // First, so that no extra field replaces one that the engine knows.
    ...extra,
    model,
    messages: toOpenAiMessages(request.messages, quirks, toolNames, notSent, (calls) =>
      extrasBack(calls, model, quirks, extras),
    ),
    ...samplingFields(request.sampling, quirks, notSent),
    ...runtimeFields(request.runtime, quirks.runtimeOptions, notSent),
    tools: hasTools ? tools.map((tool) => toolEntry(tool, toolNames)) : undefined,
    tool_choice: hasTools ? toolChoiceField(request.toolChoice, toolNames) : undefined,
    // OpenAI refuses it without tools.
    parallel_tool_calls: hasTools ? request.parallelToolCalls : undefined,
    response_format: responseFormatField(request.responseFormat, quirks, notSent),
    ...reasoningFields(request.reasoning, model, quirks, notSent),
    user: openAiUser(request.user, quirks, notSent),
    stream: true,
    stream_options: { include_usage: true },
  })
  return ruled(body, model, quirks, notSent)
}

/** The engine's completion request as the body of a streamed POST /completions. */
export function toOpenAiCompletionBody(request: CompletionRequest, model: string, quirks: OpenAiQuirks): RuledBody {
  const notSent: string[] = []
  // Completions never learnt the newer name of the cap.
  const { max_completion_tokens: cap, ...sampling } = samplingFields(request.sampling, quirks, notSent)
  const body = withoutUndefined({
    ...request.extra,
    model,
    prompt: request.prompt,
    suffix: request.suffix,
    ...sampling,
    max_tokens: cap,
    ...runtimeFields(request.runtime, quirks.runtimeOptions, notSent),
    response_format: responseFormatField(request.responseFormat, quirks, notSent),
    user: openAiUser(request.user, quirks, notSent),
    stream: true,
    stream_options: { include_usage: true },
  })
  return ruled(body, model, quirks, notSent)
}

function ruled(body: Record<string, unknown>, model: string, quirks: OpenAiQuirks, notSent: string[]): RuledBody {
  const taken = leaveOutRefusedSampling(body, model, quirks)
  const result = applyOpenAiBodyRules(taken.body, model, quirks)
  return { body: result.body, notSent: [...notSent, ...taken.notSent, ...result.notSent] }
}

function samplingFields(sampling: Sampling, quirks: OpenAiQuirks, notSent: string[]): Record<string, unknown> {
  const { maxTokens, stop } = sampling
  return {
    temperature: sampling.temperature,
    top_p: sampling.topP,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    seed: sampling.seed,
    max_completion_tokens: maxTokens === undefined || maxTokens < 0 ? undefined : maxTokens,
    stop: stop === undefined || stop.length === 0 ? undefined : stop,
    logit_bias: sampling.logitBias,
    ...extraSamplingFields(sampling, quirks, notSent),
  }
}

function extraSamplingFields(sampling: Sampling, quirks: OpenAiQuirks, notSent: string[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  const rows = [
    ['topK', 'top_k', 0],
    ['minP', 'min_p', 0],
    ['repeatPenalty', 'repeat_penalty', 1],
    ['repeatLastN', 'repeat_last_n', null],
  ] as const
  for (const [own, usual, neutral] of rows) {
    const value = sampling[own]
    if (value === undefined) continue
    const name = quirks.extraSampling[own]
    if (name !== undefined) fields[name] = value
    // A value that switches the sampler off asks for what happens anyway.
    else if (value !== neutral) notSent.push(usual)
  }
  return fields
}

function toolEntry({ name, description, parameters, strict }: ToolDefinition, toolNames: ToolNames): unknown {
  const called = toolNames.encode(name)
  return { type: 'function', function: withoutUndefined({ name: called, description, parameters, strict }) }
}

function toolChoiceField(choice: ToolChoice | undefined, toolNames: ToolNames): unknown {
  return typeof choice === 'object' ? { type: 'function', function: { name: toolNames.encode(choice.name) } } : choice
}

function responseFormatField(format: ResponseFormat | undefined, quirks: OpenAiQuirks, notSent: string[]): unknown {
  if (format === undefined || format.type === 'text') return undefined
  if (format.type === 'json') return { type: 'json_object' }
  if (!quirks.jsonSchema) {
    notSent.push('response_format.json_schema')
    return { type: 'json_object' }
  }
  return { type: 'json_schema', json_schema: namedSchema(format) }
}

/** A schema with the name that OpenAI wants, held to strictly wherever that is possible or asked for. */
export function namedSchema(format: Extract<ResponseFormat, { type: 'json-schema' }>): Record<string, unknown> {
  const strict = format.strict ?? isStrictSchema(format.schema)
  return { name: schemaName(format.name), schema: format.schema, ...(strict ? { strict: true } : {}) }
}

/** OpenAI takes letters, digits, `_` and `-`, at most 64 of them. */
function schemaName(name: string | undefined): string {
  const clean = (name ?? '').replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64)
  return clean === '' ? 'answer' : clean
}
