import type { ProviderKind } from '#shared/place.ts'
import type { ParameterInfo } from '#shared/presets.ts'

/** A parameter as the app knows it; a new one is a new row. */
export interface ParameterRow {
  name: string
  kind: ParameterInfo['kind']
  group: ParameterInfo['group']
  /** Of the slider; what `initial` starts from lies within. */
  min: number | null
  max: number | null
  step: number | null
  choices: readonly string[]
  initial: unknown
  /** What is accepted, where people may go beyond the slider. */
  lowest: number | null
  highest: number | null
  /** Providers that can be told it. */
  told: ReadonlySet<ProviderKind>
}

const LOCAL = ['llama', 'ollama'] as const
const ALL = ['llama', 'ollama', 'openai', 'azure', 'anthropic', 'localai'] as const
const NOT_ANTHROPIC = ['llama', 'ollama', 'openai', 'azure', 'localai'] as const
/** Beyond any context window. */
const MOST_TOKENS = 10_000_000

type Rest = Partial<Pick<ParameterRow, 'min' | 'max' | 'step' | 'choices' | 'lowest' | 'highest'>>

function row(
  name: string,
  kind: ParameterRow['kind'],
  group: ParameterRow['group'],
  initial: unknown,
  told: readonly ProviderKind[],
  rest: Rest = {},
): ParameterRow {
  const { min = null, max = null } = rest
  return {
    name,
    kind,
    group,
    min,
    max,
    step: rest.step ?? (kind === 'integer' ? 1 : null),
    choices: rest.choices ?? [],
    initial,
    lowest: rest.lowest ?? min,
    highest: rest.highest ?? max,
    told: new Set(told),
  }
}

/** In the order of the editor. Ranges and first values are those that people know from Open WebUI. */
export const PARAMETER_TABLE: readonly ParameterRow[] = [
  row('temperature', 'number', 'sampling', 0.8, ALL, { min: 0, max: 2, step: 0.05 }),
  row('top_p', 'number', 'sampling', 0.9, ALL, { min: 0, max: 1, step: 0.05 }),
  row('top_k', 'integer', 'sampling', 40, ['llama', 'ollama', 'openai', 'anthropic', 'localai'], {
    min: 0,
    max: 1_000,
    // Several servers say "off" so.
    lowest: -1,
  }),
  row('min_p', 'number', 'sampling', 0, ['llama', 'ollama', 'openai', 'localai'], { min: 0, max: 1, step: 0.05 }),
  row('seed', 'integer', 'sampling', 0, NOT_ANTHROPIC, { lowest: -(2 ** 64), highest: 2 ** 64 }),
  row('mirostat', 'integer', 'sampling', 0, ['ollama', 'localai'], { min: 0, max: 2 }),
  row('mirostat_eta', 'number', 'sampling', 0.1, ['ollama', 'localai'], { min: 0, max: 1, step: 0.05 }),
  row('mirostat_tau', 'number', 'sampling', 5, ['ollama', 'localai'], { min: 0, max: 10, step: 0.5 }),
  row('tfs_z', 'number', 'sampling', 1, ['ollama'], { min: 0, max: 2, step: 0.05 }),
  row('max_tokens', 'integer', 'length', 128, ALL, { min: -2, max: 131_072, highest: MOST_TOKENS }),
  row('stop', 'list', 'length', [], ALL),
  row('frequency_penalty', 'number', 'penalties', 1.1, NOT_ANTHROPIC, { min: -2, max: 2, step: 0.05 }),
  row('presence_penalty', 'number', 'penalties', 0, NOT_ANTHROPIC, { min: -2, max: 2, step: 0.05 }),
  row('repeat_penalty', 'number', 'penalties', 1.1, ['llama', 'ollama', 'openai', 'localai'], {
    min: -2,
    max: 2,
    step: 0.05,
  }),
  row('repeat_last_n', 'integer', 'penalties', 64, ['llama', 'ollama'], { min: -1, max: 128, highest: MOST_TOKENS }),
  row('logit_bias', 'json', 'penalties', {}, ['llama', 'openai', 'azure', 'localai']),
  row('num_ctx', 'integer', 'context', 2_048, LOCAL, { min: 1, max: 131_072, highest: MOST_TOKENS }),
  row('num_keep', 'integer', 'context', 24, ['ollama'], { min: -1, max: 131_072, highest: MOST_TOKENS }),
  row('num_batch', 'integer', 'runtime', 512, LOCAL, { min: 1, max: 8_192, highest: 65_536 }),
  row('num_thread', 'integer', 'runtime', 2, LOCAL, { min: 1, max: 256, lowest: 0, highest: 1_024 }),
  // Below 0 and far above every layer count are common ways to say "as many as fit" and "all".
  row('num_gpu', 'integer', 'runtime', 0, LOCAL, { min: 0, max: 256, lowest: -1, highest: 10_000 }),
  row('use_mmap', 'boolean', 'runtime', true, LOCAL),
  row('use_mlock', 'boolean', 'runtime', true, LOCAL),
  row('keep_alive', 'text', 'runtime', '5m', LOCAL),
  row('reasoning_effort', 'choice', 'reasoning', 'medium', ['ollama', 'openai', 'azure', 'anthropic', 'localai'], {
    choices: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'],
  }),
  row('think', 'choice', 'reasoning', 'true', ['ollama', 'openai', 'azure', 'anthropic', 'localai'], {
    choices: ['true', 'false', 'low', 'medium', 'high'],
  }),
  row('format', 'json', 'output', 'json', ALL),
  row('response_format', 'json', 'output', { type: 'json_object' }, ALL),
  row('stream_response', 'boolean', 'output', true, ALL),
  row('custom_params', 'json', 'output', {}, ALL),
]

const BY_NAME: ReadonlyMap<string, ParameterRow> = new Map(PARAMETER_TABLE.map((each) => [each.name, each]))

/** Null for a parameter that the app does not know: it is kept and passed on. */
export function parameterRow(name: string): ParameterRow | null {
  return BY_NAME.get(name) ?? null
}
