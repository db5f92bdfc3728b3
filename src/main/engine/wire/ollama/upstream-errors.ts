import type { ErrorCode } from '#shared/error-codes.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { isObject } from './upstream-options.ts'

/** What Ollama's words mean. It has no codes, and most failures come as 400 or 500. */
const MEANINGS: readonly [RegExp, ErrorCode][] = [
  [/model .*not found|file does not exist/i, 'model_not_found'],
  [/context (length|size|window)|exceeds? .*context|prompt is too long/i, 'context_length_exceeded'],
  [/more system memory|out of memory|cudaMalloc failed|insufficient memory/i, 'out_of_memory'],
  [/does not support|not supported (for|by) this model|missing data required for image/i, 'unsupported'],
  [/server busy|maximum pending requests/i, 'queue_full'],
  [/runner process|runner terminated/i, 'runtime_crashed'],
  [/(error|unable|failed).*load(ing)? (the )?model|model failed to load/i, 'model_load_failed'],
  [/no space left on device/i, 'disk_full'],
]

/** Ollama's `{"error": …}` in a body; null if it is something else. */
export function ollamaErrorOf(body: string): string | null {
  try {
    const value: unknown = JSON.parse(body)
    return isObject(value) && typeof value.error === 'string' ? value.error : null
  } catch {
    // Not JSON: no words of Ollama's.
    return null
  }
}

/** The code that Ollama's own words stand for; null if they tell nothing beyond their status. */
export function ollamaErrorCode(reason: string): ErrorCode | null {
  return MEANINGS.find(([words]) => words.test(reason))?.[1] ?? null
}

/**
 * The error of a refused request, made more exact by Ollama's own words. `error` is what its status alone says, with the
 * answer's body as its excerpt; message, reason and whether a retry may help stay as they are.
 */
export function ollamaRefusal(error: EngineError): EngineError {
  const reason = ollamaErrorOf(error.upstream?.bodyExcerpt ?? '')
  const code = reason === null ? null : ollamaErrorCode(reason)
  if (code === null || code === error.code) return error
  return new EngineError(code, error.message, {
    cause: error,
    status: error.status,
    retryable: error.retryable,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.upstream === undefined ? {} : { upstream: error.upstream }),
  })
}

/** A line of an answer that is no part of it: Ollama's report of an error, or something that Ollama does not send. */
export class OddLine extends Error {
  readonly kind: 'error' | 'not-ollama'

  constructor(kind: 'error' | 'not-ollama') {
    super(kind)
    this.kind = kind
  }
}
