import { EngineError } from '../../spec/engine-error.ts'
import { keepAliveSeconds } from '../../wire/keep-alive.ts'
import { parseLogitBias } from '../../wire/parameters/logit-bias.ts'
import { isPlainObject, parsedIfJson } from '../../wire/parameters/parameter-casts.ts'
import { type ParameterRow, parameterRow } from './parameter-table.ts'

const SWITCH_WORDS: ReadonlySet<string> = new Set(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'])
const THINK_WORDS: ReadonlySet<string> = new Set(['true', 'false', 'low', 'medium', 'high'])

/** What is expected of a value; null if it is as it should be. */
type Check = (value: unknown) => string | null

/** Parameters whose values are more than a number, a text or a switch. */
const CHECKS: ReadonlyMap<string, Check> = new Map([
  ['system', isText],
  ['template', isText],
  ['stop', (value) => (typeof value === 'string' || isTexts(value) ? null : 'a list of texts')],
  ['logit_bias', checkLogitBias],
  ['keep_alive', checkKeepAlive],
  ['think', checkThink],
  ['format', checkFormat],
  ['response_format', checkResponseFormat],
  ['reasoning_effort', (value) => (typeof value === 'string' && value !== '' ? null : 'a word such as "medium"')],
  ['custom_params', (value) => (isPlainObject(value) ? null : 'an object')],
  ['stream_delta_chunk_size', (value) => (isWhole(value, 1) ? null : 'a whole number from 1')],
  ['compact_token_threshold', (value) => (isWhole(value, 0) ? null : 'a whole number from 0')],
  ['function_calling', isText],
])

/**
 * Throws `invalid_request` naming the first parameter (`params.temperature`) with a value of the wrong type or out of
 * range. Null means "not set"; numbers may be texts, as they are cast before they are sent; unknown parameters pass.
 */
export function checkParams(params: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(params)) {
    if (value === null || value === undefined) continue
    const row = parameterRow(name)
    const expected = CHECKS.get(name)?.(value) ?? (row === null || CHECKS.has(name) ? null : expectedOf(row, value))
    if (expected !== null) throw refusal(name, expected, value)
  }
}

function expectedOf(row: ParameterRow, value: unknown): string | null {
  switch (row.kind) {
    case 'boolean':
      return isSwitch(value) ? null : 'true or false'
    case 'number':
    case 'integer': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      const fits =
        typeof number === 'number' &&
        Number.isFinite(number) &&
        (row.kind === 'number' || Number.isInteger(number)) &&
        (row.lowest === null || number >= row.lowest) &&
        (row.highest === null || number <= row.highest)
      return fits ? null : wordsFor(row)
    }
    default:
      return null
  }
}

function wordsFor({ name, kind, lowest, highest }: ParameterRow): string {
  const what = kind === 'integer' ? 'a whole number' : 'a number'
  return name === 'seed' || lowest === null || highest === null ? what : `${what} from ${lowest} to ${highest}`
}

function refusal(name: string, expected: string, value: unknown): EngineError {
  const got = (JSON.stringify(value) ?? String(value)).slice(0, 80)
  const param = `params.${name}`
  return new EngineError('invalid_request', `Invalid '${param}': expected ${expected}, received ${got}.`, { param })
}

function isText(value: unknown): string | null {
  return typeof value === 'string' ? null : 'a text'
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

function isSwitch(value: unknown): boolean {
  return typeof value === 'boolean' || (typeof value === 'string' && SWITCH_WORDS.has(value.trim().toLowerCase()))
}

function isWhole(value: unknown, least: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least
}

function checkLogitBias(value: unknown): string | null {
  const expected = 'an object of token: bias (-100 to 100), or a text "token:bias,token:bias"'
  const parsed = parsedIfJson(value)
  if (typeof parsed === 'string') {
    try {
      parseLogitBias(parsed)
      return null
    } catch {
      return expected
    }
  }
  const fits =
    isPlainObject(parsed) && Object.values(parsed).every((bias) => typeof bias === 'number' && Math.abs(bias) <= 100)
  return fits ? null : expected
}

function checkKeepAlive(value: unknown): string | null {
  const expected = 'a duration such as "5m", -1 or 0'
  if (typeof value !== 'string' && typeof value !== 'number') return expected
  try {
    keepAliveSeconds(value)
    return null
  } catch {
    return expected
  }
}

function checkThink(value: unknown): string | null {
  if (typeof value === 'boolean') return null
  return typeof value === 'string' && THINK_WORDS.has(value) ? null : 'true, false, "low", "medium" or "high"'
}

function checkFormat(value: unknown): string | null {
  return value === '' || value === 'json' || isPlainObject(parsedIfJson(value)) ? null : '"json" or a JSON Schema'
}

function checkResponseFormat(value: unknown): string | null {
  const parsed = parsedIfJson(value)
  const expected = 'an object whose type is "text", "json_object" or "json_schema" with its schema'
  if (!isPlainObject(parsed)) return expected
  if (parsed.type === 'text' || parsed.type === 'json_object') return null
  const named = parsed.json_schema
  return parsed.type === 'json_schema' && isPlainObject(named) && isPlainObject(named.schema) ? null : expected
}
