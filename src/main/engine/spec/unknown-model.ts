import { EngineError } from './engine-error.ts'

/** What everybody is told of a model that is not there, or not there for them: the same words for both. */
export function unknownModel(askedId: string): EngineError {
  return new EngineError('model_not_found', `model '${askedId}' not found`, { param: 'model' })
}
