import { useSyncExternalStore } from 'react'

let spoken = { text: '', turn: 0 }
const listeners = new Set<() => void>()

/** Says a sentence to screen readers, politely. The same sentence twice is said twice. */
export function announce(text: string): void {
  spoken = { text, turn: spoken.turn + 1 }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The live regions. Two take turns, so that a repeated sentence is a change. */
export function Announcer() {
  const { text, turn } = useSyncExternalStore(subscribe, () => spoken)
  return (
    <>
      <div className="sr" role="status" aria-live="polite">
        {turn % 2 === 0 ? text : ''}
      </div>
      <div className="sr" role="status" aria-live="polite">
        {turn % 2 === 1 ? text : ''}
      </div>
    </>
  )
}
