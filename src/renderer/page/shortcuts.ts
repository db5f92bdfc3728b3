import { useEffect, useRef, useSyncExternalStore } from 'react'
import { isApple } from '../components/kbd.tsx'

export type ShortcutGroup = 'everywhere' | 'chat' | 'models'

/** One shortcut of the registry. The cheat sheet lists what is registered now. */
export interface Shortcut {
  /** `Mod+K`, `Mod+Shift+F`, `Esc`, `?`. Mod is ⌘ on a Mac and Ctrl elsewhere. */
  keys: string
  group: ShortcutGroup
  /** What it does, in the language shown. */
  label: string
  /** Returns false to leave the key to others. */
  run: (event: KeyboardEvent) => unknown
  /** Also while typing in a field. Chords with Mod always do. */
  whileTyping?: boolean | undefined
  /** Handled by the control itself; listed only. */
  listedOnly?: boolean | undefined
}

let registered: readonly Shortcut[] = []
const listeners = new Set<() => void>()

function change(next: readonly Shortcut[]): void {
  registered = next
  for (const listener of listeners) listener()
}

/** Adds a shortcut. Returns the way to take it out. The one added last is asked first. */
export function registerShortcut(shortcut: Shortcut): () => void {
  change([...registered, shortcut])
  return () => change(registered.filter((one) => one !== shortcut))
}

/** Registers a shortcut while the component is shown. */
export function useShortcut(shortcut: Shortcut): void {
  const run = useRef(shortcut.run)
  useEffect(() => {
    run.current = shortcut.run
  })
  const { keys, group, label, whileTyping, listedOnly } = shortcut
  useEffect(
    () => registerShortcut({ keys, group, label, whileTyping, listedOnly, run: (event) => run.current(event) }),
    [keys, group, label, whileTyping, listedOnly],
  )
}

/** All shortcuts of now, for the cheat sheet. */
export function useShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => registered,
  )
}

/** Whether a key event is the chord `keys`. */
export function matches(event: KeyboardEvent, keys: string, apple = isApple()): boolean {
  const parts = keys.split('+')
  const key = parts.at(-1) ?? ''
  const mod = parts.includes('Mod')
  if ((apple ? event.metaKey : event.ctrlKey) !== mod) return false
  if ((apple ? event.ctrlKey : event.metaKey) === true) return false
  if (event.altKey !== parts.includes('Alt')) return false
  // `?` and `/` need Shift on some layouts: only letters and named keys look at it.
  const named = key.length > 1 || /[a-z]/i.test(key)
  if (named && event.shiftKey !== parts.includes('Shift')) return false
  const wanted = key === 'Esc' ? 'escape' : key.toLowerCase()
  return event.key.toLowerCase() === wanted
}

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true
  return target instanceof HTMLInputElement && !['range', 'checkbox', 'radio', 'button'].includes(target.type)
}

/** Listens on the window and runs the matching shortcut. Returns the way to stop. */
export function listenForShortcuts(): () => void {
  const listen = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return
    for (const shortcut of registered.toReversed()) {
      if (shortcut.listedOnly || !matches(event, shortcut.keys)) continue
      if (typing(event.target) && !shortcut.whileTyping && !shortcut.keys.includes('Mod+')) continue
      if (shortcut.run(event) === false) continue
      event.preventDefault()
      return
    }
  }
  addEventListener('keydown', listen)
  return () => removeEventListener('keydown', listen)
}
