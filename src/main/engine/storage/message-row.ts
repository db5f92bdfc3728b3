import { z } from 'zod'
import { answerFactsSchema, type Message, toolCallSchema } from '#shared/chats.ts'
import { publicErrorSchema } from '#shared/errors.ts'

/** A message as its row holds it. */
export interface MessageRow {
  seq: number
  id: string
  conversation_id: string
  parent_id: string | null
  depth: number
  role: Message['role']
  status: Message['status']
  content: string
  reasoning: string
  tool_calls: string
  facts: string | null
  error: string | null
  created_at: number
  deleted_at: number | null
  deleted_with: string | null
}

/** A message without its siblings and pictures, which are not in its row. */
export type StoredMessage = Omit<Message, 'siblings' | 'images'>

const toolCallsSchema = z.array(toolCallSchema)

/** Reads a row. A field that does not make sense any more is given up alone: the message always opens. */
export function toStoredMessage(row: MessageRow): StoredMessage {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    parentId: row.parent_id,
    depth: row.depth,
    role: row.role,
    content: row.content,
    reasoning: row.reasoning,
    toolCalls: row.tool_calls === '[]' ? [] : readJson(row.tool_calls, toolCallsSchema, []),
    status: row.status,
    facts: readJson(row.facts, answerFactsSchema.nullable(), null),
    error: readJson(row.error, publicErrorSchema.nullable(), null),
    createdAt: row.created_at,
  }
}

/** JSON text as `schema` describes it, or `fallback` if it is something else. */
export function readJson<Value>(text: string | null, schema: z.ZodType<Value>, fallback: Value): Value {
  if (text === null) return fallback
  try {
    const parsed = schema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : fallback
  } catch {
    // Not JSON: the same as JSON of another shape.
    return fallback
  }
}
