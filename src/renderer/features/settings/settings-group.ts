import type { ReactNode } from 'react'

/** A titled group of setting rows; `words` is what the search looks at. Each node carries its own key. */
export interface SettingsGroup {
  title: string
  rows: readonly { words: string; node: ReactNode }[]
}
