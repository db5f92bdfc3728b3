import type { Message } from '#shared/chats.ts'

/** Characters on a line of 15/24 text at full measure. */
const PER_LINE = 82

/** A row's height in px before it was ever drawn: by its text where it is here, by its place in the turn where not. */
export function estimateRow(message: Message | undefined, depth: number): number {
  if (message === undefined) return depth % 2 === 0 ? 68 : 340
  const lines = Math.ceil(Math.min(message.content.length, 20_000) / PER_LINE) + newlines(message.content)
  if (message.role === 'user') return 20 + 24 * Math.max(1, Math.min(lines, 24))
  return 28 + 28 + 28 + 8 + 24 * Math.max(1, lines)
}

/** Lines that end early, each half a line on average; looks at the beginning only. */
function newlines(text: string): number {
  let count = 0
  const end = Math.min(text.length, 4000)
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) count += 1
  return Math.round((count * 0.6 * Math.min(text.length, 20_000)) / Math.max(1, end))
}
