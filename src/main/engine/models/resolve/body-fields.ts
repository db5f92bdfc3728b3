import type { PassThroughEndpoint } from '../../spec/provider-adapter.ts'
import { isPlainObject } from '../../wire/parameters/parameter-casts.ts'
import type { RequestDraft } from './request-draft.ts'

export type Body = Readonly<Record<string, unknown>>

/** Where a parameter stands in a body of a client's dialect. */
export interface BodyField {
  /** Top-level field that it changes. */
  field: string
  isSet(body: Body): boolean
  /** Writing it changes nothing that the body has. */
  isNew(body: Body): boolean
  /** The dialect wants a value there. */
  isRequired?: true
  /** Writes what the draft holds of it into a copy that is the writer's own; nothing there takes the field away. */
  write(body: Record<string, unknown>, draft: RequestDraft): void
}

type Read = (draft: RequestDraft) => unknown

/**
 * The dialects whose chats records can be laid over as they are, with the parameters that have a plain place in their
 * bodies: no other server of the dialect wants them elsewhere. For all else a request has to be decoded.
 */
export const BODY_FIELDS: Partial<Record<PassThroughEndpoint, ReadonlyMap<string, BodyField>>> = {
  'openai:chat': new Map([
    topLevel('temperature', 'temperature', ({ sampling }) => sampling.temperature),
    topLevel('top_p', 'top_p', ({ sampling }) => sampling.topP),
    topLevel('frequency_penalty', 'frequency_penalty', ({ sampling }) => sampling.frequencyPenalty),
    topLevel('presence_penalty', 'presence_penalty', ({ sampling }) => sampling.presencePenalty),
    topLevel('seed', 'seed', ({ sampling }) => sampling.seed),
    topLevel('stop', 'stop', ({ sampling }) => orNone(sampling.stop)),
    ['max_tokens', tokenCap()],
  ]),
  'anthropic:messages': new Map([
    topLevel('temperature', 'temperature', ({ sampling }) => sampling.temperature),
    topLevel('top_p', 'top_p', ({ sampling }) => sampling.topP),
    topLevel('top_k', 'top_k', ({ sampling }) => sampling.topK),
    topLevel('stop', 'stop_sequences', ({ sampling }) => orNone(sampling.stop)),
    required(topLevel('max_tokens', 'max_tokens', ({ sampling }) => sampling.maxTokens)),
  ]),
  'ollama:chat': new Map([
    option('temperature', 'temperature', ({ sampling }) => sampling.temperature),
    option('top_p', 'top_p', ({ sampling }) => sampling.topP),
    option('top_k', 'top_k', ({ sampling }) => sampling.topK),
    option('min_p', 'min_p', ({ sampling }) => sampling.minP),
    option('seed', 'seed', ({ sampling }) => sampling.seed),
    option('repeat_penalty', 'repeat_penalty', ({ sampling }) => sampling.repeatPenalty),
    option('repeat_last_n', 'repeat_last_n', ({ sampling }) => sampling.repeatLastN),
    option('frequency_penalty', 'frequency_penalty', ({ sampling }) => sampling.frequencyPenalty),
    option('presence_penalty', 'presence_penalty', ({ sampling }) => sampling.presencePenalty),
    option('max_tokens', 'num_predict', ({ sampling }) => sampling.maxTokens),
    option('stop', 'stop', ({ sampling }) => orNone(sampling.stop)),
    option('num_ctx', 'num_ctx', ({ runtime }) => runtime.contextSize),
    option('num_gpu', 'num_gpu', ({ runtime }) => runtime.gpuLayers),
    option('num_thread', 'num_thread', ({ runtime }) => runtime.threads),
    option('num_batch', 'num_batch', ({ runtime }) => runtime.batchSize),
    option('use_mmap', 'use_mmap', ({ runtime }) => runtime.mmap),
    option('use_mlock', 'use_mlock', ({ runtime }) => runtime.mlock),
    topLevel('keep_alive', 'keep_alive', ({ runtime }) => runtime.keepAliveSeconds),
  ]),
}

function topLevel(name: string, field: string, read: Read): [string, BodyField] {
  return [
    name,
    {
      field,
      isSet: (body) => body[field] !== undefined && body[field] !== null,
      isNew: (body) => body[field] === undefined,
      write: (body, draft) => put(body, field, read(draft)),
    },
  ]
}

function required([name, field]: [string, BodyField]): [string, BodyField] {
  return [name, { ...field, isRequired: true }]
}

/** One of Ollama's `options`. */
function option(name: string, field: string, read: Read): [string, BodyField] {
  return [
    name,
    {
      field: 'options',
      isSet: ({ options }) => isPlainObject(options) && options[field] !== undefined && options[field] !== null,
      isNew: ({ options }) => options === undefined,
      write(body, draft) {
        const options = isPlainObject(body.options) ? { ...body.options } : {}
        put(options, field, read(draft))
        put(body, 'options', Object.keys(options).length === 0 ? undefined : options)
      },
    },
  ]
}

/** It has two names; the newer one is what every rule for servers knows to rename. */
function tokenCap(): BodyField {
  return {
    field: 'max_completion_tokens',
    isSet: ({ max_tokens: old, max_completion_tokens: cap }) => (old ?? null) !== null || (cap ?? null) !== null,
    isNew: ({ max_tokens: old, max_completion_tokens: cap }) => old === undefined && cap === undefined,
    write(body, { sampling }) {
      delete body.max_tokens
      put(body, 'max_completion_tokens', sampling.maxTokens)
    },
  }
}

function put(fields: Record<string, unknown>, name: string, value: unknown): void {
  if (value === undefined) delete fields[name]
  else fields[name] = value
}

function orNone(texts: string[] | undefined): string[] | undefined {
  return texts === undefined || texts.length === 0 ? undefined : texts
}
