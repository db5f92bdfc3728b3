import type { ChatRequest, CompletionRequest, EmbeddingRequest } from '../../spec/chat-request.ts'
import { EngineError, isEngineError } from '../../spec/engine-error.ts'
import { isPlainObject } from '../../wire/parameters/parameter-casts.ts'
import { withoutUndefined } from '../../wire/without-undefined.ts'
import type { GivenValue, LayeredParams } from './layer-params.ts'
import { isNeverSent } from './never-sent.ts'
import { CHAT_FIELDS, COMMON_FIELDS, type DraftField, draftOf, type RequestDraft } from './request-draft.ts'

/** Where parameters go that have no field of their own: top-level fields (`extra`), Ollama's `options`, or both. */
export interface OtherParams {
  extra: boolean
  options: boolean
}

/** Fields of Ollama's body that are no options. */
const OLLAMA_ROOT: ReadonlySet<string> = new Set(['truncate', 'shift'])
/** Options that have no field of their own, and mean the same to every server that knows them. */
const KNOWN_OPTIONS: ReadonlySet<string> = new Set([
  'mirostat',
  'mirostat_eta',
  'mirostat_tau',
  'tfs_z',
  'num_keep',
  'typical_p',
])
/** What an embedding takes: how its model is loaded. */
const LOADING = ['num_ctx', 'num_gpu', 'num_thread', 'num_batch', 'use_mmap', 'use_mlock', 'keep_alive'] as const

/** The request with the parameters: locked ones win, the others fill in what it leaves open. */
export function applyToChat(layers: LayeredParams, request: ChatRequest, others: OtherParams): ChatRequest {
  const draft = draftOf(request)
  lay(layers, draft, [COMMON_FIELDS, CHAT_FIELDS], others)
  return withoutUndefined({
    ...request,
    ...draft,
    runtime: orNone(draft.runtime),
    extra: orNone(draft.extra),
  }) as ChatRequest
}

/** As for a chat; without its prompt, reasoning and tools, which raw completions do not have. */
export function applyToCompletion(layers: LayeredParams, request: CompletionRequest): CompletionRequest {
  const draft = draftOf(request)
  lay(layers, draft, [COMMON_FIELDS], { extra: false, options: true })
  const { sampling, runtime, responseFormat } = draft
  return withoutUndefined({ ...request, sampling, runtime: orNone(runtime), responseFormat }) as CompletionRequest
}

export function applyToEmbedding(layers: LayeredParams, request: EmbeddingRequest): EmbeddingRequest {
  const draft = draftOf({ sampling: {}, ...(request.runtime === undefined ? {} : { runtime: request.runtime }) })
  const loading = new Map(LOADING.flatMap((name) => pick(COMMON_FIELDS, name)))
  const wanted = new Map(LOADING.flatMap((name) => pick(layers, name)))
  lay(wanted, draft, [loading], { extra: false, options: false })
  return withoutUndefined({ ...request, runtime: orNone(draft.runtime) }) as EmbeddingRequest
}

function lay(
  layers: LayeredParams,
  draft: RequestDraft,
  tables: readonly ReadonlyMap<string, DraftField>[],
  others: OtherParams,
): void {
  const before = { extra: draft.extra, options: draft.runtime.options ?? {} }
  const asked = { ...draft, extra: { ...draft.extra } }
  for (const table of tables) {
    for (const [name, field] of table) {
      const given = layers.get(name)?.[0]
      if (given === undefined) continue
      if (given.source !== 'model' && (field.isSet(asked) || says(before, name))) continue
      setField(field, draft, name, given)
    }
  }
  for (const [name, [given]] of layers) {
    if (COMMON_FIELDS.has(name) || CHAT_FIELDS.has(name) || isNeverSent(name)) continue
    if (given.source !== 'model' && says(before, name)) continue
    setOther(draft, name, given.value, others)
  }
}

/** Whether the request names a parameter among what has no field of its own. */
function says({ extra, options }: { extra: Record<string, unknown>; options: Record<string, unknown> }, name: string) {
  const inside = isPlainObject(extra.options) ? extra.options[name] : undefined
  return extra[name] != null || options[name] != null || inside != null
}

/** Gives a value to a field of the draft. Throws `invalid_request`, naming the record, for one that it cannot hold. */
export function setField(field: DraftField, draft: RequestDraft, name: string, { value, sourceId }: GivenValue): void {
  try {
    field.set(draft, value)
  } catch (cause) {
    if (!isEngineError(cause)) throw cause
    const whose = sourceId === null ? 'The defaults for all models' : `The model '${sourceId}'`
    throw new EngineError('invalid_request', `${whose} cannot be used as set up. ${cause.message}`, {
      cause,
      param: `params.${name}`,
    })
  }
}

function setOther(draft: RequestDraft, name: string, value: unknown, { extra, options }: OtherParams): void {
  if (name === 'options' && isPlainObject(value)) {
    if (options) draft.runtime.options = { ...draft.runtime.options, ...value }
    return
  }
  const isOption = KNOWN_OPTIONS.has(name)
  if (isOption || (options && !OLLAMA_ROOT.has(name))) {
    draft.runtime.options = { ...draft.runtime.options, [name]: value }
  }
  if (extra && !isOption) draft.extra[name] = value
  else if (OLLAMA_ROOT.has(name)) draft.extra[name] = value
}

function orNone<T extends object>(fields: T): T | undefined {
  return Object.keys(fields).length === 0 ? undefined : fields
}

function pick<Value>(map: ReadonlyMap<string, Value>, name: string): [string, Value][] {
  const value = map.get(name)
  return value === undefined ? [] : [[name, value]]
}
