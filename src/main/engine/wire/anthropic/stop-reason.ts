import type { FinishReason } from '../../spec/stream-part.ts'

const STOP_REASONS = [
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'pause_turn',
  'refusal',
  'model_context_window_exceeded',
] as const
export type AnthropicStopReason = (typeof STOP_REASONS)[number]

/** What the built-in runtime calls an end at one of the request's stop texts. */
const STOPPED_BY_TEXT = 'customStopTrigger'

/** Anthropic's stop_reason as the engine's finish reason. */
export function finishReason(stopReason: string): FinishReason {
  switch (stopReason) {
    case 'end_turn':
    case 'stop_sequence':
      return 'stop'
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length'
    case 'tool_use':
      return 'tool-calls'
    case 'refusal':
      return 'content-filter'
    default:
      // `pause_turn` too: a server-side tool is not done, and only Anthropic's own clients can go on from there.
      return 'other'
  }
}

/**
 * The engine's finish reason as Anthropic's. `raw` wins where it is one of Anthropic's own. An answer that calls tools
 * always says so, because agents decide by it whether to run them.
 */
export function anthropicStopReason(
  reason: FinishReason,
  raw: string | undefined,
  calls: boolean,
): AnthropicStopReason {
  const own = STOP_REASONS.find((each) => each === raw)
  if (own !== undefined && own !== 'end_turn') return own
  switch (reason) {
    case 'length':
      return 'max_tokens'
    case 'content-filter':
      return 'refusal'
    case 'tool-calls':
      return 'tool_use'
    default:
      if (calls) return 'tool_use'
      return raw === STOPPED_BY_TEXT ? 'stop_sequence' : 'end_turn'
  }
}
