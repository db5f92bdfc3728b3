import type { Capability } from '#shared/models.ts'
import type { UpstreamModel } from '../../spec/provider-adapter.ts'
import { isObject } from './upstream-options.ts'

type Json = Record<string, unknown>

/** What /api/show tells beyond the list. */
export interface OllamaShown {
  capabilities: Capability[]
  /** Tokens that the model was made for; a smaller `num_ctx` of its Modelfile counts instead. */
  contextLength: number | null
}

/** A loaded model as /api/ps tells of it. */
export interface OllamaLoaded {
  /** Epoch ms; null: it stays. */
  expiresAt: number | null
  vramBytes: number | null
}

/** Ollama shows a time in the year 2318 for a model that stays; nobody plans ten years ahead. */
const STAYS_AFTER_MS = 10 * 365 * 86_400_000

/** The list of /api/tags or /api/ps; null if the answer is something else. Go's empty list may come as null. */
export function ollamaEntries(answer: unknown): Json[] | null {
  if (!isObject(answer) || !('models' in answer)) return null
  if (answer.models === null) return []
  return Array.isArray(answer.models) ? answer.models.filter(isObject) : null
}

/** A model's name in a list entry; null if it has none. */
export function ollamaEntryName(entry: Readonly<Json>): string | null {
  return text(entry.model) ?? text(entry.name)
}

/** What a model is known by: equal digests are the same model. Old servers and odd ones may not give any. */
export function ollamaEntryDigest(entry: Readonly<Json>): string {
  const digest = text(entry.digest)?.replace(/^sha256:/, '')
  return digest ?? Buffer.from(`${ollamaEntryName(entry)} ${text(entry.modified_at) ?? ''}`).toString('hex')
}

/** Loaded models by name. `now` is in epoch ms. */
export function ollamaLoadedModels(entries: readonly Json[], now: number): Map<string, OllamaLoaded> {
  const loaded = new Map<string, OllamaLoaded>()
  for (const entry of entries) {
    const name = ollamaEntryName(entry)
    if (name === null) continue
    const expiresAt = Date.parse(text(entry.expires_at) ?? '')
    const isPlanned = Number.isFinite(expiresAt) && expiresAt > 0 && expiresAt - now < STAYS_AFTER_MS
    loaded.set(name, { expiresAt: isPlanned ? expiresAt : null, vramBytes: number(entry.size_vram) })
  }
  return loaded
}

/** What /api/show says of a model. `entry` is its place in the list, for servers that name no capabilities. */
export function ollamaShown(answer: Readonly<Json>, entry: Readonly<Json>): OllamaShown {
  const info = isObject(answer.model_info) ? answer.model_info : {}
  const architecture = text(info['general.architecture']) ?? ''
  const made = number(info[`${architecture}.context_length`])
  const chosen = numCtx(text(answer.parameters) ?? '')
  const lengths = [made, chosen].filter((length) => length !== null)
  return {
    capabilities: namedCapabilities(answer.capabilities) ?? inferredCapabilities(entry, answer),
    contextLength: lengths.length === 0 ? null : Math.min(...lengths),
  }
}

/** A list entry as a model; `shown` is null until /api/show was asked for it. */
export function ollamaUpstreamModel(
  entry: Readonly<Json>,
  name: string,
  shown: OllamaShown | null,
  loaded: OllamaLoaded | null,
): UpstreamModel {
  const details = isObject(entry.details) ? entry.details : {}
  const modifiedAt = Date.parse(text(entry.modified_at) ?? '')
  return {
    upstreamModel: name,
    name,
    capabilities: shown?.capabilities ?? namedCapabilities(entry.capabilities) ?? inferredCapabilities(entry, {}),
    contextLength: shown?.contextLength ?? null,
    sizeBytes: number(entry.size),
    quantization: text(details.quantization_level),
    parameterSize: text(details.parameter_size),
    family: text(details.family),
    digest: ollamaEntryDigest(entry),
    modifiedAt: Number.isFinite(modifiedAt) ? modifiedAt : 0,
    loaded: loaded !== null,
    state: 'ready',
    reason: null,
    isDemo: false,
    expiresAt: loaded?.expiresAt ?? null,
    vramBytes: loaded?.vramBytes ?? null,
    raw: entry,
  }
}

const CAPABILITIES: Readonly<Record<string, readonly Capability[]>> = {
  // Every model that writes text is held to a schema by Ollama's own grammar.
  completion: ['chat', 'completion', 'json-schema'],
  embedding: ['embedding'],
  tools: ['tools'],
  vision: ['vision'],
  thinking: ['reasoning'],
}

function namedCapabilities(named: unknown): Capability[] | null {
  if (!Array.isArray(named)) return null
  return named.flatMap((name) => CAPABILITIES[String(name)] ?? [])
}

/** What releases before 0.6.4 leave to be found out: from the families, the projector and the template. */
function inferredCapabilities(entry: Readonly<Json>, answer: Readonly<Json>): Capability[] {
  const details = isObject(entry.details) ? entry.details : {}
  const families = [details.family, ...(Array.isArray(details.families) ? details.families : [])].map(String)
  const info = isObject(answer.model_info) ? answer.model_info : {}
  const isEmbedding =
    families.some((family) => /bert/i.test(family)) || Object.keys(info).some((key) => key.endsWith('.pooling_type'))
  if (isEmbedding) return ['embedding']
  const template = text(answer.template) ?? ''
  const sees = isObject(answer.projector_info) || families.some((family) => /^(clip|mllama)$/i.test(family))
  return [
    'chat',
    'completion',
    'json-schema',
    ...(template.includes('.Tools') ? (['tools'] as const) : []),
    ...(sees ? (['vision'] as const) : []),
    ...(/\.Think|<think>/.test(template) ? (['reasoning'] as const) : []),
  ]
}

/** `num_ctx` among the lines of a Modelfile's parameters. */
function numCtx(parameters: string): number | null {
  const found = /^num_ctx\s+(\d+)\s*$/m.exec(parameters)
  return found === null ? null : Number(found[1])
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
