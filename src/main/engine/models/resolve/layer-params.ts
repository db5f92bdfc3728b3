import type { ModelDefaults, Preset, ValueSource } from '#shared/presets.ts'
import { mergeCustomParameters } from '../../wire/parameters/custom-parameters.ts'
import { isPlainObject } from '../../wire/parameters/parameter-casts.ts'

/** A value that a record or the global defaults give to a parameter. */
export interface GivenValue {
  value: unknown
  /** `model` is locked: it wins over the request. The others fill in what the request leaves open. */
  source: Extract<ValueSource, 'model' | 'model-default' | 'global'>
  /** The record's id; null for the global defaults. */
  sourceId: string | null
}

/** By parameter, strongest first: the record that was asked for, those below it, the global defaults. Never empty lists. */
export type LayeredParams = ReadonlyMap<string, readonly [GivenValue, ...GivenValue[]]>

/** Parameters that steer clients and gateways; requests do not carry them. */
export const CLIENT_PARAMETERS: ReadonlySet<string> = new Set([
  'stream_response',
  'stream_delta_chunk_size',
  'function_calling',
  'reasoning_tags',
  'compact_token_threshold',
])

/** Other names of the same parameter. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['num_predict', 'max_tokens'],
  ['max_completion_tokens', 'max_tokens'],
])

type Params = Readonly<Record<string, unknown>>

/**
 * The parameters of a chain and the global defaults. The nearest record that sets a parameter decides its value and, by
 * `meta.switchyard.modes`, whether it is locked. `system` is none of them: prompts add up.
 */
export function layerParams(chain: readonly Preset[], defaults: Pick<ModelDefaults, 'params'>): LayeredParams {
  const layers = new Map<string, [GivenValue, ...GivenValue[]]>()
  const add = (name: string, given: GivenValue): void => {
    const before = layers.get(name)
    if (before === undefined) layers.set(name, [given])
    else before.push(given)
  }
  for (const { id, params, meta } of chain) {
    const modes = modesOf(meta)
    for (const [name, value] of Object.entries(namedParams(params))) {
      const mode = modes?.[name] ?? (Object.hasOwn(params, name) ? undefined : modes?.custom_params)
      add(name, { value, source: mode === 'default' ? 'model-default' : 'model', sourceId: id })
    }
  }
  for (const [name, value] of Object.entries(namedParams(defaults.params))) {
    add(name, { value, source: 'global', sourceId: null })
  }
  return layers
}

/** Parameters by their usual names, `custom_params` merged in; what is not set (null) is left out. */
export function namedParams(params: Params): Record<string, unknown> {
  const merged = mergeCustomParameters(params)
  for (const name of CLIENT_PARAMETERS) if (Object.hasOwn(params, name)) merged[name] = params[name]
  const named: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(merged)) {
    if (value === null || value === undefined || name === '__proto__') continue
    const usual = ALIASES.get(name) ?? name
    if (usual === name || merged[usual] === null || merged[usual] === undefined) named[usual] = value
  }
  return named
}

/** Whether a set of parameters changes what is sent. */
export function changesRequests(params: Params): boolean {
  for (const name in params) {
    const value = params[name]
    if (value === null || value === undefined || CLIENT_PARAMETERS.has(name)) continue
    if (name === 'system' && (typeof value !== 'string' || value.trim() === '')) continue
    if (name === 'custom_params' && (!isPlainObject(value) || Object.keys(value).length === 0)) continue
    return true
  }
  return false
}

/** The prompt of a set of parameters; null if it has none. */
export function systemOf(params: Params): string | null {
  const { system } = params
  return typeof system === 'string' && system.trim() !== '' ? system : null
}

/** True if the record lets a request's own system prompt stand alone. */
export function yieldsSystem({ meta }: Preset): boolean {
  return modesOf(meta)?.system === 'default'
}

function modesOf(meta: Params): Params | null {
  const own = meta.switchyard
  const modes = isPlainObject(own) ? own.modes : null
  return isPlainObject(modes) ? modes : null
}
