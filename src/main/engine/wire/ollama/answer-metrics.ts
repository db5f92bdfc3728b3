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

/** Ollama knows only these two ends; tool calls end with `stop` there. */
export function ollamaDoneReason(finish: FinishReason): 'stop' | 'length' {
  return finish === 'length' ? 'length' : 'stop'
}
