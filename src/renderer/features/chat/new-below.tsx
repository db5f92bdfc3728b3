import { ArrowDown } from 'lucide-react'
import { type RefObject, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { useFormat } from '../../i18n/format.ts'
import { afterFrame } from '../../page/frame-turns.ts'

const LINE = 24
/** px above the end from which the pill offers the way back. */
const AWAY = 160

interface Below {
  /** Lines that have come since the reader left the end. */
  lines: number
  away: boolean
}

/** "New below · 14 lines": shown while the reader is away from the end. */
export function NewBelow({ scroller, onGo }: { scroller: RefObject<HTMLDivElement | null>; onGo: () => void }) {
  const { t } = useTranslation('chat')
  const format = useFormat()
  const [below, setBelow] = useState<Below>({ lines: 0, away: false })
  useEffect(() => {
    const element = scroller.current
    const content = element?.querySelector('.rows')
    if (element === null || content === null || content === undefined) return
    let seenTo = element.scrollHeight
    const look = (): void => {
      const { scrollTop, scrollHeight, clientHeight } = element
      const distance = scrollHeight - scrollTop - clientHeight
      if (distance < AWAY / 2) seenTo = scrollHeight
      const lines = Math.max(0, Math.round((scrollHeight - Math.max(seenTo, scrollTop + clientHeight)) / LINE))
      const away = distance > AWAY
      setBelow((before) => (before.lines === lines && before.away === away ? before : { lines, away }))
    }
    // Both come when the layout is fresh, so that reading sizes costs none; in an animation frame, after the text was
    // written, or when a scroll is told at the frame's beginning, the same reading would.
    const observer = new ResizeObserver(look)
    const later = afterFrame(look)
    observer.observe(content)
    element.addEventListener('scroll', later.ask, { passive: true })
    return () => {
      observer.disconnect()
      later.cancel()
      element.removeEventListener('scroll', later.ask)
    }
  }, [scroller])
  if (!below.away) return null
  return (
    <Button className="pill" icon={<ArrowDown size={14} strokeWidth={1.75} aria-hidden="true" />} onClick={onGo}>
      {below.lines > 0 ? (
        <>
          {t('below.new')}{' '}
          <span className="n m">{t('below.lines', { count: below.lines, lines: format.number(below.lines) })}</span>
        </>
      ) : (
        t('below.end')
      )}
    </Button>
  )
}
