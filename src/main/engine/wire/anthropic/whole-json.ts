/** Whether a text is one JSON value with nothing missing: what tells that a streamed tool call has all its arguments. */
export function isWholeJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
