import type {
  ChatRequest,
  JsonSchema,
  ReasoningOptions,
  ResponseFormat,
  RuntimeHints,
  Sampling,
} from '../../spec/chat-request.ts'
import { keepAliveSeconds } from '../../wire/keep-alive.ts'
import { parseLogitBias } from '../../wire/parameters/logit-bias.ts'
import {
  asBoolean,
  asFloat,
  asInteger,
  asObject,
  asStopTexts,
  asText,
  isPlainObject,
  type ParameterCast,
  parsedIfJson,
} from '../../wire/parameters/parameter-casts.ts'

/** The part of a request that parameters change. */
export interface RequestDraft {
  sampling: Sampling
  runtime: RuntimeHints
  reasoning: ReasoningOptions | undefined
  responseFormat: ResponseFormat | undefined
  user: string | undefined
  parallelToolCalls: boolean | undefined
  extra: Record<string, unknown>
}

/** A parameter that has a field of its own in a request. */
export interface DraftField {
  isSet(draft: RequestDraft): boolean
  /** Throws `invalid_request` for a value that the field cannot hold. */
  set(draft: RequestDraft, value: unknown): void
}

const EFFORTS: ReadonlySet<string> = new Set(['minimal', 'low', 'medium', 'high', 'xhigh'])

/** Undefined from `read` takes the field away: the upstream's own default is meant. */
function sampling<Key extends keyof Sampling>(
  key: Key,
  read: (value: unknown, name: string) => Sampling[Key] | undefined,
  name: string,
): [string, DraftField] {
  return [
    name,
    {
      isSet: (draft) => draft.sampling[key] !== undefined,
      set(draft, value) {
        const cast = read(value, name)
        if (cast === undefined) delete draft.sampling[key]
        else draft.sampling[key] = cast
      },
    },
  ]
}

function runtime<Key extends keyof RuntimeHints>(
  key: Key,
  read: (value: unknown, name: string) => RuntimeHints[Key] | undefined,
  name: string,
): [string, DraftField] {
  return [
    name,
    {
      isSet: (draft) => draft.runtime[key] !== undefined,
      set(draft, value) {
        const cast = read(value, name)
        if (cast === undefined) delete draft.runtime[key]
        else draft.runtime[key] = cast
      },
    },
  ]
}

const float = (value: unknown, name: string): number => asFloat(value, name) as number
const integer = (value: unknown, name: string): number => asInteger(value, name) as number
const flag = (value: unknown, name: string): boolean => asBoolean(value, name) as boolean
/** What stands for "no limit" or "as you like" in the field is no value here. */
const positive = (value: unknown, name: string): number | undefined => atLeast(1, asInteger, value, name)
const notNegative = (value: unknown, name: string): number | undefined => atLeast(0, asInteger, value, name)

function atLeast(least: number, cast: ParameterCast, value: unknown, name: string): number | undefined {
  const number = cast(value, name) as number
  return number < least ? undefined : number
}

function seed(value: unknown, name: string): number | undefined {
  const number = integer(value, name)
  return number === -1 ? undefined : number
}

function stop(value: unknown, name: string): string[] {
  return (asStopTexts(value, name) as string[]).filter((text) => text !== '')
}

function logitBias(value: unknown, name: string): Record<string, number> {
  const parsed = parsedIfJson(value)
  if (typeof parsed === 'string') return parseLogitBias(parsed)
  const biases = asObject(parsed, name) as Record<string, unknown>
  return Object.fromEntries(Object.entries(biases).map(([token, bias]) => [token, float(bias, name)]))
}

function keepAlive(value: unknown): number {
  const parsed = parsedIfJson(value)
  return keepAliveSeconds(typeof parsed === 'number' ? parsed : String(value))
}

