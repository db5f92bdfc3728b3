import { type RefObject, useEffect, useState } from 'react'

/** px around the window within which things count as near. */
const MARGIN = 800

interface Watch {
  observer: IntersectionObserver
  tell: WeakMap<Element, (near: boolean) => void>
}

const watches = new WeakMap<Element, Watch>()

/** One observer for each scrolling region, however many elements it watches. */
function watchOf(root: Element): Watch {
  const known = watches.get(root)
  if (known !== undefined) return known
  const tell: Watch['tell'] = new WeakMap()
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) tell.get(entry.target)?.(entry.isIntersecting)
    },
    { root, rootMargin: `${MARGIN}px 0px` },
  )
  const watch = { observer, tell }
  watches.set(root, watch)
  return watch
}

/** Whether the element is near what is seen of its scrolling region; always where nobody can tell, or while not `watched`. */
export function useNear(element: RefObject<Element | null>, watched: boolean): boolean {
  const [near, setNear] = useState(!watched || typeof IntersectionObserver === 'undefined')
  useEffect(() => {
    const target = element.current
    const root = target?.closest('.scroll') ?? null
    if (!watched || target === null || root === null || typeof IntersectionObserver === 'undefined') {
      setNear(true)
      return
    }
    const { observer, tell } = watchOf(root)
    tell.set(target, setNear)
    observer.observe(target)
    return () => {
      observer.unobserve(target)
      tell.delete(target)
    }
  }, [element, watched])
  return near
}
