import type { ParameterValue } from './modelfile.ts'
import { closestWord } from './problems.ts'

type ParameterType = 'integer' | 'number' | 'boolean' | 'text' | 'list'

/** Ollama's model parameters. Those that newer versions ignore stay here: older servers know them. */
const TYPES: Readonly<Record<string, ParameterType>> = {
  num_ctx: 'integer',
  num_batch: 'integer',
  num_gpu: 'integer',
  main_gpu: 'integer',
  num_thread: 'integer',
  num_keep: 'integer',
  num_predict: 'integer',
  seed: 'integer',
  top_k: 'integer',
  repeat_last_n: 'integer',
  mirostat: 'integer',
  top_p: 'number',
  min_p: 'number',
  typical_p: 'number',
  tfs_z: 'number',
  temperature: 'number',
  repeat_penalty: 'number',
  presence_penalty: 'number',
  frequency_penalty: 'number',
  mirostat_tau: 'number',
  mirostat_eta: 'number',
  use_mmap: 'boolean',
  use_mlock: 'boolean',
  low_vram: 'boolean',
  f16_kv: 'boolean',
  logits_all: 'boolean',
  vocab_only: 'boolean',
  numa: 'boolean',
  penalize_newline: 'boolean',
  stop: 'list',
}

const INTEGER = /^[+-]?\d{1,15}$/
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const TRUE = /^(true|t|1)$/i
const FALSE = /^(false|f|0)$/i

/**
 * Reads a parameter's value by its type and adds it to `parameters`; a list grows with each line. Returns a sentence if
 * it is wrong. A name that nobody knows yet is passed on with the type that it looks like: the server may be newer.
 */
export function addParameter(
  parameters: Record<string, ParameterValue>,
  name: string,
  text: string,
): { wrong: 'name' | 'value'; text: string } | null {
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined
  if (type === undefined) {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) {
      return { wrong: 'name', text: `"${name}" is no name of a parameter: it may have letters, digits and _.` }
    }
    const meant = closestWord(name, Object.keys(TYPES))
    if (meant !== null) return { wrong: 'name', text: `there is no parameter "${name}". Did you mean ${meant}?` }
  }
  if (type === 'list') {
    const before = parameters[name]
    if (Array.isArray(before)) before.push(text)
    else parameters[name] = [text]
    return null
  }
  const value = typedValue(type ?? typeByLook(text), text)
  if (value === null) return { wrong: 'value', text: wrongValue(name, type ?? 'text', text) }
  parameters[name] = value
  return null
}

function typedValue(type: ParameterType, text: string): ParameterValue | null {
  if (type === 'integer') return INTEGER.test(text) ? Number(text) : null
  if (type === 'number') return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : null
  if (type === 'boolean') return TRUE.test(text) ? true : FALSE.test(text) ? false : null
  return text
}

function typeByLook(text: string): ParameterType {
  if (NUMBER.test(text)) return 'number'
  return /^(true|false)$/i.test(text) ? 'boolean' : 'text'
}

function wrongValue(name: string, type: ParameterType, text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  const expected = type === 'integer' ? 'a whole number' : type === 'number' ? 'a number' : 'true or false'
  const comment = /\s#/.test(text) ? ' A comment needs a line of its own.' : ''
  return `${name} must be ${expected}, and this is "${shown}".${comment}`
}
