import { useEffect } from 'react'

/** Sets the window's title to a page or conversation. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Switchyard' : `${title} · Switchyard`
  }, [title])
}
