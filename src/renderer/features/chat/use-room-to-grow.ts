import { type RefObject, useLayoutEffect, useRef } from 'react'

/** The answer's height grows in steps of this many px (six lines) while it is written. */
const STEP = 144
/** Shorter answers grow line by line: there the text is the whole view, and room below it would look like a gap. */
const FROM = 480

/**
 * Keeps a little room below a long answer while it is written. Each new line would otherwise make the row taller, and with
 * it the list, and with that the scroll position: the dearest part of a frame, nine times a second at 200 tokens/s. With
 * room to grow into, that happens about once a second, and the text above stands still in between.
 */
export function useRoomToGrow(writing: boolean): RefObject<HTMLElement | null> {
  const article = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    const element = article.current
    if (!writing || element === null) return
    let room = 0
    // Called after layout, so that reading costs none.
    const observer = new ResizeObserver(() => {
      const end = element.lastElementChild?.getBoundingClientRect().bottom ?? 0
      const height = end - element.getBoundingClientRect().top
      const wanted = height < FROM ? 0 : Math.ceil(height / STEP) * STEP
      if (wanted <= room) return
      room = wanted
      element.style.minHeight = `${room}px`
    })
    for (const child of element.children) observer.observe(child)
    return () => {
      observer.disconnect()
      element.style.minHeight = ''
    }
  }, [writing])
  return article
}
