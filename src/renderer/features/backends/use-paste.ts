import { useEffect } from 'react'
import { openEditor, useBackendsStore } from './backends-store.ts'
import { recognisePaste } from './recognise-paste.ts'

/** A key or address that is pasted anywhere on the page opens the form with it. Fields keep their own pastes. */
export function usePasteToAdd(): void {
  useEffect(() => {
    const listen = (event: ClipboardEvent): void => {
      if (event.defaultPrevented || useBackendsStore.getState().editor !== null || takesText(event.target)) return
      const found = recognisePaste(event.clipboardData?.getData('text') ?? '')
      if (found === null) return
      event.preventDefault()
      openEditor({ kind: 'add', found })
    }
    addEventListener('paste', listen)
    return () => removeEventListener('paste', listen)
  }, [])
}

function takesText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLElement && target.isContentEditable)
  )
}
