import type { FinishReason, Timings, Usage } from '../../spec/stream-part.ts'
import { nanoseconds } from './timestamps.ts'

/**
 * What Ollama says with the end of an answer; counts are left out if they are not known. Clients divide counts by durations,
 * so a backend that counts without telling times has them measured here: until its first content (`firstAt`, monotonic
 * ms), and from there to now.
 */
export function ollamaMetrics(
  usage: Usage | null,
  timings: Timings | null,
  totalMs: number,
  firstAt: number | undefined,
): object {
  const generateMs = timings?.generateMs ?? (firstAt === undefined ? 0 : performance.now() - firstAt)
  const promptMs = timings?.promptMs ?? totalMs - generateMs
  const isTimed = timings !== null || usage !== null
  return {
    total_duration: nanoseconds(totalMs),
    load_duration: nanoseconds(timings?.loadMs ?? 0),
    ...(usage === null ? {} : { prompt_eval_count: usage.promptTokens }),
    ...(isTimed ? { prompt_eval_duration: nanoseconds(promptMs) } : {}),
    ...(usage === null ? {} : { eval_count: usage.completionTokens }),
    ...(isTimed ? { eval_duration: nanoseconds(generateMs) } : {}),
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
