import type { FinishReason } from '../../spec/stream-part.ts'

/** The words that servers of this family use, and what they mean. */
const MEANINGS: ReadonlyMap<string, FinishReason> = new Map([
  ...['stop', 'eos', 'eos_token', 'end_turn', 'stop_sequence', 'end', 'complete', 'completed'].map(
    (word) => [word, 'stop'] as const,
  ),
  ...['length', 'max_tokens', 'model_length', 'max_length', 'max_output_tokens'].map(
    (word) => [word, 'length'] as const,
  ),
  ...['tool_calls', 'function_call', 'tool_call', 'tool_use'].map((word) => [word, 'tool-calls'] as const),
  ...['content_filter', 'content-filter', 'safety', 'recitation', 'sensitive', 'prohibited_content', 'blocklist'].map(
    (word) => [word, 'content-filter'] as const,
  ),
  ...['error', 'abort', 'insufficient_system_resource', 'network_error'].map((word) => [word, 'error'] as const),
])

/** A server's finish_reason as ours. Several servers say `stop` after tool calls; what came counts. */
export function toFinishReason(raw: string, sawToolCall: boolean): FinishReason {
  const reason = MEANINGS.get(raw.toLowerCase()) ?? 'other'
  return sawToolCall && (reason === 'stop' || reason === 'other') ? 'tool-calls' : reason
}
