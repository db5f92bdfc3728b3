import { useEffect, useRef } from 'react'
import { composeMessage, type PastedText } from './pasted-text.ts'

/** ms after the last key until a draft is saved. */
const DRAFT_DELAY = 600

/** Saves the draft once typing rests, and at once when the chat or the window is left. */
export function useDraft(
  text: string,
  pastes: readonly PastedText[],
  save: (draft: string) => void,
  saved: string,
): { sent: (sent: boolean) => void } {
  const last = useRef(saved)
  const isSent = useRef(false)
  const flush = useRef<() => void>(() => undefined)
  flush.current = () => {
    const draft = isSent.current ? '' : composeMessage(text, pastes)
    if (draft === last.current) return
    last.current = draft
    save(draft)
  }
  useEffect(() => {
    // What is typed after sending is a draft of its own.
    if (text === '' && pastes.length === 0) isSent.current = false
    const timer = setTimeout(() => flush.current(), DRAFT_DELAY)
    return () => clearTimeout(timer)
  }, [text, pastes])
  useEffect(() => {
    const leave = (): void => flush.current()
    addEventListener('pagehide', leave)
    document.addEventListener('visibilitychange', leave)
    return () => {
      removeEventListener('pagehide', leave)
      document.removeEventListener('visibilitychange', leave)
      leave()
    }
  }, [])
  return {
    sent: (sent) => {
      isSent.current = sent
      if (!sent) flush.current()
    },
  }
}
