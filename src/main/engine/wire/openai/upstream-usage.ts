import type { Timings, Usage } from '../../spec/stream-part.ts'
import { countOf, firstCount, type JsonObject, objectOf } from './upstream-fields.ts'

/** Token counts by any of the names in use; null if there are none. */
export function toUsage(raw: unknown): Usage | null {
  const usage = objectOf(raw)
  if (usage === null) return null
  const prompt = firstCount(usage.prompt_tokens, usage.input_tokens, usage.prompt_eval_count, usage.prompt_n)
  const completion = firstCount(usage.completion_tokens, usage.output_tokens, usage.eval_count, usage.predicted_n)
  if (prompt === null && completion === null) return null
  const promptDetails = objectOf(usage.prompt_tokens_details) ?? objectOf(usage.input_tokens_details)
  const completionDetails = objectOf(usage.completion_tokens_details) ?? objectOf(usage.output_tokens_details)
  const cached = firstCount(promptDetails?.cached_tokens, usage.prompt_cache_hit_tokens, usage.cached_tokens)
  const written = countOf(promptDetails?.cache_write_tokens)
  const reasoning = firstCount(completionDetails?.reasoning_tokens, usage.reasoning_tokens)
  return {
    promptTokens: prompt ?? 0,
    completionTokens: completion ?? 0,
    ...(cached === null ? {} : { cachedPromptTokens: cached }),
    ...(written === null ? {} : { cacheWrittenTokens: written }),
    ...(reasoning === null ? {} : { reasoningTokens: reasoning }),
    raw,
  }
}

/** llama-server's `timings` as token counts, for versions that send no `usage`. */
export function usageOfTimings(timings: JsonObject): Usage | null {
  const fresh = countOf(timings.prompt_n)
  const completion = countOf(timings.predicted_n)
  if (fresh === null || completion === null) return null
  const cached = countOf(timings.cache_n) ?? 0
  return {
    promptTokens: fresh + cached,
    completionTokens: completion,
    ...(cached === 0 ? {} : { cachedPromptTokens: cached }),
    raw: timings,
  }
}

/** Where the time went, if the server tells: llama-server in `timings` (ms), Groq in its usage (s). */
export function toTimings(timings: JsonObject | null, usage: JsonObject | null): Timings | null {
  const promptMs = countOf(timings?.prompt_ms)
  const generateMs = countOf(timings?.predicted_ms)
  if (promptMs !== null && generateMs !== null) return { queueMs: 0, loadMs: 0, promptMs, generateMs }
  const promptSeconds = countOf(usage?.prompt_time)
  const generateSeconds = countOf(usage?.completion_time)
  if (promptSeconds === null || generateSeconds === null) return null
  return {
    queueMs: (countOf(usage?.queue_time) ?? 0) * 1000,
    loadMs: 0,
    promptMs: promptSeconds * 1000,
    generateMs: generateSeconds * 1000,
  }
}
