import type { Timings, Usage } from '../../spec/stream-part.ts'

type Rate = number | 'N/A'

/** Usage as Open WebUI's clients read it: standard counts beside Ollama's own, durations in ns. */
export interface OpenWebUiUsage {
  input_tokens: number
  output_tokens: number
  total_tokens: number
  prompt_tokens: number
  completion_tokens: number
  /** Tokens a second with two decimals; `N/A` where no time is known. */
  'response_token/s': Rate
  'prompt_token/s': Rate
  total_duration: number
  load_duration: number
  prompt_eval_count: number
  prompt_eval_duration: number
  eval_count: number
  eval_duration: number
  /** `0h1m5s`. */
  approximate_total: string
  completion_tokens_details: {
    reasoning_tokens: number
    accepted_prediction_tokens: number
    rejected_prediction_tokens: number
  }
}

/**
 * Counts and times of an answer in Open WebUI's shape. Ollama's own durations are used where `usage.raw` has them, to the
 * nanosecond; else those of `timings`.
 */
export function openWebUiUsage(usage: Usage, timings: Timings | null): OpenWebUiUsage {
  const { promptTokens, completionTokens } = usage
  const raw = (typeof usage.raw === 'object' && usage.raw !== null ? usage.raw : {}) as Record<string, unknown>
  const duration = (name: string, ms: number): number => {
    const own = raw[name]
    return typeof own === 'number' ? own : Math.round(ms * 1e6)
  }
  const load = duration('load_duration', timings?.loadMs ?? 0)
  const prompt = duration('prompt_eval_duration', timings?.promptMs ?? 0)
  const generate = duration('eval_duration', timings?.generateMs ?? 0)
  const own = raw.total_duration
  const total = typeof own === 'number' ? own : Math.round((timings?.queueMs ?? 0) * 1e6) + load + prompt + generate
  return {
    input_tokens: promptTokens,
    output_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    'response_token/s': rate(completionTokens, generate),
    'prompt_token/s': rate(promptTokens, prompt),
    total_duration: total,
    load_duration: load,
    prompt_eval_count: promptTokens,
    prompt_eval_duration: prompt,
    eval_count: completionTokens,
    eval_duration: generate,
    approximate_total: hoursMinutesSeconds(total),
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens ?? 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

function rate(tokens: number, nanoseconds: number): Rate {
  return nanoseconds > 0 ? Math.round((tokens / (nanoseconds / 1e7)) * 100 * 100) / 100 : 'N/A'
}

function hoursMinutesSeconds(nanoseconds: number): string {
  const seconds = Math.floor(nanoseconds / 1e9)
  return `${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m${seconds % 60}s`
}
