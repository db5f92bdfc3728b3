import type { ToolDefinition } from '../spec/chat-request.ts'

const REFUSED = /[^a-zA-Z0-9_-]/g
/** Room for the number of one of two that fall together. */
const NUMBER_LENGTH = 6

/** Tool names as an API takes them (letters, digits, `_` and `-`), and back to what the caller called them. */
export interface ToolNames {
  encode(name: string): string
  decode(name: string): string
}

type Named = Pick<ToolDefinition, 'name'>

/** For a request whose tools go by the names that their caller gave them. */
export const NAMES_AS_SENT: Pick<ToolNames, 'decode'> = { decode: (name) => name }

/** The names that OpenAI takes, and most services that speak its API. */
export const openAiToolNames = (tools?: readonly Named[]): ToolNames => createToolNames(64, tools)

/** Names for one request, at most so long; two that would fall together get a number. */
export function createToolNames(longest: number, tools: readonly Named[] = []): ToolNames {
  const encoded = new Map<string, string>()
  const decoded = new Map<string, string>()
  const names: ToolNames = {
    encode(name) {
      const known = encoded.get(name)
      if (known !== undefined) return known
      const plain = name.replace(REFUSED, '_').slice(0, longest)
      let free = plain
      for (let number = 2; decoded.has(free); number += 1) free = `${plain.slice(0, longest - NUMBER_LENGTH)}_${number}`
      encoded.set(name, free)
      decoded.set(free, name)
      return free
    },
    decode: (name) => decoded.get(name) ?? name,
  }
  // Before the calls of a conversation, so that the same tools have the same names in each of its turns.
  for (const { name } of tools) names.encode(name)
  return names
}
