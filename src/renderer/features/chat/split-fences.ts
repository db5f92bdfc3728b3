import { feedFence, openFence } from '../../markdown/fence.ts'

export type MessagePart = { kind: 'text'; text: string } | { kind: 'code'; info: string; lines: readonly string[] }

/** A person's message as plain text and fenced code: nothing else of it is read as markdown. */
export function splitFences(content: string): MessagePart[] {
  if (!content.includes('```') && !content.includes('~~~')) return [{ kind: 'text', text: content }]
  const parts: MessagePart[] = []
  let textFrom = 0
  let at = 0
  while (at < content.length) {
    const opening = content[at] === '`' || content[at] === '~' ? openFence(content.slice(at, at + 500)) : null
    if (opening !== null) {
      const fed = feedFence(opening.fence, content.slice(at + opening.length), true)
      if (fed.closed) {
        push(parts, content.slice(textFrom, at))
        parts.push({ kind: 'code', info: opening.fence.info, lines: opening.fence.lines })
        at += opening.length + fed.length
        textFrom = at
        continue
      }
    }
    const feed = content.indexOf('\n', at)
    at = feed < 0 ? content.length : feed + 1
  }
  push(parts, content.slice(textFrom))
  return parts
}

function push(parts: MessagePart[], text: string): void {
  const trimmed = text.replace(/^\n+|\n+$/g, '')
  if (trimmed !== '') parts.push({ kind: 'text', text: trimmed })
}
