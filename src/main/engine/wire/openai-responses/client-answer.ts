import type { EngineError } from '../../spec/engine-error.ts'
import type { FinishReason, Usage } from '../../spec/stream-part.ts'
import type { WholeAnswer } from '../collect-answer.ts'
import type { ResponsesEcho } from './client-request.ts'
import { customInput } from './custom-input.ts'
import type { CallerTool, ToolNames } from './tool-names.ts'

/** What a response is known by. */
export interface ResponseIdentity {
  /** `resp_…` */
  id: string
  /** Epoch seconds. */
  created: number
  echo: ResponsesEcho
  /** What the caller calls its tools; without it, as the model does. */
  toolNames?: Pick<ToolNames, 'decode'>
}

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

/** How an answer ended, in the response's own fields. */
export interface ResponseEnd {
  status: 'in_progress' | 'completed' | 'incomplete' | 'failed'
  output: object[]
  usage: Usage | null
  finish?: FinishReason
  error?: EngineError
}

/** A `response` object: what was asked, and what there is of the answer. */
export function responseObject({ id, created, echo }: ResponseIdentity, end: ResponseEnd): object {
  return {
    id,
    object: 'response',
    created_at: created,
    status: end.status,
    background: false,
    completed_at: end.status === 'completed' ? Math.floor(Date.now() / 1000) : null,
    error: end.error === undefined ? null : responseError(end.error),
    incomplete_details: end.status === 'incomplete' ? { reason: incompleteReason(end.finish) } : null,
    instructions: echo.instructions ?? null,
    max_output_tokens: echo.max_output_tokens ?? null,
    max_tool_calls: null,
    metadata: echo.metadata ?? {},
    model: echo.model,
    output: end.output,
    parallel_tool_calls: echo.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: echo.reasoning?.effort ?? null, summary: echo.reasoning?.summary ?? null },
    service_tier: 'default',
    store: false,
    temperature: echo.temperature ?? null,
    text: { format: echo.text?.format ?? { type: 'text' }, verbosity: echo.text?.verbosity ?? 'medium' },
    tool_choice: echo.tool_choice ?? 'auto',
    tools: echo.tools ?? [],
    top_logprobs: 0,
    top_p: echo.top_p ?? null,
    truncation: echo.truncation ?? 'disabled',
    user: echo.user ?? null,
    usage: end.usage === null ? null : responseUsage(end.usage),
  }
}

/** A whole answer as a `response` object. */
export function openAiResponse(identity: ResponseIdentity, answer: WholeAnswer): object {
  const { text, isRefusal, reasoning, toolCalls, finish, usage } = answer
  const status = endStatus(finish)
  const key = identity.id.slice('resp_'.length)
  const output: object[] = []
  if (reasoning !== '') output.push(reasoningItem(`rs_${key}_0`, reasoning, 'completed'))
  if (text !== '' || toolCalls.length === 0) {
    const part = isRefusal === true ? refusalPart(text) : outputText(text)
    output.push(messageItem(`msg_${key}_${output.length}`, part, status))
  }
  for (const call of toolCalls) {
    const tool = calledTool(identity, call.name)
    const text = tool.kind === 'custom' ? customInput(call.arguments) : call.arguments
    output.push(callItem(callItemId(tool, key, output.length), call.id, tool, text, status))
  }
  return responseObject(identity, { status, output, usage, finish })
}

/** What a finish reason makes of the response and of the item that it cut. */
export function endStatus(finish: FinishReason): 'completed' | 'incomplete' {
  return finish === 'length' || finish === 'content-filter' ? 'incomplete' : 'completed'
}

/** `part` is what it holds, if anything yet. */
export function messageItem(id: string, part: object | null, status: ItemStatus): object {
  return { id, type: 'message', status, role: 'assistant', content: part === null ? [] : [part] }
}

export function outputText(text: string): object {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}

export function refusalPart(refusal: string): object {
  return { type: 'refusal', refusal }
}

export function reasoningItem(id: string, text: string | null, status: ItemStatus): object {
  return { id, type: 'reasoning', status, summary: text === null ? [] : [{ type: 'summary_text', text }] }
}

/** The caller's tool that a model means by this name. */
export function calledTool({ toolNames }: ResponseIdentity, name: string): CallerTool {
  return toolNames?.decode(name) ?? { kind: 'function', name }
}

export function callItemId({ kind }: CallerTool, key: string, outputIndex: number): string {
  return `${kind === 'custom' ? 'ctc' : 'fc'}_${key}_${outputIndex}`
}

/** `text` is a function's arguments, or the input of a custom tool. */
export function callItem(id: string, callId: string, tool: CallerTool, text: string, status: ItemStatus): object {
  const { kind, name, namespace } = tool
  const said = { call_id: callId, name, ...(namespace === undefined ? {} : { namespace }) }
  if (kind === 'custom') return { id, type: 'custom_tool_call', status, input: text, ...said }
  return { id, type: 'function_call', status, arguments: text, ...said }
}

function incompleteReason(finish: FinishReason | undefined): string {
  return finish === 'content-filter' ? 'content_filter' : 'max_output_tokens'
}

/** OpenAI has three words here for what is no fault of an image. */
function responseError({ code, status, message }: EngineError): object {
  const word = code === 'rate_limited' ? 'rate_limit_exceeded' : status >= 500 ? 'server_error' : 'invalid_prompt'
  return { code: word, message }
}

function responseUsage(usage: Usage): object {
  return {
    input_tokens: usage.promptTokens,
    input_tokens_details: {
      cached_tokens: usage.cachedPromptTokens ?? 0,
      cache_write_tokens: usage.cacheWrittenTokens ?? 0,
    },
    output_tokens: usage.completionTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
    total_tokens: usage.promptTokens + usage.completionTokens,
  }
}