/** Those that every kind of request has. In the order in which they are set: of two that say the same, the later one stands. */
export const COMMON_FIELDS: ReadonlyMap<string, DraftField> = new Map([
  sampling('temperature', float, 'temperature'),
  sampling('topP', float, 'top_p'),
  sampling('topK', (value, name) => Math.max(0, integer(value, name)), 'top_k'),
  sampling('minP', float, 'min_p'),
  sampling('seed', seed, 'seed'),
  sampling('repeatPenalty', float, 'repeat_penalty'),
  sampling('repeatLastN', integer, 'repeat_last_n'),
  sampling('frequencyPenalty', float, 'frequency_penalty'),
  sampling('presencePenalty', float, 'presence_penalty'),
  sampling('maxTokens', positive, 'max_tokens'),
  sampling('stop', stop, 'stop'),
  sampling('logitBias', logitBias, 'logit_bias'),
  runtime('contextSize', positive, 'num_ctx'),
  runtime('gpuLayers', notNegative, 'num_gpu'),
  runtime('threads', positive, 'num_thread'),
  runtime('batchSize', positive, 'num_batch'),
  runtime('mmap', flag, 'use_mmap'),
  runtime('mlock', flag, 'use_mlock'),
  runtime('keepAliveSeconds', keepAlive, 'keep_alive'),
  ['format', { isSet: hasFormat, set: setFormat }],
  ['response_format', { isSet: hasFormat, set: setResponseFormat }],
])

/** Those that only chats have. */
export const CHAT_FIELDS: ReadonlyMap<string, DraftField> = new Map<string, DraftField>([
  ['reasoning_effort', { isSet: hasReasoning, set: setEffort }],
  ['think', { isSet: hasReasoning, set: setThink }],
  [
    'user',
    {
      isSet: (draft) => draft.user !== undefined,
      set(draft, value) {
        draft.user = asText(value, 'user') as string
      },
    },
  ],
  [
    'parallel_tool_calls',
    {
      isSet: (draft) => draft.parallelToolCalls !== undefined,
      set(draft, value) {
        draft.parallelToolCalls = flag(value, 'parallel_tool_calls')
      },
    },
  ],
])

/** Names under which parameters may never reach an upstream: they would change which model runs, or what it is asked. */
export const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['model', 'messages', 'prompt', 'input', 'stream'])

export function draftOf(request: Pick<ChatRequest, 'sampling' | 'runtime'> & Partial<ChatRequest>): RequestDraft {
  return {
    sampling: { ...request.sampling },
    runtime: { ...request.runtime },
    reasoning: request.reasoning,
    responseFormat: request.responseFormat,
    user: request.user,
    parallelToolCalls: request.parallelToolCalls,
    extra: { ...request.extra },
  }
}

function hasFormat({ responseFormat, extra }: RequestDraft): boolean {
  return responseFormat !== undefined || extra.format != null
}

function setFormat(draft: RequestDraft, value: unknown): void {
  const parsed = parsedIfJson(value)
  if (parsed === 'json') draft.responseFormat = { type: 'json' }
  else if (parsed === '') draft.responseFormat = undefined
  else draft.responseFormat = { type: 'json-schema', schema: asObject(parsed, 'format') as JsonSchema }
}

function setResponseFormat(draft: RequestDraft, value: unknown): void {
  const format = asObject(value, 'response_format') as Record<string, unknown>
  const named = isPlainObject(format.json_schema) ? format.json_schema : null
  if (format.type === 'text') draft.responseFormat = { type: 'text' }
  else if (format.type === 'json_object') draft.responseFormat = { type: 'json' }
  else {
    draft.responseFormat = {
      type: 'json-schema',
      schema: asObject(named?.schema, 'response_format') as JsonSchema,
      ...(typeof named?.name === 'string' ? { name: named.name } : {}),
      ...(typeof named?.strict === 'boolean' ? { strict: named.strict } : {}),
    }
  }
}

function hasReasoning({ reasoning, extra }: RequestDraft): boolean {
  return reasoning !== undefined || extra.think != null
}

function setEffort(draft: RequestDraft, value: unknown): void {
  const effort = asText(value, 'reasoning_effort') as string
  if (effort === 'none') draft.reasoning = { enabled: false }
  else if (isEffort(effort)) draft.reasoning = { enabled: true, effort }
  // A word that only its own provider knows.
  else draft.extra.reasoning_effort = effort
}

function setThink(draft: RequestDraft, value: unknown): void {
  if (typeof value === 'string' && isEffort(value)) draft.reasoning = { enabled: true, effort: value }
  else if (flag(value, 'think')) draft.reasoning = { ...draft.reasoning, enabled: true }
  else draft.reasoning = { enabled: false }
}

function isEffort(text: string): text is NonNullable<ReasoningOptions['effort']> {
  return EFFORTS.has(text)
}
