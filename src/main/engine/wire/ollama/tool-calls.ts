import type { ToolCall } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import type { FinishReason } from '../../spec/stream-part.ts'

/**
 * Calls in Ollama's shape, whose arguments are an object. A call that the token cap cut in its middle is dropped (the
 * answer says `length`); any other text that is not a JSON object is the upstream's error.
 */
export function ollamaToolCalls(calls: readonly ToolCall[], finish: FinishReason): object[] {
  return calls.flatMap((call, index) => {
    const parsed = argumentsObject(call.arguments)
    if (parsed !== null) return [{ id: call.id, function: { index, name: call.name, arguments: parsed } }]
    if (finish === 'length') return []
    throw new EngineError(
      'upstream_error',
      `The model called the tool '${call.name}' with arguments that are not a JSON object.`,
    )
  })
}

function argumentsObject(text: string): object | null {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch {
    // Not JSON: the caller decides what that means.
    return null
  }
}
