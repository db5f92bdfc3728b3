import type { Virtualizer } from '@tanstack/react-virtual'
import { afterFrame } from '../../page/frame-turns.ts'

/** px by which a position may differ from the one that was written: browsers round. */
const ROUNDING = 1.5

/**
 * Tells the virtualizer of scrolling by the reader, not of the echo of its own writes: while it follows a growing answer,
 * each of them would otherwise draw the thread anew twice, when "scrolling" begins and when it ends. Where nothing was
 * scrolling, the position is read after the frame: the event comes at its beginning, when text that has just come is not
 * laid out yet, and reading would lay it out twice.
 */
export function observeOffset(
  virtualizer: Virtualizer<HTMLDivElement, Element>,
  tell: (offset: number, isScrolling: boolean) => void,
): (() => void) | undefined {
  const { scrollElement: element } = virtualizer
  if (element === null) return undefined
  const { isScrollingResetDelay } = virtualizer.options
  let quiet: ReturnType<typeof setTimeout> | undefined
  const read = (): void => {
    const offset = element.scrollTop
    const echo = !virtualizer.isScrolling && Math.abs((virtualizer.scrollOffset ?? -2) - offset) < ROUNDING
    clearTimeout(quiet)
    if (!echo) quiet = setTimeout(() => tell(element.scrollTop, false), isScrollingResetDelay)
    tell(offset, !echo)
  }
  const later = afterFrame(read)
  const onScroll = (): void => {
    if (virtualizer.isScrolling) read()
    else later.ask()
  }
  element.addEventListener('scroll', onScroll, { passive: true })
  return () => {
    element.removeEventListener('scroll', onScroll)
    later.cancel()
    clearTimeout(quiet)
  }
}
