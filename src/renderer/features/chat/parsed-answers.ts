import { type MarkdownView, parseMarkdown } from '../../markdown/markdown-stream.ts'

/** Characters of source whose blocks are kept; about fifty screens. */
const KEPT = 400_000

const kept = new Map<string, { content: string; view: MarkdownView }>()
let characters = 0

/** The blocks of a finished answer; the same object for as long as it is kept. */
export function parsedAnswer(id: string, content: string): MarkdownView {
  const known = kept.get(id)
  if (known !== undefined && known.content === content) {
    // The one used last is the last to go.
    kept.delete(id)
    kept.set(id, known)
    return known.view
  }
  const view = parseMarkdown(content)
  keepParsed(id, content, view)
  return view
}

/** Keeps blocks that a stream has made, so that an answer's end redraws nothing. */
export function keepParsed(id: string, content: string, view: MarkdownView): void {
  characters += content.length - (kept.get(id)?.content.length ?? 0)
  kept.delete(id)
  kept.set(id, { content, view })
  for (const [oldest, entry] of kept) {
    if (characters <= KEPT || oldest === id) break
    kept.delete(oldest)
    characters -= entry.content.length
  }
}
