/** Shown instead of a secret; a long one ends with its last four characters. */
const DOTS = '••••'
/** Shorter secrets show nothing of themselves: four characters would be half of it. */
const SHOWABLE_LENGTH = 8

/** What may be shown of a secret: its last four characters, or nothing. */
export function lastFour(secret: string): string {
  return secret.length < SHOWABLE_LENGTH ? '' : secret.slice(-4)
}

export function maskOf(lastFourShown: string): string {
  return `${DOTS}${lastFourShown}`
}

/** True for headers whose value proves something, so that a window never sees it. */
export function isSecretHeader(name: string): boolean {
  return /authorization|key|token|secret|cookie|password/i.test(name)
}

/** Header values as a view shows them. A value that is not known (its seal cannot be opened) is masked whatever it is. */
export function maskHeaders(
  names: readonly string[],
  values: Readonly<Record<string, string>> | null,
): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const value = values?.[name]
      if (value === undefined) return [name, DOTS]
      return [name, isSecretHeader(name) ? maskOf(lastFour(value)) : value]
    }),
  )
}
