/** A long text that was pasted: shown as a chip, sent as a fenced block below the message. */
export interface PastedText {
  id: number
  text: string
  lines: number
}

/** What the field and its chips hold. */
export interface Written {
  text: string
  pastes: readonly PastedText[]
}

/** Pastes beyond either become a chip. */
const MAX_LINES = 150
const MAX_CHARACTERS = 8000

let nextId = 1

export function countLines(text: string): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}

/** The paste as a chip, or null if it is short enough for the text field. */
export function toPastedText(text: string): PastedText | null {
  if (text.length <= MAX_CHARACTERS && countLines(text) <= MAX_LINES) return null
  return makePasted(text)
}

function makePasted(text: string): PastedText {
  const plain = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  const clean = plain.endsWith('\n') ? plain.slice(0, -1) : plain
  const pasted = { id: nextId, text: clean, lines: countLines(clean) }
  nextId += 1
  return pasted
}

/** The message as it is sent and kept as a draft: the text, then each paste in a fence of its own. */
export function composeMessage(text: string, pastes: readonly PastedText[]): string {
  const parts = [text.trim(), ...pastes.map((paste) => fence(paste.text))]
  return parts.filter((part) => part !== '').join('\n\n')
}

/** What is left of `now` without what was `sent`: what was added since, or all of a text that was changed meanwhile. */
export function withoutSent(now: Written, sent: Written): Written {
  return {
    text: now.text.startsWith(sent.text) ? now.text.slice(sent.text.length).trimStart() : now.text,
    pastes: now.pastes.filter((paste) => !sent.pastes.includes(paste)),
  }
}

function fence(text: string): string {
  // Longer than any run of backticks inside.
  const longest = (text.match(/`{3,}/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2)
  const marks = '`'.repeat(longest + 1)
  return `${marks}text\n${text}\n${marks}`
}

/** A draft back as text and chips: long fenced blocks at its end become chips again. */
export function splitDraft(draft: string): { text: string; pastes: PastedText[] } {
  const pastes: PastedText[] = []
  let rest = draft
  for (;;) {
    const closing = /\n(`{3,})$/.exec(rest)
    const marks = closing?.[1]
    if (closing === null || marks === undefined) break
    const opening = `${marks}text\n`
    const found = rest.lastIndexOf(opening, closing.index - opening.length)
    if (found < 0 || (found > 0 && rest[found - 1] !== '\n')) break
    const text = rest.slice(found + opening.length, closing.index)
    if (toPastedText(text) === null) break
    pastes.unshift(makePasted(text))
    rest = rest.slice(0, found).trimEnd()
  }
  return { text: rest, pastes }
}
