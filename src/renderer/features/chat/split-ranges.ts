export interface Part {
  text: string
  match: boolean
  start: number
}

/** A text cut at the matches in it. Ranges that overlap or run past its end are taken as far as they go. */
export function splitRanges(text: string, ranges: readonly (readonly [number, number])[]): Part[] {
  const parts: Part[] = []
  let at = 0
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const start = Math.max(at, from)
    const end = Math.min(text.length, to)
    if (end <= start) continue
    if (start > at) parts.push({ text: text.slice(at, start), match: false, start: at })
    parts.push({ text: text.slice(start, end), match: true, start })
    at = end
  }
  if (at < text.length) parts.push({ text: text.slice(at), match: false, start: at })
  return parts
}
