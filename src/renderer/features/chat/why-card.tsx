import { CircleX, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { AnswerFacts } from '#shared/chats.ts'
import { Glyph } from '../../components/glyph.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { useFormat } from '../../i18n/format.ts'

/** "Why here?": the steps of the route, and everything that was measured. */
export function WhyCard({ facts, onClose }: { facts: AnswerFacts; onClose: () => void }) {
  const { t } = useTranslation(['chat', 'app'])
  const format = useFormat()
  const tokens = (value: number | null): string => (value === null ? '–' : format.number(value))
  const time = (value: number | null): string => (value === null ? '–' : format.duration(value))
  const rows: [string, string][] = [
    [t('chat:why.ttft'), time(facts.ttftMs)],
    [
      t('chat:why.speed'),
      facts.tokensPerSecond === null
        ? '–'
        : t('chat:facts.speed', { speed: format.number(facts.tokensPerSecond, facts.tokensPerSecond < 10 ? 1 : 0) }),
    ],
    [t('chat:why.prompt'), tokens(facts.promptTokens)],
    [t('chat:why.cached'), tokens(facts.cachedPromptTokens)],
    [t('chat:why.completion'), tokens(facts.completionTokens)],
    [t('chat:why.context'), facts.contextSize === null ? '–' : format.compact(facts.contextSize)],
    [t('chat:why.queue'), time(facts.queueMs)],
    [t('chat:why.load'), time(facts.loadMs)],
    [t('chat:why.total'), time(facts.durationMs)],
    [t('chat:why.end'), facts.finishReason === null ? '–' : t(`chat:finish.${facts.finishReason}`)],
  ]
  return (
    <aside className="why" aria-label={t('chat:why.title')}>
      <h2>
        {t('chat:why.title')}
        <IconButton
          label={t('app:close')}
          icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
          onClick={onClose}
        />
      </h2>
      <div className="cand">
        <Glyph place={facts.place} />
        <b>
          {facts.modelName} · {facts.connectionName}
        </b>
        {stepsOf(facts).map((step) => (
          <span key={step}>{step}</span>
        ))}
      </div>
      {facts.attempts === undefined || facts.attempts.length === 0 ? null : (
        <>
          <h3>{t('chat:why.tried')}</h3>
          <ol>
            {facts.attempts.map((attempt, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the record never changes
              <li key={index} className="cand">
                <CircleX size={11} strokeWidth={1.75} aria-hidden="true" className="warn" />
                <b>
                  {attempt.connectionName} <span className="n m">{format.duration(attempt.durationMs)}</span>
                </b>
                <span>{attempt.message}</span>
              </li>
            ))}
          </ol>
        </>
      )}
      <h3>{t('chat:why.leg')}</h3>
      <dl className="kv">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </aside>
  )
}

/** The steps of the decision, without those that only repeat an attempt. */
function stepsOf({ route, attempts = [] }: AnswerFacts): string[] {
  const repeated = new Set(attempts.map(({ connectionName, message }) => `${connectionName}: ${message}`))
  return [...new Set(route)].filter((step) => !repeated.has(step))
}
