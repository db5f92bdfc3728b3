import { useTranslation } from 'react-i18next'
import type { GgufFile, LoadOptions } from '#shared/models.ts'
import { Progress } from '../../components/progress.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useNow } from '../../page/use-now.ts'
import { runsAsAsked } from './load-options.ts'

/** What the runtime holds of this model now: context, requests, and when it will let go. */
export function LoadedNow({ loaded, saved }: { loaded: NonNullable<GgufFile['loaded']>; saved: LoadOptions }) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const now = useNow(1000)
  if (loaded.state !== 'loaded') {
    const word =
      loaded.state === 'loading' ? t('loadingPercent', { percent: Math.round(loaded.progress * 100) }) : t('unloading')
    return (
      <section className="sec">
        <h2>{word}</h2>
        <Progress value={loaded.state === 'loading' ? loaded.progress : null} label={word} />
      </section>
    )
  }
  const busy = loaded.activeRequests + loaded.queuedRequests > 0
  const unloads = busy
    ? t('inUse')
    : loaded.expiresAt === null
      ? t('staysLoaded')
      : t('unloadsInValue', { time: format.duration(Math.max(0, Math.ceil((loaded.expiresAt - now) / 1000) * 1000)) })
  return (
    <section className="sec">
      <h2>
        {t('loadedNow')}
        {loaded.loadedAt === null ? null : <span className="end s m">{format.ago(loaded.loadedAt, now)}</span>}
      </h2>
      <dl className="facts">
        <dt>{t('contextNow')}</dt>
        <dd>{t('contextValue', { tokens: format.number(loaded.contextSize), count: loaded.sequences })}</dd>
        <dt>{t('requests')}</dt>
        <dd>{t('requestsValue', { active: loaded.activeRequests, queued: loaded.queuedRequests })}</dd>
        <dt>{t('unloadsIn')}</dt>
        <dd>{unloads}</dd>
      </dl>
      {runsAsAsked(loaded.options, saved) ? null : <p className="s m pt-2">{t('loadedWith')}</p>}
    </section>
  )
}
