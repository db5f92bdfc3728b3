import type { ToolCall } from '../../spec/chat-request.ts'
import { bareModelName } from '../parameters/model-rules.ts'
import type { JsonObject } from './upstream-fields.ts'
import type { OpenAiQuirks } from './upstream-quirks.ts'

/**
 * What a server says in `extra_content` of its tool calls, by the call's id. Gemini signs there what it thought before a
 * call, and refuses the call in the next turn without it; no dialect of our clients has a place for that.
 */
export interface CallExtras {
  keep(callId: string, extra: JsonObject): void
  of(callId: string): JsonObject | undefined
}

/** Google's own word for calls that another model made, or whose signature nobody has any more. */
const UNSIGNED: JsonObject = { google: { thought_signature: 'skip_thought_signature_validator' } }

/** The `extra_content` of each call of one turn, undefined where there is none. Of calls made at once only the first is signed. */
export function extrasBack(
  calls: readonly ToolCall[],
  model: string,
  { signedCalls }: Pick<OpenAiQuirks, 'signedCalls'>,
  extras: Pick<CallExtras, 'of'> | null,
): (JsonObject | undefined)[] {
  const kept = calls.map(({ id }) => extras?.of(id))
  if (signedCalls === null || !signedCalls.test(bareModelName(model)) || kept.some((extra) => extra !== undefined)) {
    return kept
  }
  return kept.map((_none, index) => (index === 0 ? UNSIGNED : undefined))
}
