import { useTranslation } from 'react-i18next'
import type { PresetQuery } from '#shared/presets.ts'
import { usePresetTags } from '../../bridge/preset-queries.ts'
import { Segmented } from '../../components/segmented.tsx'
import { Select } from '../../components/select.tsx'
import { setQuery, usePresetsStore } from './presets-store.ts'

const ORDERS = ['updated_at', 'created_at', 'name'] as const

/** Which models are listed, and in what order. */
export function PresetsFilters({ total }: { total: number }) {
  const { t } = useTranslation('presets')
  const query = usePresetsStore((store) => store.query)
  const tags = usePresetTags().data ?? []
  // A tag that is asked for stays a choice when its last model has gone.
  const choices = query.tag === null || tags.includes(query.tag) ? tags : [query.tag, ...tags]
  return (
    <div className="group presets-filters">
      <Segmented<PresetQuery['view']>
        label={t('view.label')}
        value={query.view}
        options={(['all', 'created', 'shared'] as const).map((value) => ({ value, label: t(`view.${value}`) }))}
        onChange={(view) => setQuery({ view })}
      />
      {choices.length === 0 ? null : (
        <Select
          quiet
          label={t('tagFilter')}
          value={query.tag === null ? '' : `tag:${query.tag}`}
          options={[{ value: '', label: t('allTags') }, ...choices.map((tag) => ({ value: `tag:${tag}`, label: tag }))]}
          onChange={(value) => setQuery({ tag: value === '' ? null : value.slice(4) })}
        />
      )}
      <span className="m nw hide-n">{t('count', { count: total })}</span>
      <span className="end">
        <Select
          quiet
          label={t('order.label')}
          value={query.orderBy}
          options={ORDERS.map((value) => ({ value, label: t(`order.${value}`) }))}
          onChange={(orderBy) => setQuery({ orderBy, direction: orderBy === 'name' ? 'asc' : 'desc' })}
        />
      </span>
    </div>
  )
}
