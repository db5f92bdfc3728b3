/** Servers that put something new into every event are not asked in vain for long. */
const TRIES = 4
const PROBE = 'a text that is no answer'

/**
 * Reads stream events that equal one before but for their text, as nearly all of an answer do, without parsing them:
 * whole events cost three times as much. Nothing is guessed. An event with the same characters before and after a single
 * JSON string has the same meaning with that string as its text; any other has to be parsed. Control characters that
 * stand in the string as they are, which a parser refuses, are taken for text.
 */
export class TextEvents {
  readonly #textOf: (event: unknown) => unknown
  #before = ''
  #after = ''
  #tries = 0

  /** `textOf` finds an event's text where it stands in the parsed event. */
  constructor(textOf: (event: unknown) => unknown) {
    this.#textOf = textOf
  }

  /** The text of an event like the learnt one; null if it has to be parsed. */
  read(data: string): string | null {
    const before = this.#before.length
    const end = data.length - this.#after.length
    if (before === 0 || end < before) return null
    // Not startsWith and endsWith, which compare character by character.
    if (data.slice(0, before) !== this.#before || data.slice(end) !== this.#after) return null
    const literal = data.slice(before, end)
    if (!literal.includes('\\') && !literal.includes('"')) return literal
    try {
      return JSON.parse(`"${literal}"`) as string
    } catch {
      // No single string: something else stands between.
      return null
    }
  }

  /** To be told of parsed events that say nothing but this text. */
  learn(data: string, text: string): void {
    if (this.#tries === TRIES) return
    this.#tries += 1
    const literal = JSON.stringify(text)
    const at = data.indexOf(literal)
    if (at === -1) return
    const before = data.slice(0, at + 1)
    const after = data.slice(at + literal.length - 1)
    if (!this.#isTextBetween(before, after)) return
    this.#before = flat(before)
    this.#after = flat(after)
  }

  /** The same characters may stand for something else than the text: a name, or the end of one string and the next. */
  #isTextBetween(before: string, after: string): boolean {
    try {
      return this.#textOf(JSON.parse(before + PROBE + after)) === PROBE
    } catch {
      return false
    }
  }
}

/** A text of its own: a part of another is compared more slowly, and keeps the whole in memory. */
function flat(part: string): string {
  return Buffer.from(part).toString()
}
