import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { PRESET_PAGE } from '#shared/presets.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { useFormat } from '../../i18n/format.ts'
import { setQuery, usePresetsStore } from './presets-store.ts'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

/** Which rows of how many are shown, and the pages beside; nothing where one page holds all. */
export function Pager({ total }: { total: number }) {
  const { t } = useTranslation('presets')
  const format = useFormat()
  const page = usePresetsStore((store) => store.query.page)
  const last = Math.max(1, Math.ceil(total / PRESET_PAGE))
  if (last === 1) return null
  const from = (page - 1) * PRESET_PAGE + 1
  return (
    <nav className="pager" aria-label={t('pages')}>
      <span className="m">
        {t('page', {
          from: format.number(from),
          to: format.number(Math.min(total, from + PRESET_PAGE - 1)),
          total: format.number(total),
        })}
      </span>
      <IconButton
        label={t('previous')}
        icon={<ChevronLeft {...icon} />}
        disabled={page <= 1}
        onClick={() => setQuery({ page: page - 1 })}
      />
      <IconButton
        label={t('next')}
        icon={<ChevronRight {...icon} />}
        disabled={page >= last}
        onClick={() => setQuery({ page: page + 1 })}
      />
    </nav>
  )
}
