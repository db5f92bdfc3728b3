import type { RoleMessage } from './system-prompt.ts'

const PLACE =
  /\{\{(?:(prompt)(?::(start|end|middletruncate):(\d{1,9}))?|MESSAGES(?::(START|END|MIDDLETRUNCATE):(\d{1,9}))?)\}\}/g

type Cut = 'start' | 'end' | 'middletruncate'

/**
 * A task's template (title, tags, search queries …) with the chat put in: `{{prompt}}` is the last thing the person
 * said, `{{MESSAGES}}` the chat as `ROLE: text` lines. `start`, `end` and `middletruncate` keep so many characters of
 * the prompt, or so many messages. One pass: what people said is never read as a template.
 */
export function fillTaskTemplate(template: string, messages: readonly RoleMessage[]): string {
  const prompt = Array.from(textOf(messages.findLast(({ role }) => role === 'user')?.content))
  return template.replace(
    PLACE,
    (_all, isPrompt?: string, cut?: string, length?: string, messageCut?: string, count?: string) => {
      if (isPrompt !== undefined) {
        const { head, tail } = ends(prompt, cut as Cut | undefined, Number(length))
        return tail === null ? head.join('') : `${head.join('')}...${tail.join('')}`
      }
      const { head, tail } = ends(messages, messageCut?.toLowerCase() as Cut | undefined, Number(count))
      return [...head, ...(tail ?? [])]
        .map((message) => `${message.role.toUpperCase()}: ${textOf(message.content)}`)
        .join('\n')
    },
  )
}

/** What a cut keeps; `tail` is null unless something was left out of the middle. */
function ends<T>(
  items: readonly T[],
  cut: Cut | undefined,
  count: number,
): { head: readonly T[]; tail: readonly T[] | null } {
  if (cut === undefined || items.length <= count) return { head: items, tail: null }
  if (cut === 'start') return { head: items.slice(0, count), tail: null }
  if (cut === 'end') return { head: items.slice(items.length - count), tail: null }
  const head = Math.ceil(count / 2)
  return { head: items.slice(0, head), tail: items.slice(items.length - (count - head)) }
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((part: { text?: unknown } | null) => (typeof part?.text === 'string' ? part.text : '')).join('')
}
