import { useEffect, useRef } from 'react'
import { composeMessage, type Written, withoutSent } from './pasted-text.ts'

/** ms after the last key until a draft is saved. */
const DRAFT_DELAY = 600

export interface Draft {
  /** What is written now is on its way: no draft any more, also when sending leads away from this chat. */
  sending: () => void
  /** It arrived. Returns what was written since: a draft of its own. */
  arrived: () => Written
  /** It did not: it is a draft again. */
  failed: () => void
}

/** Saves the draft once typing rests, and at once when the chat or the window is left. */
export function useDraft(written: Written, save: (draft: string) => void, saved: string): Draft {
  const now = useRef(written)
  now.current = written
  const onItsWay = useRef<Written | null>(null)
  const last = useRef(saved)
  const flush = useRef<() => void>(() => undefined)
  flush.current = () => {
    const { text, pastes } = onItsWay.current === null ? now.current : withoutSent(now.current, onItsWay.current)
    const draft = composeMessage(text, pastes)
    if (draft === last.current) return
    last.current = draft
    save(draft)
  }
  const { text, pastes } = written
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is written sets the time anew
  useEffect(() => {
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
    sending: () => {
      onItsWay.current = now.current
    },
    arrived: () => {
      if (onItsWay.current !== null) now.current = withoutSent(now.current, onItsWay.current)
      onItsWay.current = null
      const rest = composeMessage(now.current.text, now.current.pastes)
      // With the message the engine let its draft go, whatever was saved by then.
      if (rest !== '') {
        last.current = rest
        save(rest)
      }
      return now.current
    },
    failed: () => {
      onItsWay.current = null
      flush.current()
    },
  }
}
