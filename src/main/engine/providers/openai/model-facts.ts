import { createHash } from 'node:crypto'
import type { Capability } from '#shared/models.ts'
import type { UpstreamModel } from '../../spec/provider-adapter.ts'
import { firstCount, type JsonObject, listOf, objectOf, textOf } from '../../wire/openai/upstream-fields.ts'
import { bareModelName } from '../../wire/parameters/model-rules.ts'
import { ABILITY_NAMES, COMPLETION_NAMES, EMBEDDING_NAMES, OTHER_NAMES } from './model-names.ts'
import type { Vendor } from './vendor-table.ts'

/** An entry of a list of models as the catalog's; one that neither chats, completes nor embeds has no capability. */
export function toUpstreamModel(id: string, entry: JsonObject, vendor: Vendor, baseUrl: string): UpstreamModel {
  const meta = objectOf(entry.meta)
  const created = firstCount(entry.created, entry.created_at) ?? 0
  const parameterCount = firstCount(meta?.n_params)
  return {
    upstreamModel: id,
    name: textOf(entry.name) ?? textOf(entry.display_name) ?? id,
    capabilities: capabilitiesOf(id, entry, vendor),
    contextLength: contextLengthOf(entry),
    sizeBytes: firstCount(meta?.size, entry.size_bytes),
    quantization: textOf(entry.quantization) ?? textOf(objectOf(entry.quantization)?.name),
    parameterSize: parameterCount === null ? null : parameterText(parameterCount),
    family: textOf(entry.arch) ?? textOf(entry.family),
    // A cloud model has no content to hash: the same as long as it is the same entry of the same server.
    digest: createHash('sha256').update(`${baseUrl}\0${id}\0${created}`).digest('hex'),
    modifiedAt: created * 1000,
    loaded: isLoaded(entry, vendor),
    state: 'ready',
    reason: null,
    isDemo: false,
    ownedBy: textOf(entry.owned_by),
    raw: entry,
  }
}

/** Tokens, by any of the names in use. */
function contextLengthOf(entry: JsonObject): number | null {
  const length = firstCount(
    entry.loaded_context_length,
    entry.context_length,
    entry.context_window,
    entry.max_model_len,
    entry.max_context_length,
    entry.context_size,
    entry.max_input_tokens,
    entry.input_token_limit,
    objectOf(entry.top_provider)?.context_length,
    objectOf(entry.limits)?.max_input_tokens,
    objectOf(entry.model_spec)?.availableContextTokens,
    objectOf(entry.meta)?.n_ctx,
    objectOf(entry.meta)?.n_ctx_train,
  )
  return length === null || length === 0 ? null : Math.trunc(length)
}

function isLoaded(entry: JsonObject, vendor: Vendor): boolean {
  const state = textOf(entry.state) ?? textOf(objectOf(entry.status)?.value)
  if (state !== null) return state === 'loaded'
  return typeof entry.loaded === 'boolean' ? entry.loaded : vendor.listsLoaded
}

/** What a model can do: what the entry says counts before what the name tells. None: nothing that we ask for. */
function capabilitiesOf(id: string, entry: JsonObject, vendor: Vendor): Capability[] {
  const name = bareModelName(id)
  const told = toldWords(entry)
  const kind = kindOf(name, entry, told)
  if (kind === 'other') return []
  if (kind === 'embedding') return ['embedding']
  const completes = vendor.completions === 'all' || (vendor.completions !== 'none' && vendor.completions.test(name))
  if (kind === 'completion') return completes ? ['completion'] : []
  const capabilities = new Set<Capability>(['chat'])
  if (completes) capabilities.add('completion')
  if (told.parameters === null) for (const each of vendor.assumed) capabilities.add(each)
  for (const [capability, words] of TOLD) if (words.some((word) => told.words.has(word))) capabilities.add(capability)
  for (const [capability, pattern] of ABILITY_NAMES) {
    const isTold = capability === 'vision' ? told.modalities !== null : told.parameters !== null
    if (!isTold && pattern.test(name)) capabilities.add(capability)
  }
  return [...capabilities]
}

/** Words in lists of modalities, parameters and abilities, and what they mean. */
const TOLD: readonly (readonly [Capability, readonly string[]])[] = [
  ['vision', ['image', 'vision', 'multimodal', 'vlm']],
  ['tools', ['tools', 'tool_use', 'tool_call', 'function_calling', 'tool_choice']],
  ['reasoning', ['reasoning', 'include_reasoning', 'reasoning_effort', 'thinking']],
  ['json-schema', ['structured_outputs', 'json_schema', 'response_format', 'structured_output']],
]

interface Told {
  /** What it takes in; null if the entry does not say. */
  modalities: readonly string[] | null
  /** The request fields that it takes; null if the entry does not say. */
  parameters: readonly string[] | null
  words: ReadonlySet<string>
}

function toldWords(entry: JsonObject): Told {
  const architecture = objectOf(entry.architecture)
  const modalities = textsOf(architecture?.input_modalities ?? entry.input_modalities)
  const parameters = textsOf(entry.supported_parameters)
  const listed = textsOf(entry.capabilities) ?? []
  // Mistral: {function_calling: true, vision: false}; Azure: {chat_completion: true}.
  const flags = Object.entries(objectOf(entry.capabilities) ?? {})
  const words = [
    ...(modalities ?? []),
    ...(parameters ?? []),
    ...listed,
    ...flags.filter(([, value]) => value === true).map(([key]) => key),
    ...[textOf(entry.type)].filter((type) => type !== null),
  ]
  const saysVision = flags.some(([key]) => key === 'vision') || textOf(entry.type) !== null || listed.length > 0
  return {
    modalities: modalities ?? (saysVision ? [] : null),
    parameters: parameters ?? (flags.some(([key]) => key === 'function_calling') ? [] : null),
    words: new Set(words.map((word) => word.toLowerCase())),
  }
}

function kindOf(name: string, entry: JsonObject, told: Told): 'chat' | 'completion' | 'embedding' | 'other' {
  const type = (textOf(entry.type) ?? textOf(entry.model_type) ?? '').toLowerCase()
  if (/embed/.test(type)) return 'embedding'
  if (/^(image|audio|video|moderation|rerank|transcribe|tts|stt|asr)/.test(type)) return 'other'
  const says = (word: string): boolean => told.words.has(word)
  if (says('chat') || says('chat_completion') || says('completion_chat')) return 'chat'
  if (says('embeddings') || says('embedding')) return 'embedding'
  // LocalAI tells all that a model is for; one that is for something else cannot be asked.
  if (SPECIALISED.some(says)) return says('completion') ? 'completion' : 'other'
  const outputs = textsOf(objectOf(entry.architecture)?.output_modalities ?? entry.output_modalities)
  if (outputs !== null && outputs.length > 0 && !outputs.includes('text')) {
    return outputs.some((output) => /embed/.test(output)) ? 'embedding' : 'other'
  }
  if (EMBEDDING_NAMES.test(name)) return 'embedding'
  if (COMPLETION_NAMES.test(name)) return 'completion'
  return OTHER_NAMES.test(name) ? 'other' : 'chat'
}

const SPECIALISED = ['transcript', 'tts', 'rerank', 'sound_generation', 'vad', 'detection', 'diarization'] as const

function textsOf(value: unknown): string[] | null {
  return Array.isArray(value) ? listOf(value).filter((item) => typeof item === 'string') : null
}

/** Parameters as Ollama writes them: `8.0B`, `751.63M`. */
function parameterText(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)}B`
  return count >= 1e6 ? `${(count / 1e6).toFixed(2)}M` : String(count)
}
