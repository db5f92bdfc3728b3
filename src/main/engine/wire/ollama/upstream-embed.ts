import { isObject } from './upstream-options.ts'

/** What an answer of /api/embed or the older /api/embeddings holds. The older one counts no tokens. */
export interface OllamaVectors {
  vectors: number[][]
  promptTokens: number
  loadMs: number
}

/** Reads an answer of either call; an answer of another shape holds no vectors. */
export function ollamaVectors(answer: unknown): OllamaVectors {
  if (!isObject(answer)) return { vectors: [], promptTokens: 0, loadMs: 0 }
  const many = Array.isArray(answer.embeddings) ? answer.embeddings : [answer.embedding]
  return {
    vectors: many.filter((vector): vector is number[] => Array.isArray(vector)),
    promptTokens: typeof answer.prompt_eval_count === 'number' ? answer.prompt_eval_count : 0,
    loadMs: typeof answer.load_duration === 'number' ? answer.load_duration / 1e6 : 0,
  }
}

/**
 * A vector of /api/embed as the server gave it: it has brought it to length 1. Only where it did not cut it to
 * `dimensions` is that left to us.
 */
export function ownVector(vector: readonly number[], dimensions?: number): Float32Array {
  return dimensions === undefined || vector.length <= dimensions
    ? Float32Array.from(vector)
    : unitVector(vector, dimensions)
}

/** The vector at length 1; cut to `dimensions` first where the server did not do so. */
export function unitVector(vector: readonly number[], dimensions?: number): Float32Array {
  const unit = Float32Array.from(dimensions === undefined ? vector : vector.slice(0, dimensions))
  let sum = 0
  for (const value of unit) sum += value * value
  const length = Math.sqrt(sum)
  if (length > 0) for (let index = 0; index < unit.length; index++) unit[index] = (unit[index] ?? 0) / length
  return unit
}
