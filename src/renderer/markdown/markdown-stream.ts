import type { Links, Token } from 'marked'
import remend from 'remend'
import type { Block, CodeBlock } from './block.ts'
import { feedFence, fenceBlock, type OpenFence, openFence } from './fence.ts'
import { lexBlocks } from './lex-markdown.ts'

/** What a view draws: the blocks in order, and the document's link definitions. */
export interface MarkdownView {
  blocks: readonly Block[]
  /** How many blocks at the start never change again. */
  settled: number
  /** Replaced when a definition is added, so that it can be compared by identity. */
  links: Links
}

/** Half-written syntax is closed for display; what could change the meaning of finished text stays off. */
const REPAIR = {
  htmlTags: false,
  comparisonOperators: false,
  singleTilde: false,
  katex: false,
  linkMode: 'text-only',
} as const

/**
 * Markdown that grows at its end. A block settles once a later block has begun on a complete line; from then on it is
 * neither lexed nor rendered again. Only the tail is lexed at each `view`, and an open code fence is not lexed at all.
 */
export class MarkdownStream {
  private readonly done: Block[] = []
  private links: Links = noLinks()
  private tail = ''
  private fence: OpenFence | null = null
  private lastReturn = false
  private finished = false
  /** How much of the tail has been looked through for blocks to settle. */
  private examined = 0
  private fenceView: CodeBlock | null = null

  /** Appends text. Cheap: the work is done in `view`. */
  append(text: string): void {
    if (this.finished) throw new Error('A finished markdown stream takes no more text')
    let next = text
    // A CR LF pair may be split between two deltas.
    if (this.lastReturn && next.startsWith('\n')) next = next.slice(1)
    this.lastReturn = text === '' ? this.lastReturn : text.endsWith('\r')
    this.tail += next.includes('\r') ? next.replace(/\r\n?/g, '\n') : next
  }

  /** No more text comes: everything settles. */
  finish(): MarkdownView {
    if (!this.finished) {
      this.finished = true
      this.settle()
    }
    return { blocks: this.done.slice(), settled: this.done.length, links: this.links }
  }

  /** The blocks as they stand now, half-written syntax at the end repaired. */
  view(): MarkdownView {
    if (this.finished) return this.finish()
    this.settle()
    const blocks = this.done.slice()
    const settled = blocks.length
    if (this.fence !== null) {
      blocks.push(this.showFence(this.fence))
      return { blocks, settled, links: this.links }
    }
    if (this.tail.trim() === '') return { blocks, settled, links: this.links }
    const opening = openFence(this.tail)
    if (opening !== null) {
      // The opening line itself is still being written.
      blocks.push(fenceBlock(opening.fence, '', false))
      return { blocks, settled, links: this.links }
    }
    const { tokens } = lexBlocks(remend(this.tail, REPAIR))
    for (const token of tokens) {
      const block = toBlock(token)
      if (block !== null) blocks.push(block)
    }
    return { blocks, settled, links: this.links }
  }

  /** Takes `length` characters off the tail. */
  private cut(length: number): void {
    if (length === 0) return
    this.tail = this.tail.slice(length)
    this.examined = Math.max(0, this.examined - length)
  }

  private showFence(fence: OpenFence): CodeBlock {
    const partial = this.tail
    const before = this.fenceView
    if (before !== null && before.lines.length === fence.lines.length && before.partial === partial) return before
    this.fenceView = fenceBlock(fence, partial, false)
    return this.fenceView
  }

  /** Moves what cannot change any more from the tail to the settled blocks. */
  private settle(): void {
    for (;;) {
      if (this.fence !== null) {
        const { length, closed } = feedFence(this.fence, this.tail, this.finished)
        this.cut(length)
        if (!closed && !this.finished) return
        this.done.push(fenceBlock(this.fence, '', true))
        this.fence = null
        this.fenceView = null
        continue
      }
      const opening = openFence(this.tail)
      if (opening !== null && (this.finished || this.tail[opening.length - 1] === '\n')) {
        this.fence = opening.fence
        this.cut(opening.length)
        continue
      }
      if (!this.settleLexed()) return
    }
  }

  /** Settles lexed blocks. Returns true when an unclosed code fence is next and must be read by line. */
  private settleLexed(): boolean {
    const end = this.finished ? this.tail.length : this.tail.lastIndexOf('\n') + 1
    // Without a new complete line nothing more can settle.
    if (!this.finished && end <= this.examined) return false
    if (end === 0) return false
    this.examined = end
    const source = this.tail.slice(0, end)
    const { tokens, links } = lexBlocks(source)
    let last = tokens.length - 1
    while (last >= 0 && tokens[last]?.type === 'space') last -= 1
    let taken = 0
    let unclosed = false
    const ready: Block[] = []
    const settled: Token[] = []
    for (const [index, token] of tokens.entries()) {
      const code = isFence(token) ? readFence(token.raw) : null
      unclosed = code !== null && !code.closed
      if (unclosed) break
      if (index >= last && code === null && !this.finished) break
      // Where the lexer's raws do not add up to the source, the rest waits for the end.
      if (!this.finished && !source.startsWith(token.raw, taken)) break
      taken += token.raw.length
      settled.push(token)
      const block = code?.block ?? toBlock(token)
      if (block !== null) ready.push(block)
    }
    if (this.finished && !unclosed) taken = source.length
    if (taken > 0) {
      this.done.push(...ready)
      this.cut(taken)
      this.addLinks(links, settled)
    }
    return unclosed
  }

  private addLinks(found: Links, tokens: readonly Token[]): void {
    const tags = Object.keys(found).filter((tag) => !Object.hasOwn(this.links, tag))
    if (tags.length === 0) return
    // A definition counts once its own block has settled; the lexer also files those of the tail.
    const raw = tokens.map((token) => token.raw.toLowerCase().replace(/\s+/g, ' ')).join('\n')
    const links = Object.assign(noLinks(), this.links)
    let changed = false
    for (const tag of tags) {
      const link = found[tag]
      if (link === undefined || !raw.includes(`[${tag}]:`)) continue
      links[tag] = link
      changed = true
    }
    if (changed) this.links = links
  }
}

/** A table without a prototype: `[constructor]` in a text is no link. */
function noLinks(): Links {
  return Object.create(null) as Links
}

/** A whole text at once: the same blocks as any way of streaming it. */
export function parseMarkdown(source: string): MarkdownView {
  const stream = new MarkdownStream()
  stream.append(source)
  return stream.finish()
}

function isFence(token: Token): boolean {
  return token.type === 'code' && token.codeBlockStyle !== 'indented'
}

/** A lexed fence by our own reader, so that a fence looks the same however its text arrived. */
function readFence(raw: string): { block: Block; closed: boolean } | null {
  const opening = openFence(raw)
  if (opening === null) return null
  const { closed } = feedFence(opening.fence, raw.slice(opening.length), true)
  return { block: fenceBlock(opening.fence, '', closed), closed }
}

function toBlock(token: Token): Block | null {
  if (token.type === 'space' || token.type === 'def') return null
  if (token.type === 'code' && typeof token.text === 'string') {
    // An indented block, or a fence that the repair of the tail brought in.
    const info = typeof token.lang === 'string' ? token.lang : ''
    return { kind: 'code', info, lines: token.text.split('\n'), partial: '', closed: true }
  }
  return { kind: 'markdown', token, raw: token.raw }
}
