import { z } from 'zod'

export type Environment = Readonly<Record<string, string | undefined>>

const configsSchema = z.record(z.string(), z.unknown())

/** Reads variables by kind, and notes which were there and which make no sense. An empty variable counts as not set. */
export class VariableReader {
  /** Text by name of each variable that was read. */
  readonly used = new Map<string, string>()
  readonly problems: { variable: string; reason: string }[] = []
  readonly #environment: Environment

  constructor(environment: Environment) {
    this.#environment = environment
  }

  /** Notes a variable whose text cannot be used. The reason must not repeat the text: it may be a secret. */
  refuse(variable: string, reason: string): void {
    this.problems.push({ variable, reason })
  }

  text(variable: string): string | null {
    const text = this.#environment[variable]?.trim() ?? ''
    if (text === '') return null
    this.used.set(variable, text)
    return text
  }

  /** `OPENAI_API_KEY_1`, `_2` …: the texts in the order of their numbers. */
  numbered(prefix: string): { variable: string; text: string }[] {
    const pattern = new RegExp(`^${prefix}(\\d+)$`)
    return Object.keys(this.#environment)
      .flatMap((variable) => {
        const number = pattern.exec(variable)?.[1]
        return number === undefined ? [] : [{ variable, number: Number(number) }]
      })
      .sort((left, right) => left.number - right.number)
      .flatMap(({ variable }) => {
        const text = this.text(variable)
        return text === null ? [] : [{ variable, text }]
      })
  }

  flag(variable: string): boolean | null {
    const text = this.text(variable)
    if (text === null) return null
    if (/^(1|true|yes|on)$/i.test(text)) return true
    if (/^(0|false|no|off)$/i.test(text)) return false
    this.refuse(variable, 'expected true or false')
    return null
  }

  seconds(variable: string): number | null {
    const text = this.text(variable)
    if (text === null) return null
    const seconds = Number(text)
    if (Number.isFinite(seconds)) return seconds
    this.refuse(variable, 'expected a number of seconds')
    return null
  }

  /** A JSON object, as OPENAI_API_CONFIGS is; empty if there is none. */
  json(variable: string): Record<string, unknown> {
    const text = this.text(variable)
    if (text === null) return {}
    try {
      return configsSchema.parse(JSON.parse(text))
    } catch {
      // The error would quote the text, which may hold keys.
      this.refuse(variable, 'expected a JSON object with one entry per connection')
      return {}
    }
  }
}
