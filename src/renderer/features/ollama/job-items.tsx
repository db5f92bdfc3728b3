import { Check, CircleX } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job } from '#shared/jobs.ts'
import { itemCounts, itemReasons } from './job-view.ts'

/** What became of each model of an update: failures always show, with their reasons; the rest on request. */
export function JobItems({ job }: { job: Job }) {
  const { t } = useTranslation('jobs')
  const [open, setOpen] = useState(false)
  const counts = itemCounts(job.items)
  const reasons = itemReasons(job)
  const shown = job.items.filter(({ state }) => open || state === 'failed' || state === 'running')
  return (
    <div className="job-note">
      <p className="s row flex-wrap">
        <span>{t('itemsSummary', { updated: counts.updated, same: counts.same })}</span>
        {counts.failed === 0 ? null : <span className="bad">{t('itemsFailed', { count: counts.failed })}</span>}
        {counts.open === 0 ? null : <span className="m">{t('itemsOpen', { count: counts.open })}</span>}
        <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t('itemsHide') : t('itemsShow')}
        </button>
      </p>
      {shown.length === 0 ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys must reach it
        <ul className="job-items scroll" aria-label={t('items')} tabIndex={0}>
          {shown.map((item) => (
            <li key={item.model}>
              <span className="cut">{item.model}</span>
              <ItemState item={item} />
              {reasons.has(item.model) ? <span className="s m job-reason">{reasons.get(item.model)}</span> : null}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function ItemState({ item: { state, changed } }: { item: Job['items'][number] }) {
  const { t } = useTranslation('jobs')
  if (state === 'failed') {
    return (
      <span className="s bad row end">
        <CircleX size={14} strokeWidth={1.75} aria-hidden="true" />
        {t('item.failed')}
      </span>
    )
  }
  if (state !== 'done') return <span className="s m end nw">{t(`item.${state}`)}</span>
  return (
    <span className="s row end nw">
      {changed === true ? <Check size={14} strokeWidth={1.75} aria-hidden="true" /> : null}
      {changed === null ? t('item.done') : changed ? t('item.updated') : t('item.same')}
    </span>
  )
}
