/** A message of any dialect that carries its text as `content`, whole or in parts. */
export interface RoleMessage {
  role: string
  content?: unknown
}

/**
 * The messages with a system prompt before what they say themselves: joined to the first message if that is a system
 * one (`developer` counts), else as a new first message. An empty prompt changes nothing.
 */
export function prependSystemPrompt<Message extends RoleMessage>(
  messages: readonly Message[],
  prompt: string,
): (Message | RoleMessage)[] {
  if (prompt === '') return [...messages]
  const [first, ...rest] = messages
  if (first === undefined || (first.role !== 'system' && first.role !== 'developer')) {
    return [{ role: 'system', content: prompt }, ...messages]
  }
  return [{ ...first, content: joined(prompt, first.content) }, ...rest]
}

function joined(prompt: string, content: unknown): unknown {
  if (!Array.isArray(content)) return typeof content === 'string' && content !== '' ? `${prompt}\n${content}` : prompt
  const at = content.findIndex(isTextPart)
  if (at === -1) return [{ type: 'text', text: prompt }, ...content]
  return content.map((part: unknown, index) =>
    index === at && isTextPart(part) ? { ...part, text: `${prompt}\n${part.text}` } : part,
  )
}

function isTextPart(part: unknown): part is { type: 'text'; text: string } {
  const fields = part as { type?: unknown; text?: unknown } | null
  return typeof part === 'object' && fields?.type === 'text' && typeof fields.text === 'string'
}
