import { ChevronRight } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

/** What the model wrote before its answer: open while it is being written, folded after. The person's choice holds. */
export function Thinking({ text, live }: { text: string; live: boolean }) {
  const { t } = useTranslation('chat')
  const [chosen, setChosen] = useState<boolean | null>(null)
  const open = chosen ?? live
  const id = useId()
  const body = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // The newest line stays in sight while it grows in its small window.
    const element = body.current
    if (live && element !== null && text !== '') element.scrollTop = element.scrollHeight
  }, [live, text])
  return (
    <div className="think">
      <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setChosen(!open)}>
        <ChevronRight size={14} strokeWidth={1.75} aria-hidden="true" />
        {live ? t('thinking.now') : t('thinking.done')}
      </button>
      <div id={id} ref={body} className="body" hidden={!open}>
        {open ? text : null}
      </div>
    </div>
  )
}
