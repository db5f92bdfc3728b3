const BEFORE = 60
const LENGTH = 200

/** A piece of text around its first match, on one line, with the [start, end) offsets of all matches in it. */
export function makeSnippet(
  content: string,
  words: readonly string[],
): { snippet: string; ranges: [number, number][] } {
  const folded = fold(content)
  const first = words.map((word) => folded.indexOf(fold(word))).filter((index) => index >= 0)
  const start = wholeCharacter(content, Math.max(0, Math.min(...first, content.length) - BEFORE))
  const end = wholeCharacter(content, Math.min(content.length, start + LENGTH))
  // One character for one, so that offsets stay true.
  const piece = content.slice(start, end).replaceAll(/\s/g, ' ')
  const lead = start > 0 ? '…' : ''
  return {
    snippet: `${lead}${piece}${end < content.length ? '…' : ''}`,
    ranges: findRanges(fold(piece), words).map(([from, to]) => [from + lead.length, to + lead.length]),
  }
}

function findRanges(folded: string, words: readonly string[]): [number, number][] {
  const found: [number, number][] = []
  for (const word of words) {
    const wanted = fold(word)
    for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + wanted.length)) {
      found.push([at, at + wanted.length])
    }
  }
  found.sort((left, right) => left[0] - right[0])
  const merged: [number, number][] = []
  for (const [from, to] of found) {
    const last = merged.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

/** Lower case of the same length: a few letters (İ) would grow, and are left as they are. */
function fold(text: string): string {
  const lower = text.toLowerCase()
  if (lower.length === text.length) return lower
  return [...text]
    .map((letter) => (letter.toLowerCase().length === letter.length ? letter.toLowerCase() : letter))
    .join('')
}

/** Steps back from the middle of a surrogate pair. */
function wholeCharacter(text: string, index: number): number {
  const code = text.charCodeAt(index)
  return code >= 0xdc00 && code <= 0xdfff ? index - 1 : index
}
