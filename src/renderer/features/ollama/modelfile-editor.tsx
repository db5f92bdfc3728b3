import { type Ref, useImperativeHandle, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { type ModelfileProblem, offsetOf } from './modelfile-text.ts'

const LINE_HEIGHT = 20
const PADDING = 8

/** What the sheet around the editor can ask of it. */
export interface ModelfileEditorHandle {
  /** Puts the caret where a problem is. */
  goTo(problem: ModelfileProblem): void
}

/** A plain text field with line numbers. What is wrong with a line stands beside that line. */
export function ModelfileEditor({
  id,
  value,
  onChange,
  problems,
  describedBy,
  disabled,
  ref,
}: {
  id: string
  value: string
  onChange: (value: string) => void
  problems: readonly ModelfileProblem[]
  describedBy: string
  disabled: boolean
  ref: Ref<ModelfileEditorHandle>
}) {
  const { t } = useTranslation('ollama')
  const area = useRef<HTMLTextAreaElement>(null)
  const numbers = useRef<HTMLOListElement>(null)
  const marks = useRef<HTMLDivElement>(null)
  const lines = value.split('\n')
  const byLine = new Map<number, ModelfileProblem>()
  for (const problem of problems) if (!byLine.has(problem.line)) byLine.set(problem.line, problem)

  useImperativeHandle(ref, () => ({
    goTo(problem) {
      const field = area.current
      if (field === null) return
      const at = offsetOf(field.value, problem)
      field.focus()
      field.setSelectionRange(at, at)
      field.scrollTop = Math.max(0, (problem.line - 4) * LINE_HEIGHT)
      follow()
    },
  }))

  /** The gutter and the marks move with the text. */
  function follow(): void {
    const { scrollTop = 0, scrollLeft = 0 } = area.current ?? {}
    if (numbers.current !== null) numbers.current.style.transform = `translateY(${-scrollTop}px)`
    if (marks.current !== null) marks.current.style.transform = `translate(${-scrollLeft}px, ${-scrollTop}px)`
  }

  return (
    <div className={problems.length === 0 ? 'modelfile' : 'modelfile wrong'}>
      <div className="gutter" aria-hidden="true">
        <ol ref={numbers}>
          {lines.map((_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line's number is all that it is here
            <li key={index} className={byLine.has(index + 1) ? 'at' : ''}>
              {index + 1}
            </li>
          ))}
        </ol>
      </div>
      <div className="text-area">
        <div className="marks" aria-hidden="true">
          <div ref={marks}>
            {[...byLine.values()].map((problem) => (
              <div key={problem.line} className="mark-line" style={{ top: PADDING + (problem.line - 1) * LINE_HEIGHT }}>
                <span>{lines[problem.line - 1]?.replaceAll('\t', '    ')}</span>
                <span>{problem.text}</span>
              </div>
            ))}
          </div>
        </div>
        <textarea
          ref={area}
          id={id}
          aria-label={t('createForm.editor')}
          aria-invalid={problems.length > 0}
          aria-describedby={describedBy}
          value={value}
          disabled={disabled}
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          wrap="off"
          onChange={(event) => onChange(event.target.value)}
          onScroll={follow}
        />
      </div>
    </div>
  )
}
