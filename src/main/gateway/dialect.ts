import type { EngineError } from '../engine/spec/engine-error.ts'
import { toPublicError } from '../engine/spec/engine-error.ts'
import { ollamaErrorBody } from '../engine/wire/ollama/error-body.ts'
import { openAiErrorBody } from '../engine/wire/openai/error-body.ts'

/** How a client is spoken to; `own` is our own paths (UI, health, upload). */
export type Dialect = 'openai' | 'ollama' | 'own'

/** The dialect that a path belongs to; it decides the shape of errors, also for paths that do not exist. */
export function dialectOf(path: string): Dialect {
  if (path === '/v1' || path.startsWith('/v1/')) return 'openai'
  if (path === '/api' || path.startsWith('/api/')) return 'ollama'
  return 'own'
}

/** An error's JSON body. `model` is the requested model's name where it is known. */
export function errorBody(dialect: Dialect, error: EngineError, model: string | null, requestId: string): string {
  switch (dialect) {
    case 'openai':
      return openAiErrorBody(error)
    case 'ollama':
      return ollamaErrorBody(error, model)
    case 'own':
      return JSON.stringify({ error: toPublicError(error, requestId) })
  }
}
