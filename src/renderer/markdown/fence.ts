import type { CodeBlock } from './block.ts'

const OPENING = /^( {0,3})(`{3,}(?=[^`\n]*(?:\n|$))|~{3,})([^\n]*)(?:\n|$)/

/** A code fence that is being read line by line: its text never goes through the markdown lexer. */
export interface OpenFence {
  indent: number
  closing: RegExp
  info: string
  lines: string[]
}

/** Reads a fence's first line at the start of `source`; null if it is none. `length` is what it takes. */
export function openFence(source: string): { fence: OpenFence; length: number } | null {
  const match = OPENING.exec(source)
  if (match === null) return null
  const marks = match[2] ?? '```'
  return {
    fence: {
      indent: match[1]?.length ?? 0,
      closing: new RegExp(`^ {0,3}${marks}[~\`]* *$`),
      info: (match[3] ?? '').trim(),
      lines: [],
    },
    length: match[0].length,
  }
}

/**
 * Takes the complete lines of `source` into the fence. `length` is what was taken; `closed` says that the closing
 * line was met. With `final`, a last line without a line feed counts as complete.
 */
export function feedFence(fence: OpenFence, source: string, final: boolean): { length: number; closed: boolean } {
  let at = 0
  while (at < source.length) {
    const feed = source.indexOf('\n', at)
    if (feed < 0 && !final) break
    const end = feed < 0 ? source.length : feed
    const line = source.slice(at, end)
    at = feed < 0 ? end : feed + 1
    if (fence.closing.test(line)) return { length: at, closed: true }
    fence.lines.push(unindent(line, fence.indent))
  }
  return { length: at, closed: false }
}

/** The fence as a block, with the line that is not complete yet. */
export function fenceBlock(fence: OpenFence, partial: string, closed: boolean): CodeBlock {
  // A line that may still turn out to be the closing fence is not shown yet.
  const hidden = !closed && /^ {0,3}(?:`+|~+) *$/.test(partial)
  return {
    kind: 'code',
    info: fence.info,
    lines: fence.lines.slice(),
    partial: hidden ? '' : unindent(partial, fence.indent),
    closed,
  }
}

function unindent(line: string, indent: number): string {
  let from = 0
  while (from < indent && line[from] === ' ') from += 1
  return from === 0 ? line : line.slice(from)
}
