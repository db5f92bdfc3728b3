import type { Usage } from '../../spec/stream-part.ts'

export interface OpenAiUsage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  prompt_tokens_details: { cached_tokens: number; cache_write_tokens?: number }
  completion_tokens_details: { reasoning_tokens: number }
}

/** Token counts in OpenAI's shape; null if the upstream reported none. */
export function openAiUsage(usage: Usage | null): OpenAiUsage | null {
  if (usage === null) return null
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedPromptTokens ?? 0,
      ...(usage.cacheWrittenTokens === undefined ? {} : { cache_write_tokens: usage.cacheWrittenTokens }),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
  }
}
