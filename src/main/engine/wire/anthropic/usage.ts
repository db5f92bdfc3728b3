import type { Usage } from '../../spec/stream-part.ts'

/** Token counts as Anthropic gives them: `input_tokens` are only those that no cache served or took up. */
export interface AnthropicUsage {
  input_tokens: number
  cache_creation_input_tokens: number
  cache_read_input_tokens: number
  output_tokens: number
  output_tokens_details?: { thinking_tokens: number }
}

/** The engine's usage in Anthropic's shape; zeros if the upstream reported none. */
export function anthropicUsage(usage: Usage | null): AnthropicUsage {
  if (usage === null) {
    return { input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0 }
  }
  const read = usage.cachedPromptTokens ?? 0
  const written = usage.cacheWrittenTokens ?? 0
  return {
    input_tokens: Math.max(0, usage.promptTokens - read - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    output_tokens: usage.completionTokens,
    ...(usage.reasoningTokens === undefined
      ? {}
      : { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }),
  }
}

/** Anthropic's usage (that of `message_start`, overlaid with that of `message_delta`) in the engine's shape. */
export function usageFromAnthropic(raw: Readonly<Record<string, unknown>>): Usage {
  const read = count(raw, 'cache_read_input_tokens')
  const written = count(raw, 'cache_creation_input_tokens')
  const reasoning = count(raw.output_tokens_details, 'thinking_tokens')
  return {
    promptTokens: (count(raw, 'input_tokens') ?? 0) + (read ?? 0) + (written ?? 0),
    ...(read === undefined ? {} : { cachedPromptTokens: read }),
    ...(written === undefined ? {} : { cacheWrittenTokens: written }),
    completionTokens: count(raw, 'output_tokens') ?? 0,
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
    raw,
  }
}

function count(object: unknown, field: string): number | undefined {
  if (typeof object !== 'object' || object === null) return undefined
  const value = (object as Record<string, unknown>)[field]
  return typeof value === 'number' ? value : undefined
}
