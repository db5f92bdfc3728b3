export const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const
export type AnthropicEffort = (typeof EFFORTS)[number]

/** What one model takes, as far as it changes how a request has to be written. */
export interface AnthropicModelFacts {
  /** Tokens; null if unknown. */
  contextLength: number | null
  /** Largest `max_tokens`; null if unknown. */
  maxOutput: number | null
  vision: boolean
  /** Which `thinking.type` values it takes. All false: it does not think aloud. */
  thinking: { enabled: boolean; adaptive: boolean; disabled: boolean }
  /** Values of `output_config.effort` that it takes. */
  effort: readonly AnthropicEffort[]
  /** Whether it takes `output_config.format`. */
  structuredOutputs: boolean
  /** Whether `temperature` and `top_p` may come together, one at a time, or (with `top_k`) not at all. */
  sampling: 'both' | 'one' | 'none'
}

const NEVER = { enabled: false, adaptive: false, disabled: false }
const BY_BUDGET = { enabled: true, adaptive: false, disabled: true }
const EITHER_WAY = { enabled: true, adaptive: true, disabled: true }
const ADAPTIVE = { enabled: false, adaptive: true, disabled: true }

/** A server that speaks Anthropic's API with models of its own (DeepSeek, Kimi, GLM, LM Studio ...): the API's first rules. */
const FOREIGN: AnthropicModelFacts = {
  contextLength: null,
  maxOutput: null,
  vision: true,
  thinking: BY_BUDGET,
  effort: [],
  structuredOutputs: false,
  sampling: 'both',
}
/** A Claude that is newer than this table keeps to the newest rules that it knows. */
const NEWEST: AnthropicModelFacts = {
  contextLength: null,
  maxOutput: null,
  vision: true,
  thinking: ADAPTIVE,
  effort: EFFORTS,
  structuredOutputs: true,
  sampling: 'none',
}
const CLAUDE_3: AnthropicModelFacts = { ...FOREIGN, contextLength: 200_000, maxOutput: 4096, thinking: NEVER }
const CLAUDE_4: AnthropicModelFacts = { ...CLAUDE_3, maxOutput: 64_000, thinking: BY_BUDGET }
const CLAUDE_4_5: AnthropicModelFacts = { ...CLAUDE_4, structuredOutputs: true, sampling: 'one' }
const CLAUDE_4_6: AnthropicModelFacts = {
  ...CLAUDE_4_5,
  contextLength: 1_000_000,
  maxOutput: 128_000,
  thinking: EITHER_WAY,
  effort: ['low', 'medium', 'high', 'max'],
}
const CLAUDE_4_7: AnthropicModelFacts = { ...NEWEST, contextLength: 1_000_000, maxOutput: 128_000 }

/** First match wins; both orders of family and version are in use (`claude-4-opus-20250514`). */
const TABLE: [RegExp, AnthropicModelFacts][] = [
  [/^claude-(2|instant)/, { ...CLAUDE_3, contextLength: 100_000, vision: false }],
  [/^claude-3-7-/, { ...CLAUDE_4, maxOutput: 64_000 }],
  [/^claude-3-5-/, { ...CLAUDE_3, maxOutput: 8192 }],
  [/^claude-3-/, CLAUDE_3],
  [/^claude-opus-4-1\b/, { ...CLAUDE_4, maxOutput: 32_000, sampling: 'one' }],
  [/^claude-(opus-4(-0|-2\d{7})?|4-opus.*)$/, { ...CLAUDE_4, maxOutput: 32_000 }],
  [/^claude-(sonnet-4(-0|-2\d{7})?|4-sonnet.*)$/, CLAUDE_4],
  [/^claude-opus-4-5\b/, { ...CLAUDE_4_5, effort: ['low', 'medium', 'high'] }],
  [/^claude-(sonnet|haiku)-4-5\b/, CLAUDE_4_5],
  [/^claude-opus-4-6\b/, CLAUDE_4_6],
  [/^claude-sonnet-4-6\b/, { ...CLAUDE_4_6, maxOutput: 64_000 }],
  [/^claude-opus-4-[78]\b/, CLAUDE_4_7],
  [/^claude-(opus|sonnet|fable|mythos)-5\b/, CLAUDE_4_7],
  [/^claude-/, NEWEST],
]

/** What is known of a model by its name alone. */
export function anthropicModelFacts(model: string): AnthropicModelFacts {
  // Resellers put a vendor in front: `anthropic/claude-opus-4-5`, `us.anthropic.claude-…`.
  const name = model.slice(Math.max(0, model.lastIndexOf('claude-')))
  return TABLE.find(([pattern]) => pattern.test(name))?.[1] ?? FOREIGN
}

/** The facts, corrected by what the server itself says in its models list (`capabilities`, `max_tokens` ...). */
export function learnModelFacts(
  known: AnthropicModelFacts,
  entry: Readonly<Record<string, unknown>>,
): AnthropicModelFacts {
  const capabilities = record(entry.capabilities)
  const says = (path: string[], otherwise: boolean): boolean => {
    const supported = path.reduce<Record<string, unknown> | null>(
      (at, key) => record(at?.[key]),
      capabilities,
    )?.supported
    return typeof supported === 'boolean' ? supported : otherwise
  }
  const thinks = says(['thinking'], true)
  const takes = (type: keyof AnthropicModelFacts['thinking']): boolean =>
    thinks && says(['thinking', 'types', type], known.thinking[type])
  return {
    contextLength: positive(entry.max_input_tokens) ?? known.contextLength,
    maxOutput: positive(entry.max_tokens) ?? known.maxOutput,
    vision: says(['image_input'], known.vision),
    thinking: { enabled: takes('enabled'), adaptive: takes('adaptive'), disabled: takes('disabled') },
    effort: EFFORTS.filter(
      (effort) => says(['effort'], true) && says(['effort', effort], known.effort.includes(effort)),
    ),
    structuredOutputs: says(['structured_outputs'], known.structuredOutputs),
    sampling: known.sampling,
  }
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
}

function positive(value: unknown): number | null {
  return typeof value === 'number' && value > 0 ? value : null
}
