import type { ParameterInfo } from '#shared/presets.ts'
import { isRecord } from './preset-meta.ts'

export const PARAMETER_GROUPS = [
  'sampling',
  'length',
  'penalties',
  'context',
  'runtime',
  'reasoning',
  'output',
  'other',
] as const
export type ParameterGroup = (typeof PARAMETER_GROUPS)[number]

/** Parameters with a place of their own in the editor. */
const ELSEWHERE = new Set(['system', 'custom_params'])

/**
 * The rows of the editor by group, in the engine's order, what the base has no use for last. Parameters of the record that
 * the engine does not know come as JSON in `other`: nothing that is saved is out of sight.
 */
export function parameterGroups(
  infos: readonly ParameterInfo[],
  params: Readonly<Record<string, unknown>>,
): { group: ParameterGroup; infos: readonly ParameterInfo[] }[] {
  const known = new Set(infos.map((info) => info.name))
  const kept = Object.keys(params).filter((name) => !known.has(name) && !ELSEWHERE.has(name))
  return PARAMETER_GROUPS.flatMap((group) => {
    const members =
      group === 'other' ? kept.map(asJson) : infos.filter((info) => info.group === group && !ELSEWHERE.has(info.name))
    if (members.length === 0) return []
    return [{ group, infos: members.toSorted((a, b) => Number(b.supported) - Number(a.supported)) }]
  })
}

function asJson(name: string): ParameterInfo {
  return {
    name,
    kind: 'json',
    min: null,
    max: null,
    step: null,
    choices: [],
    initial: null,
    supported: true,
    group: 'output',
  }
}

/** How many parameters are set, the system prompt aside. */
export function countSet(params: Readonly<Record<string, unknown>>): number {
  const custom = isRecord(params.custom_params) ? Object.keys(params.custom_params).length : 0
  return Object.keys(params).filter((name) => !ELSEWHERE.has(name)).length + custom
}

/** Steps from which a slider is no longer drawn evenly: a context of 131,072 tokens is found by doubling. */
const EVEN_STEPS = 2_000

/** The values that a parameter's slider stops at; null for one without a range. */
export function sliderStops(info: ParameterInfo): { even: true } | { even: false; stops: number[] } | null {
  const { min, max, step, kind } = info
  if (min === null || max === null || max <= min) return null
  const unit = step ?? (kind === 'integer' ? 1 : (max - min) / 100)
  if ((max - min) / unit <= EVEN_STEPS) return { even: true }
  const stops: number[] = min < 1 ? [min] : []
  for (let stop = Math.max(1, min); stop < max; stop *= 2) stops.push(stop)
  stops.push(max)
  return { even: false, stops }
}

/** A value as one line of text, for tables and diffs. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
