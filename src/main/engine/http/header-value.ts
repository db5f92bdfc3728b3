const TEMPLATE = /\{\{\s*([A-Z][A-Z0-9_]*)\s*\}\}/g

export function hasTemplate(value: string): boolean {
  return value.search(TEMPLATE) !== -1
}

/** Puts `{{USER_ID}}` and the like in; what is not known becomes an empty text. */
export function fillTemplate(value: string, variables: Readonly<Record<string, string>>): string {
  return value.replace(TEMPLATE, (_whole, name: string) =>
    Object.hasOwn(variables, name) ? (variables[name] ?? '') : '',
  )
}

/** A text as a header may carry it: control characters become one space, and what Latin-1 lacks is percent-encoded UTF-8. */
export function cleanHeaderValue(value: string): string {
  return (
    value
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not pass.
      .replace(/[\x00-\x1f\x7f]+/g, ' ')
      .replace(/[^\x20-\xff]+/g, (beyond) => encodeURIComponent(beyond.toWellFormed()))
      .trim()
  )
}
