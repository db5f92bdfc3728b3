import { KeyRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { ConnectionView } from '#shared/connections.ts'
import { useFormat } from '../../i18n/format.ts'
import { useNow } from '../../page/use-now.ts'
import { isTrouble } from './connection-state.tsx'
import { useNextLook, useShortTime } from './use-times.ts'

/** Four figures of a connection: how fast it answers, its models, what runs now, and when it is looked at next. */
export function CellFigures({ view }: { view: ConnectionView }) {
  const { t } = useTranslation('backends')
  const format = useFormat()
  const short = useShortTime()
  const { health, provider } = view
  // A figure of a server that does not answer now would be an old one.
  const latency = isTrouble(health.state) || health.state === 'disabled' ? null : health.latencyMs
  const models = format.number(health.modelCount)
  return (
    <dl className="nums">
      <div>
        <dt>{t('latency')}</dt>
        <dd>{latency === null ? t('nothing') : short(latency)}</dd>
      </div>
      <div>
        <dt>{t('models')}</dt>
        <dd>
          {provider === 'ollama' ? (
            <Link
              href={`/backends/${view.id}/models`}
              aria-label={t('manageNamed', { count: health.modelCount, name: view.title })}
            >
              {models}
            </Link>
          ) : (
            models
          )}
        </dd>
      </div>
      <div>
        <dt>{t('inFlight')}</dt>
        <dd>{format.number(health.inFlight)}</dd>
      </div>
      <div>
        <dt>{t('next')}</dt>
        <dd>
          <NextLook at={health.nextCheckAt} />
        </dd>
      </div>
    </dl>
  )
}

function NextLook({ at }: { at: number | null }) {
  const { t } = useTranslation('backends')
  return useNextLook(at) ?? t('nothing')
}

/** The keys by their masks. */
export function CellKeys({ view }: { view: ConnectionView }) {
  const { t } = useTranslation('backends')
  if (view.keys.length === 0) return null
  const masks = view.keys.map(({ mask }) => mask)
  return (
    <p className="row s m keys">
      <KeyRound size={14} strokeWidth={1.75} aria-hidden="true" />
      <span className="cut" title={masks.join(', ')}>
        <span className="sr">{t('keys', { count: masks.length, masks: '' })}</span>
        <span className="n">{masks.join('  ')}</span>
      </span>
    </p>
  )
}

/** What is to be said about its state: the last error with its age, since when nothing is known, why it rests. */
export function CellNote({ view }: { view: ConnectionView }) {
  const { t, i18n } = useTranslation(['backends', 'errors'])
  const format = useFormat()
  const now = useNow(5_000)
  const { config, health } = view
  if (health.state === 'disabled') {
    const byFamily = config?.enabled === true
    return (
      <p className="s m note">
        {byFamily
          ? t('backends:familyOff', { provider: t(`backends:provider.${view.provider}`) })
          : t('backends:pausedNote')}
      </p>
    )
  }
  if (health.state === 'unknown') return <p className="s m note">{t('backends:notAsked')}</p>
  const { lastError } = health
  const lines = []
  if (lastError !== null) {
    const english = i18n.language.startsWith('en')
    const message = english ? lastError.error.message : t(`errors:${lastError.error.code}.what`)
    const current = health.state === 'limited' || isTrouble(health.state)
    const tone = health.state === 'limited' ? 'warn' : isTrouble(health.state) ? 'bad' : 'm'
    const ago = format.ago(lastError.at, now)
    lines.push(
      <p key="error" className={`s note ${tone}`} title={lastError.error.message}>
        {current ? (
          <>
            {message} <span className="m nw">{ago}</span>
          </>
        ) : (
          t('backends:error.past', { ago, message })
        )}
      </p>,
    )
  }
  if (isTrouble(health.state)) {
    const facts = [
      health.lastOkAt === null
        ? t('backends:neverAnswered')
        : t('backends:lastAnswer', { ago: format.ago(health.lastOkAt, now) }),
      ...(health.modelsKnownAt === null
        ? []
        : [`${t('backends:models')} ${t('backends:asOf', { time: dated(health.modelsKnownAt) })}`]),
    ]
    lines.push(
      <p key="since" className="s m cut">
        {facts.join(' · ')}
      </p>,
    )
  }
  return lines

  /** The time of day; with the day where that is another. */
  function dated(at: number): string {
    const sameDay = new Date(at).toDateString() === new Date(now).toDateString()
    return sameDay ? format.time(at) : `${format.day(at, now)} ${format.time(at)}`
  }
}
