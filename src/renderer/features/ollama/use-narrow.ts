import { useSyncExternalStore } from 'react'

/** Phones: narrow.css lays the pages out anew from here on. */
const NARROW = '(max-width: 720px)'

/** Whether the window is as narrow as a phone. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = globalThis.matchMedia?.(NARROW)
      query?.addEventListener('change', changed)
      return () => query?.removeEventListener('change', changed)
    },
    () => globalThis.matchMedia?.(NARROW).matches ?? false,
  )
}
