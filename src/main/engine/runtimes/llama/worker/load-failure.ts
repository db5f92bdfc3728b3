import { EngineError, isEngineError } from '../../../spec/engine-error.ts'

/** What went wrong while loading, as `out_of_memory` or `model_load_failed`; llama.cpp's own line becomes the detail. */
export function loadFailure(cause: unknown, nativeReason: string | null): EngineError {
  if (isEngineError(cause)) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const detail = nativeReason ?? message
  if (
    (cause instanceof Error && cause.name === 'InsufficientMemoryError') ||
    /out of memory|insufficient/i.test(detail)
  ) {
    return new EngineError('out_of_memory', 'There is not enough memory to load this model.', { cause, detail })
  }
  return new EngineError('model_load_failed', `The model could not be loaded: ${withoutPeriod(detail)}.`, {
    cause,
    detail,
  })
}

function withoutPeriod(text: string): string {
  return text.replace(/\.+$/, '')
}
