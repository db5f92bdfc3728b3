import { desktop } from '../bridge/desktop.ts'

/** True where the command key takes the place of Ctrl. */
export function isApple(): boolean {
  const bridge = desktop()
  if (bridge !== null) return bridge.platform === 'darwin'
  return /Mac|iPhone|iPad/.test(navigator.userAgent)
}

/** Writes `Mod+K` as ⌘K or Ctrl K. */
export function keyLabel(keys: string): string {
  const apple = isApple()
  return keys
    .split('+')
    .map((key) => {
      if (key === 'Mod') return apple ? '⌘' : 'Ctrl'
      if (key === 'Shift') return apple ? '⇧' : 'Shift'
      if (key === 'Alt') return apple ? '⌥' : 'Alt'
      return key
    })
    .join(apple ? '' : ' ')
}

/** A key or chord, such as `Mod+K`. */
export function Kbd({ keys }: { keys: string }) {
  return <kbd>{keyLabel(keys)}</kbd>
}
