import { useTranslation } from 'react-i18next'
import type { Place } from '#shared/place.ts'

/** The places of the last answers, oldest first, as up to six short lines. */
export function Trace({ places }: { places: readonly Place[] }) {
  const { t } = useTranslation('app')
  if (places.length === 0) return null
  const words = places.map((place) => t(`place.${place}`)).join(', ')
  const segments = places.slice(-6).map((place, position) => ({ place, key: `${position}-${place}` }))
  return (
    <span className="tr" role="img" aria-label={t('trace', { places: words })}>
      {segments.map((segment) => (
        <i key={segment.key} className={segment.place} />
      ))}
    </span>
  )
}
