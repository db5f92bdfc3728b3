import { memo, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../components/copy-button.tsx'
import type { CodeBlock } from './block.ts'
import { CodeColours } from './code-colours.ts'
import { readCodeInfo } from './code-info.ts'
import { CODE_CLASSES, type ColouredLine, grammarFor } from './highlight-classes.ts'
import { useNear } from './use-near.ts'

/** Lines per piece: a finished piece is never drawn again. */
const PIECE = 50
/** Blocks longer than this open folded. */
const FOLD_OVER = 400
const FOLDED = 100
/** The line height of code in chat.css, in px: a piece's height is known before it is laid out. */
const LINE = 20

/** Code with its name, a copy button, and quiet tints. Text appears at once, the tints follow. */
export function CodeView({ block, live, end = false }: { block: CodeBlock; live: boolean; end?: boolean }) {
  const { t } = useTranslation('chat')
  const { language, title } = readCodeInfo(block.info)
  const name = title || t('markdown.code')
  const coloured = useColours(language, block)
  // What was being written stays open when it ends: nothing moves under the reader.
  const [folded, setFolded] = useState(!live && block.lines.length > FOLD_OVER)
  const lines = block.partial === '' ? block.lines : [...block.lines, block.partial]
  const shown = folded ? lines.slice(0, FOLDED) : lines
  const pieces: { start: number; lines: readonly string[] }[] = []
  for (let start = 0; start < shown.length; start += PIECE) {
    pieces.push({ start, lines: shown.slice(start, start + PIECE) })
  }
  return (
    <figure className="code" aria-label={t('markdown.codeOf', { name })}>
      <CodeHead title={name} lines={block.closed ? block.lines : null} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>
          {pieces.map((piece) => (
            <Piece
              key={piece.start}
              lines={piece.lines}
              coloured={coloured.slice(piece.start, piece.start + PIECE)}
              end={end && piece === pieces.at(-1)}
              long={pieces.length > 1}
            />
          ))}
        </code>
      </pre>
      {folded ? (
        <button type="button" className="unfold" onClick={() => setFolded(false)}>
          {t('markdown.showAll', { count: lines.length })}
        </button>
      ) : null}
    </figure>
  )
}

/** Memoised: nothing of it changes while the lines come. Without lines there is nothing to copy yet. */
const CodeHead = memo(function CodeHead({ title, lines }: { title: string; lines: readonly string[] | null }) {
  return (
    <div>
      <span className="cut">{title}</span>
      <span className="end">{lines === null ? null : <CopyButton text={lines.join('\n')} what={title} />}</span>
    </div>
  )
})

const NONE: readonly ColouredLine[] = []

function useColours(language: string, block: CodeBlock): readonly ColouredLine[] {
  const grammar = grammarFor(language)
  const colours = useMemo(() => (grammar === null ? null : new CodeColours(grammar)), [grammar])
  useEffect(() => () => colours?.close(), [colours])
  useEffect(() => colours?.extend(block.lines, block.closed), [colours, block.lines, block.closed])
  return useSyncExternalStore(colours?.subscribe ?? never, colours?.snapshot ?? none)
}

function never(): () => void {
  return () => undefined
}

function none(): readonly ColouredLine[] {
  return NONE
}

interface PieceProps {
  lines: readonly string[]
  coloured: readonly ColouredLine[]
  /** The text being written ends in it. */
  end: boolean
  /** It is one of several. */
  long: boolean
}

/**
 * Lines that are drawn together. Away from the window those of a long block are one plain text of the same height: no spans
 * to keep. Short blocks keep theirs: an answer may have hundreds of them, and the browser looks at all that is watched in
 * every frame.
 */
const Piece = memo(
  function Piece({ lines, coloured, end, long }: PieceProps) {
    const element = useRef<HTMLSpanElement>(null)
    const near = useNear(element, long)
    return (
      <span ref={element} className={end ? 'piece writing-end' : 'piece'} style={{ height: lines.length * LINE }}>
        {paint(lines, near ? coloured : NONE)}
      </span>
    )
  },
  (before, after) =>
    before.end === after.end &&
    before.long === after.long &&
    before.lines.length === after.lines.length &&
    before.coloured.length === after.coloured.length &&
    before.lines.every((line, index) => line === after.lines[index]) &&
    before.coloured.every((line, index) => line === after.coloured[index]),
)

/** Plain text in one piece; coloured runs as spans, plain runs between them as text. */
function paint(lines: readonly string[], coloured: readonly ColouredLine[]): React.ReactNode[] {
  const out: React.ReactNode[] = []
  let plain = ''
  for (const [index, line] of lines.entries()) {
    let at = 0
    const runs = coloured[index] ?? []
    for (let run = 0; run + 1 < runs.length; run += 2) {
      const text = line.slice(at, at + (runs[run] ?? 0))
      at += text.length
      const name = CODE_CLASSES[runs[run + 1] ?? 0] ?? ''
      if (name === '' || text.trim() === '') plain += text
      else {
        if (plain !== '') out.push(plain)
        plain = ''
        out.push(
          <span key={`${index}:${run}`} className={name}>
            {text}
          </span>,
        )
      }
    }
    plain += line.slice(at)
    if (index < lines.length - 1) plain += '\n'
  }
  if (plain !== '') out.push(plain)
  return out
}
