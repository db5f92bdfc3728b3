import { type RefObject, useEffect, useRef } from 'react'
import { afterFrame } from '../../page/frame-turns.ts'

/**
 * Keeps a reader who is at the end there when the view itself changes its size: a message of several lines or a phone's
 * keyboard makes it lower, a turned phone makes every row taller. `within` is how near to the end counts as at the end, px.
 */
export function useStayAtEnd(scroller: RefObject<HTMLElement | null>, within: number, toEnd: () => void): void {
  const go = useRef(toEnd)
  go.current = toEnd
  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    let atEnd = true
    let width = element.clientWidth
    let height = element.clientHeight
    // Only scrolling leaves the end. It is read after the frame, when the layout is fresh and reading costs none.
    const later = afterFrame(() => {
      atEnd = element.scrollHeight - element.scrollTop - element.clientHeight <= within
    })
    const observer = new ResizeObserver(() => {
      if (element.clientWidth === width && element.clientHeight === height) return
      width = element.clientWidth
      height = element.clientHeight
      if (atEnd) go.current()
    })
    later.ask()
    observer.observe(element)
    element.addEventListener('scroll', later.ask, { passive: true })
    return () => {
      observer.disconnect()
      later.cancel()
      element.removeEventListener('scroll', later.ask)
    }
  }, [scroller, within])
}
