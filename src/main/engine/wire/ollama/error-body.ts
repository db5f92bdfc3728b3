import type { EngineError } from '../../spec/engine-error.ts'
import { jsonLine } from '../json-text.ts'

/** An error as Ollama shapes it, with Ollama's own words where clients match on them. `model` is the requested name. */
export function ollamaErrorBody(error: EngineError, model: string | null): string {
  return jsonLine({ error: ollamaErrorText(error, model) })
}

function ollamaErrorText(error: EngineError, model: string | null): string {
  if (error.code === 'model_not_found' && model !== null) return `model '${model}' not found`
  if (error.code === 'queue_full') return 'server busy, please try again.  maximum pending requests exceeded'
  return error.message
}
