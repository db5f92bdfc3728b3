import { ChevronDown, ChevronRight } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../components/copy-button.tsx'

/** One long text of a model, folded unless told, with a way to copy it whole. */
export function ModelText({
  title,
  text,
  shown = text,
  open: openFirst,
  action,
}: {
  title: string
  /** What is copied. */
  text: string
  /** How it is shown, where that differs. */
  shown?: string
  open: boolean
  action?: ReactNode
}) {
  const { t } = useTranslation('ollama')
  const [open, setOpen] = useState(openFirst)
  const id = useId()
  const Mark = open ? ChevronDown : ChevronRight
  return (
    <section className="sec text">
      <div className="row">
        <h2>
          <button
            type="button"
            className="opener"
            aria-expanded={open}
            aria-controls={id}
            onClick={() => setOpen(!open)}
          >
            <Mark size={14} strokeWidth={1.75} aria-hidden="true" />
            {title}
          </button>
        </h2>
        <span className="s m nw">{t('lines', { count: text.trimEnd().split('\n').length })}</span>
        <span className="row end" style={{ gap: 0 }}>
          {action}
          <CopyButton text={text} what={title} />
        </span>
      </div>
      {open ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys must reach it
        <section id={id} className="scroll" tabIndex={0} aria-label={title}>
          <pre>{shown}</pre>
        </section>
      ) : null}
    </section>
  )
}
