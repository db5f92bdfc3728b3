import { useTranslation } from 'react-i18next'
import type { Place } from '#shared/place.ts'

/** The mark of a place. Decorative by default, because the word stands beside it; `named` gives it the word. */
export function Glyph({ place, named }: { place: Place; named?: boolean | undefined }) {
  const { t } = useTranslation('app')
  if (named) return <span role="img" className={`g ${place}`} aria-label={t(`place.${place}`)} />
  return <i className={`g ${place}`} aria-hidden="true" />
}
