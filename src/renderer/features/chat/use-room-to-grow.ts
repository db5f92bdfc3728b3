import { type RefObject, useLayoutEffect, useRef } from 'react'
import { inOwnFrame } from '../../page/frame-turns.ts'

/** The answer's height grows in steps while it is written: as far as this time of writing takes it. */
const STEP_MS = 1_000
/** Smallest and largest step in px: three lines, and sixteen. */
const LEAST = 72
const MOST = 384
/** Shorter answers grow line by line: there the text is the whole view, and room below it would look like a gap. */
const FROM = 480
/** px of room at which the next step is due: two lines, more than a frame writes. */
const LEFT = 48

/**
 * Keeps a little room below a long answer while it is written. Each new line would otherwise make the row taller, and with
 * it the list, and with that the scroll position: the dearest part of a frame, nine times a second at 200 tokens/s. With
 * room to grow into, the text above stands still in between, and the faster an answer comes, the more room it is given.
 * The room is made before the text needs it, in a frame of its own that the text leaves to it: growing and writing in one
 * frame would lay everything out twice.
 */
export function useRoomToGrow(writing: boolean): RefObject<HTMLElement | null> {
  const article = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    const element = article.current
    if (!writing || element === null) return
    let room = 0
    let grown = { height: 0, at: performance.now() }
    let cancel: (() => void) | null = null
    const grow = (): void => {
      cancel = null
      element.style.minHeight = `${room}px`
    }
    // Called after layout, so that reading costs none.
    const observer = new ResizeObserver(() => {
      const end = element.lastElementChild?.getBoundingClientRect().bottom ?? 0
      const height = end - element.getBoundingClientRect().top
      if (height < FROM || height + LEFT <= room) return
      const now = performance.now()
      const speed = (height - grown.height) / Math.max(1, now - grown.at)
      grown = { height, at: now }
      room = Math.ceil(height + LEFT + Math.min(MOST, Math.max(LEAST, speed * STEP_MS)))
      cancel ??= inOwnFrame(grow)
    })
    for (const child of element.children) observer.observe(child)
    return () => {
      observer.disconnect()
      cancel?.()
      element.style.minHeight = ''
    }
  }, [writing])
  return article
}
