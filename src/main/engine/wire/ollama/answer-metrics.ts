import type { FinishReason, Timings, Usage } from '../../spec/stream-part.ts'
import { nanoseconds } from './timestamps.ts'

/** What Ollama says with the end of an answer; counts are left out if they are not known. */
export function ollamaMetrics(usage: Usage | null, timings: Timings | null, totalMs: number): object {
  return {
    total_duration: nanoseconds(totalMs),
    load_duration: nanoseconds(timings?.loadMs ?? 0),
    ...(usage === null ? {} : { prompt_eval_count: usage.promptTokens }),
    ...(timings === null ? {} : { prompt_eval_duration: nanoseconds(timings.promptMs) }),
    ...(usage === null ? {} : { eval_count: usage.completionTokens }),
    ...(timings === null ? {} : { eval_duration: nanoseconds(timings.generateMs) }),
  }
}

/**
 * Why an answer ended, in Ollama's words; tool calls end with `stop` there. `raw` is the upstream's own word: another
 * Ollama says with it that the request only loaded or unloaded the model.
 */
export function ollamaDoneReason(finish: FinishReason, raw?: string): 'stop' | 'length' | 'load' | 'unload' {
  if (raw === 'load' || raw === 'unload') return raw
  return finish === 'length' ? 'length' : 'stop'
}
