import type { Message } from '#shared/chats.ts'
import { copyText } from '../../components/copy-button.tsx'
import { parseMarkdown } from '../../markdown/markdown-stream.ts'
import type { AnswerStream } from './answer-stream.ts'

/** Copies a message as the markdown it is. */
export async function copyAnswer(message: Message, stream: AnswerStream | undefined): Promise<void> {
  await copyText(stream?.text ?? message.content)
}

/** Copies the last code block of a message; without one, nothing. Returns whether there was one. */
export async function copyLastCode(message: Message, stream: AnswerStream | undefined): Promise<boolean> {
  const code = lastCode(stream?.text ?? message.content)
  if (code === null) return false
  await copyText(code)
  return true
}

/** The text of the last code block at the top level of a markdown text. */
export function lastCode(markdown: string): string | null {
  const block = parseMarkdown(markdown).blocks.findLast((one) => one.kind === 'code')
  return block?.kind === 'code' ? block.lines.join('\n') : null
}
