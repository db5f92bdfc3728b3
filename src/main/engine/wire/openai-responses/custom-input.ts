/** How the arguments begin in which a model writes a custom tool's text. */
const OPENING = /^\s*\{\s*"input"\s*:\s*"/
/** The part of a JSON text that is there whole: an escape that is still being written waits. */
const WHOLE_PART = /(?:[^"\\]+|\\(?:u[0-9a-fA-F]{4}|u(?=[0-9a-fA-F]{0,3}[^0-9a-fA-F])|[^u]))*/y
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(.))/gs
const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['b', '\b'],
  ['f', '\f'],
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
])

/** Arguments that have not begun so within this many characters have another form. */
const LONGEST_OPENING = 100

/**
 * The text for a custom tool, read out of `{"input":"…"}` while the model writes it: a long patch would otherwise be
 * silence for minutes. Bad escapes and bare line breaks, which small models write, are taken for what they look like.
 */
export class CustomInput {
  /** The text so far. */
  text = ''
  /** What was written and not read yet. */
  #unread = ''
  #hasBegun = false
  #hasOtherForm = false
  /** The first half of a character whose second half is still to come. */
  #half = ''

  /** What of the text these arguments bring. */
  add(argumentsDelta: string): string {
    this.#unread += argumentsDelta
    if (!this.#begins()) return ''
    WHOLE_PART.lastIndex = 0
    const part = WHOLE_PART.exec(this.#unread)?.[0] ?? ''
    this.#unread = this.#unread.slice(part.length)
    const read = this.#half + withoutEscapes(part)
    this.#half = /[\ud800-\udbff]$/.exec(read)?.[0] ?? ''
    return this.#say(read.slice(0, read.length - this.#half.length))
  }

  /** What is left when the call is over: half a character, or all of it where the arguments have another form. */
  rest(): string {
    const rest = this.#hasBegun ? this.#half : inputOf(this.#unread)
    this.#half = ''
    return this.#say(rest)
  }

  #begins(): boolean {
    if (this.#hasBegun) return true
    // Not looked at again once it is long: joining such a text for each piece would cost the square of its length.
    if (this.#hasOtherForm) return false
    const opening = OPENING.exec(this.#unread)
    if (opening === null) {
      this.#hasOtherForm = this.#unread.length > LONGEST_OPENING
      return false
    }
    this.#unread = this.#unread.slice(opening[0].length)
    this.#hasBegun = true
    return true
  }

  #say(text: string): string {
    this.text += text
    return text
  }
}

/** The text for a custom tool in the arguments of a whole call. */
export function customInput(argumentsText: string): string {
  const input = new CustomInput()
  input.add(argumentsText)
  input.rest()
  return input.text
}

function withoutEscapes(part: string): string {
  return part.replace(ESCAPE, (written: string, code: string | undefined, character: string) =>
    code === undefined ? (ESCAPED.get(character) ?? written) : String.fromCharCode(Number.parseInt(code, 16)),
  )
}

/** Of arguments in another form, the field `input` where they have one, else all of it as it was written. */
function inputOf(written: string): string {
  try {
    const value: unknown = JSON.parse(written)
    if (typeof value === 'string') return value
    if (typeof value === 'object' && value !== null && 'input' in value && typeof value.input === 'string') {
      return value.input
    }
  } catch {
    // No JSON: the model wrote the text itself.
  }
  return written
}
