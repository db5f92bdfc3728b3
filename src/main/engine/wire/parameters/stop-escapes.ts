const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\u0007',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([nrtbfva\\'"]))/g

/**
 * A stop text with its backslash escapes resolved: the two characters `\n` become a newline. Characters beyond ASCII
 * stay what they are, and so does a backslash that begins no escape.
 */
export function unescapeStop(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(ESCAPE, (all, hex?: string, short?: string, long?: string, octal?: string, simple?: string) => {
    const digits = hex ?? short ?? long
    if (digits !== undefined) return fromCodePoint(Number.parseInt(digits, 16)) ?? all
    if (octal !== undefined) return fromCodePoint(Number.parseInt(octal, 8)) ?? all
    return SIMPLE[simple ?? ''] ?? all
  })
}

function fromCodePoint(code: number): string | null {
  return code <= 0x10ffff ? String.fromCodePoint(code) : null
}
