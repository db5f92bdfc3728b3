const LENGTH = 60

/** A title from the first message: its first line with something on it, cut at a word near 60 characters. */
export function conversationTitle(content: string): string {
  const line = content
    .split('\n')
    .map((candidate) => candidate.replaceAll(/\s+/g, ' ').trim())
    .find((candidate) => candidate !== '')
  if (line === undefined) return ''
  const letters = [...line]
  if (letters.length <= LENGTH) return line
  const cut = letters.slice(0, LENGTH).join('')
  const lastSpace = cut.lastIndexOf(' ')
  // Chinese and long words have no space to cut at.
  return `${(lastSpace > LENGTH / 2 ? cut.slice(0, lastSpace) : cut).trimEnd()}…`
}
