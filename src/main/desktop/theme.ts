import { nativeTheme } from 'electron'
import type { PreferenceStore } from './preferences.ts'

/** Makes native parts (menus, dialogs, first frame) follow the theme setting, and remembers it for the next start. */
export function followTheme(preferences: PreferenceStore): (theme: 'system' | 'light' | 'dark') => void {
  nativeTheme.themeSource = preferences.get().theme
  return (theme) => {
    if (theme === preferences.get().theme) return
    nativeTheme.themeSource = theme
    preferences.set({ theme })
  }
}
