import { layOver, type ModelParameters, mergeCustomParameters } from './custom-parameters.ts'
import {
  asBoolean,
  asFloat,
  asInteger,
  asIs,
  asStopTexts,
  isPlainObject,
  type ParameterCasts,
  parsedIfJson,
} from './parameter-casts.ts'

const CASTS: ParameterCasts = new Map([
  ...['temperature', 'top_p', 'min_p', 'mirostat_eta', 'mirostat_tau'].map((name) => [name, asFloat] as const),
  ...['repeat_penalty', 'presence_penalty', 'frequency_penalty'].map((name) => [name, asFloat] as const),
  ...['mirostat', 'num_ctx', 'num_batch', 'num_keep', 'num_predict'].map((name) => [name, asInteger] as const),
  ...['repeat_last_n', 'top_k', 'num_gpu', 'num_thread'].map((name) => [name, asInteger] as const),
  ['use_mmap', asBoolean],
  ['use_mlock', asBoolean],
  ['seed', asIs],
  ['stop', asStopTexts],
])

/** Parameters that are fields of the request itself, not of its `options`. */
const ROOT: ParameterCasts = new Map([
  ['format', parsedIfJson],
  ['keep_alive', parsedIfJson],
  ['think', asIs],
])

/** What Ollama calls a parameter that Open WebUI names as OpenAI does. */
const RENAMED: Readonly<Record<string, string>> = { max_tokens: 'num_predict' }

/**
 * Lays a model's parameters over an Ollama body: into its `options`, whose other entries stay, and `format`,
 * `keep_alive` and `think` beside them. Throws `invalid_request` that names the parameter.
 */
export function applyOllamaParameters(
  body: Readonly<Record<string, unknown>>,
  parameters: ModelParameters,
): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  const options: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(mergeCustomParameters(parameters))) {
    if (ROOT.has(key)) root[key] = value
    else options[RENAMED[key] ?? key] = value
  }
  const result = layOver(body, root, ROOT)
  const before = isPlainObject(body.options) ? body.options : {}
  const laid = layOver(before, options, CASTS)
  if (Object.keys(laid).length > 0) result.options = laid
  return result
}
