import { createHash } from 'node:crypto'
import { isPlainObject } from './parameter-casts.ts'

/** Which ids of tool calls a server takes: any, or nothing but nine letters and digits. */
export type ToolCallIds = 'any' | 'nine-characters'

const NINE_CHARACTERS = /^[a-zA-Z0-9]{9}$/

/**
 * A message of an OpenAI body with ids of nine letters and digits; the very object if it has no others. They are hashes,
 * so that a call and its result still belong together, in this request and the next.
 */
export function withNineCharacterIds(message: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (message.role === 'tool') {
    const id = nineCharacterId(message.tool_call_id)
    return id === message.tool_call_id ? message : { ...message, tool_call_id: id }
  }
  if (message.role !== 'assistant' || !Array.isArray(message.tool_calls)) return message
  let changed = false
  const calls = message.tool_calls.map((call: unknown) => {
    if (!isPlainObject(call)) return call
    const id = nineCharacterId(call.id)
    if (id === call.id) return call
    changed = true
    return { ...call, id }
  })
  return changed ? { ...message, tool_calls: calls } : message
}

function nineCharacterId(id: unknown): unknown {
  if (typeof id !== 'string' || NINE_CHARACTERS.test(id)) return id
  return createHash('sha256').update(id).digest('hex').slice(0, 9)
}
