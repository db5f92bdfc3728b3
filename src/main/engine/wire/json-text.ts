// These end a line for some clients (Python's str.splitlines, which httpx uses for NDJSON), but JSON.stringify leaves
// them raw. Escaped they mean the same to every JSON parser and break no framing.
const LINE_SEPARATORS = /[\u0085\u2028\u2029]/
const ALL_LINE_SEPARATORS = /[\u0085\u2028\u2029]/g

/** A text as a JSON string literal that holds no line separator of any kind; lone surrogates are escaped. */
export function jsonText(text: string): string {
  return escapeSeparators(JSON.stringify(text))
}

/** A value as one line of JSON. */
export function jsonLine(value: unknown): string {
  return escapeSeparators(JSON.stringify(value))
}

function escapeSeparators(json: string): string {
  if (!LINE_SEPARATORS.test(json)) return json
  return json.replace(ALL_LINE_SEPARATORS, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
