import type { Logger } from '../spec/engine.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** A variable that is set to something; an empty one counts as not set. */
export function textOf(environment: Environment, variable: string): string | undefined {
  const text = environment[variable]?.trim()
  return text === '' ? undefined : text
}

/** A variable as a switch, in any of the spellings in use. Undefined if not set, or if it says neither (with a warning). */
export function switchOf(environment: Environment, variable: string, log?: Logger): boolean | undefined {
  const text = textOf(environment, variable)
  if (text === undefined) return undefined
  if (/^(1|true|yes|on)$/i.test(text)) return true
  if (/^(0|false|no|off)$/i.test(text)) return false
  log?.warn({ variable }, 'an environment variable is neither true nor false, so it is ignored')
  return undefined
}
