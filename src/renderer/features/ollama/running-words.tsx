import { useTranslation } from 'react-i18next'
import type { OllamaModel } from '#shared/jobs.ts'
import type { Place } from '#shared/place.ts'
import { useFormat } from '../../i18n/format.ts'
import { useNow } from '../../page/use-now.ts'
import { vramPercent } from './model-list.ts'
import { countdown } from './use-job-text.ts'

/** `loaded · 100 % VRAM · 4 min 12 s left`, counting down. */
export function RunningWords({ running, place }: { running: NonNullable<OllamaModel['running']>; place: Place }) {
  const { t } = useTranslation('ollama')
  const format = useFormat()
  const now = useNow(1000)
  const percent = vramPercent(running)
  const left = running.expiresAt === null ? null : running.expiresAt - now
  return (
    <span className="nw">
      <b className={`p ${place}`}>{t('loaded')}</b>{' '}
      <span className="n m">
        · {percent === 0 ? t('ramOnly') : t('vram', { percent })} ·{' '}
        {left === null ? t('stays') : left <= 0 ? t('unloadsNow') : t('unloadsIn', { time: countdown(format, left) })}
      </span>
    </span>
  )
}
