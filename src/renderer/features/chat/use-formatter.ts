import { useTranslation } from 'react-i18next'
import { createFormatter, type Formatter } from '../../i18n/format.ts'

const made = new Map<string, Formatter>()

/** The formatter of the language shown now, made once: rows ask for it by the hundred while scrolling. */
export function useFormatter(): Formatter {
  const { i18n } = useTranslation()
  const known = made.get(i18n.language)
  if (known !== undefined) return known
  const formatter = createFormatter(i18n.language)
  made.set(i18n.language, formatter)
  return formatter
}
