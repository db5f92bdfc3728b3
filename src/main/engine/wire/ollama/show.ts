import type { Capability, CatalogModel, LoadOptions } from '#shared/models.ts'
import type { GgufDetails } from '../../spec/llama-runtime.ts'
import { ollamaModelDetails } from './model-list.ts'
import { ollamaTimestamp } from './timestamps.ts'

const CAPABILITY_NAMES: Partial<Record<Capability, string>> = {
  chat: 'completion',
  completion: 'completion',
  embedding: 'embedding',
  tools: 'tools',
  vision: 'vision',
  reasoning: 'thinking',
}

/** Arrays that Ollama gives as null unless `verbose` is set. */
const TOKEN_ARRAYS = /^tokenizer\.ggml\.(tokens|scores|token_type|merges|added_tokens)$/

/**
 * /api/show. `gguf` is null for a model that no local runtime holds. Where its file lies is said only to who may know
 * (`tellsPath`).
 */
export function ollamaShow(model: CatalogModel, gguf: GgufDetails | null, tellsPath = true): object {
  const license = gguf?.file.facts?.license ?? null
  return {
    ...(license === null ? {} : { license }),
    modelfile: modelfile(model, gguf, tellsPath),
    parameters: parameterLines(gguf?.file.options ?? {}),
    template: gguf?.template ?? '',
    details: ollamaModelDetails(model),
    model_info: gguf === null ? catalogInfo(model) : metadataInfo(gguf),
    capabilities: capabilities(model),
    modified_at: ollamaTimestamp(model.modifiedAt),
  }
}

/**
 * In Ollama's words, where a model either completes or embeds: `ollama run` shows the vector of what is typed, and asks no
 * model that says it embeds. What completes can be asked for vectors all the same, as at Ollama.
 */
function capabilities(model: CatalogModel): string[] {
  const names = new Set(model.capabilities.flatMap((capability) => CAPABILITY_NAMES[capability] ?? []))
  if (names.has('completion')) names.delete('embedding')
  return [...names]
}

function metadataInfo(gguf: GgufDetails): Record<string, unknown> {
  const info: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(gguf.metadata)) {
    if (key !== 'tokenizer.chat_template') info[key] = TOKEN_ARRAYS.test(key) ? null : value
  }
  const count = gguf.file.facts?.parameterCount ?? null
  if (count !== null && info['general.parameter_count'] === undefined) info['general.parameter_count'] = count
  return info
}

function catalogInfo(model: CatalogModel): Record<string, unknown> {
  const family = model.family ?? 'unknown'
  return {
    'general.architecture': family,
    ...(model.contextLength === null ? {} : { [`${family}.context_length`]: model.contextLength }),
  }
}

function modelfile(model: CatalogModel, gguf: GgufDetails | null, tellsPath: boolean): string {
  const source = tellsPath ? (gguf?.file.path ?? model.id) : model.id
  const lines = ['# Modelfile written by Switchyard', `FROM ${source}`]
  if (gguf?.template) lines.push(`TEMPLATE """${gguf.template}"""`)
  return `${lines.join('\n')}\n`
}

/** The options saved for the model, in the columns that `ollama show` prints. */
function parameterLines(options: LoadOptions): string {
  const values: [string, unknown][] = [
    ['num_ctx', options.contextSize],
    ['num_gpu', options.gpuLayers],
    ['num_thread', options.threads],
    ['num_batch', options.batchSize],
    ['use_mmap', options.mmap],
    ['use_mlock', options.mlock],
  ]
  return values
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name.padEnd(30)} ${String(value)}`)
    .join('\n')
}
