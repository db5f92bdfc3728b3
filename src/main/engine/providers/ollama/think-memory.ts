import { isEngineError } from '../../spec/engine-error.ts'
import type { ThinkSupport } from '../../wire/ollama/upstream-request.ts'

/** Ollama's refusals of `think` for a model, and what it then takes. */
const REFUSALS: readonly [RegExp, ThinkSupport][] = [
  [/think value .* is not supported/i, 'switch'],
  [/does not support thinking/i, 'none'],
]

/** Models of a server whose refusals are kept. */
const MAX_MODELS = 1_000

/**
 * How much thinking each model of a server takes. Which models take levels depends on the release, so it is tried once
 * and what the server refuses is remembered.
 */
export class ThinkMemory {
  readonly #refused = new Map<string, ThinkSupport>()

  supportOf(model: string): ThinkSupport {
    return this.#refused.get(model) ?? 'levels'
  }

  /** True if the error says that the model takes less than was asked for: the request can be sent again. */
  learn(model: string, error: unknown): boolean {
    if (!isEngineError(error) || error.upstream?.status !== 400) return false
    const words = error.upstream.bodyExcerpt ?? ''
    const support = REFUSALS.find(([pattern]) => pattern.test(words))?.[1]
    if (support === undefined || support === this.supportOf(model)) return false
    if (this.#refused.size >= MAX_MODELS) this.#refused.clear()
    this.#refused.set(model, support)
    return true
  }
}
