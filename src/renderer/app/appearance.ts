import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { Settings } from '#shared/settings.ts'
import { useSettings } from '../bridge/queries.ts'
import { pickLanguage } from '../i18n/setup.ts'

type Theme = Settings['theme']
const STORED = 'switchyard.theme'

/** The theme of the last visit, so that the first frame already has it. */
export function rememberedTheme(): Theme {
  try {
    const stored = localStorage.getItem(STORED)
    return stored === 'light' || stored === 'dark' ? stored : 'system'
  } catch {
    // Storage may be switched off; the system's theme is then the first frame's.
    return 'system'
  }
}

/** Shows a theme at once; `system` follows the machine. */
export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  try {
    localStorage.setItem(STORED, theme)
  } catch {
    // Only the first frame of the next visit is affected.
    return
  }
}

/** Keeps the document's theme and language what the settings say. */
export function useAppearance(): void {
  const { i18n } = useTranslation()
  const settings = useSettings().data?.values
  const theme = settings?.theme
  const language = settings?.language
  useEffect(() => {
    if (theme !== undefined) showTheme(theme)
  }, [theme])
  useEffect(() => {
    if (language === undefined) return
    const picked = pickLanguage(language, navigator.languages)
    if (i18n.language !== picked) void i18n.changeLanguage(picked)
  }, [language, i18n])
  useEffect(() => {
    document.documentElement.lang = i18n.language === 'zh' ? 'zh-Hans' : i18n.language
  }, [i18n.language])
}
