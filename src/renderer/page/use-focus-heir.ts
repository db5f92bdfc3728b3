import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'

/**
 * When what `ref` holds leaves the page with the focus inside, `heir` takes the focus over. Without one it falls to the
 * page's body, and the keyboard begins at the top again.
 */
export function useFocusHeir(ref: RefObject<HTMLElement | null>, heir: () => HTMLElement | null | undefined): void {
  const latest = useRef(heir)
  useEffect(() => {
    latest.current = heir
  })
  useLayoutEffect(() => {
    const element = ref.current
    return () => {
      if (element === null || !element.contains(document.activeElement)) return
      // What comes in its place is there once this change is through.
      queueMicrotask(() => {
        const focused = document.activeElement
        if (focused === null || focused === document.body) latest.current()?.focus()
      })
    }
  }, [ref])
}
