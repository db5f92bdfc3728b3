import type { Token } from 'marked'

/** One top-level block. Settled blocks keep their identity for good, so that a view can skip them. */
export type Block = MarkdownBlock | CodeBlock

export interface MarkdownBlock {
  kind: 'markdown'
  token: Token
  /** Its source. Two blocks with the same source and links look the same. */
  raw: string
}

export interface CodeBlock {
  kind: 'code'
  /** The fence's info string: language and perhaps a file name. */
  info: string
  /** Complete lines. Only ever appended to while the fence is open. */
  lines: readonly string[]
  /** The line being written; empty once the fence is closed. */
  partial: string
  closed: boolean
}
