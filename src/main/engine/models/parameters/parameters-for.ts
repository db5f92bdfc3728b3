import type { CatalogModel } from '#shared/models.ts'
import type { ParameterInfo } from '#shared/presets.ts'
import { bareModelName, hasFixedSampling } from '../../wire/parameters/model-rules.ts'
import { PARAMETER_TABLE, type ParameterRow } from './parameter-table.ts'

/** OpenAI's own models: nobody who serves them takes the samplers of local servers. */
const OPENAI_OWN = /^(gpt-\d|gpt-4o|chatgpt|o\d)/
const LOCAL_SAMPLERS: ReadonlySet<string> = new Set(['top_k', 'min_p', 'repeat_penalty'])
const FIXED: ReadonlySet<string> = new Set(['temperature', 'top_p'])
/** Measured in tokens of the context, so its length is where their sliders end. */
const WITHIN_CONTEXT: ReadonlySet<string> = new Set(['max_tokens', 'num_ctx', 'num_keep'])

/**
 * The parameters of the editor with ranges fit to who runs this base model. Without one (null, or nobody holds it now)
 * everything counts as supported. What no holder can be told is kept, with `supported: false`.
 */
export function parametersFor(base: CatalogModel | null): ParameterInfo[] {
  const contextLength = base === null ? null : longestContext(base)
  return PARAMETER_TABLE.map((row) => {
    const max = contextLength !== null && WITHIN_CONTEXT.has(row.name) ? contextLength : maxFor(row, base)
    const { name, kind, min, step, group } = row
    return {
      name,
      kind,
      min,
      max,
      step,
      choices: [...row.choices],
      initial: typeof row.initial === 'number' && max !== null ? Math.min(row.initial, max) : row.initial,
      supported: isSupported(row, base),
      group,
    }
  })
}

/** Anthropic's API goes to 1; with another provider beside it, the wider range is offered. */
function maxFor({ name, max }: ParameterRow, base: CatalogModel | null): number | null {
  if (name !== 'temperature' || base === null || base.holders.length === 0) return max
  return base.holders.every(({ provider }) => provider === 'anthropic') ? 1 : max
}

function isSupported({ name, told }: ParameterRow, base: CatalogModel | null): boolean {
  if (base === null || base.holders.length === 0) return true
  return base.holders.some(({ provider, upstreamModel }) => {
    if (!told.has(provider)) return false
    if (provider !== 'openai' && provider !== 'azure') return true
    if (LOCAL_SAMPLERS.has(name)) return !OPENAI_OWN.test(bareModelName(upstreamModel))
    return !FIXED.has(name) || !hasFixedSampling(upstreamModel)
  })
}

function longestContext(base: CatalogModel): number | null {
  const lengths = [base.contextLength, ...base.holders.map((holder) => holder.contextLength)]
  const known = lengths.filter((length): length is number => length !== null && length > 0)
  return known.length === 0 ? null : Math.max(...known)
}
