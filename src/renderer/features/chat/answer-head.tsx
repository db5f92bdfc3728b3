import { useCallback, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import type { Message } from '#shared/chats.ts'
import { Glyph } from '../../components/glyph.tsx'
import { useFormat } from '../../i18n/format.ts'
import type { AnswerOutline, AnswerStream } from './answer-stream.ts'

/** How often the count of tokens is told, in ms: nobody reads faster, and each telling lays out the whole line. */
const COUNT_EVERY = 250

/** Place, model and connection; at the right TTFT, tokens and speed, or what happens now. */
export function AnswerHead({
  message,
  live,
  stream,
}: {
  message: Message
  live: AnswerOutline | null
  stream: AnswerStream | undefined
}) {
  const { t } = useTranslation(['chat', 'app'])
  const facts = message.facts
  return (
    <header className="by">
      {facts === null && message.status === 'failed' ? (
        <b>{t('chat:facts.nowhere')}</b>
      ) : (
        <>
          <Glyph place={facts?.place ?? 'here'} />
          <b>{t(`app:place.${facts?.place ?? 'here'}`)}</b>
        </>
      )}
      {facts === null ? null : (
        <span className="cut">
          {facts.modelName} <span className="m">· {facts.connectionName}</span>
        </span>
      )}
      <span className="n">
        {live !== null && !live.ended ? <LiveFacts live={live} stream={stream} /> : <Facts message={message} />}
      </span>
    </header>
  )
}

function LiveFacts({ live, stream }: { live: AnswerOutline; stream: AnswerStream | undefined }) {
  const { t } = useTranslation('chat')
  const format = useFormat()
  const { progress } = live
  if (progress?.phase === 'queued') {
    return progress.value === null
      ? t('live.queued')
      : t('live.queuedAt', { position: format.number(Math.max(1, Math.round(progress.value))) })
  }
  if (progress?.phase === 'loading') {
    return progress.value === null
      ? t('live.loading')
      : t('live.loadingAt', { percent: format.number(Math.round(progress.value * 100)) })
  }
  if (progress?.phase === 'reading') {
    return progress.value === null || progress.value === 0
      ? t('live.reading')
      : t('live.readingAt', { percent: format.number(Math.round(progress.value * 100)) })
  }
  if (!live.begun && live.reasoning === '') return t('live.waiting')
  return <LiveTokens stream={stream} />
}

function LiveTokens({ stream }: { stream: AnswerStream | undefined }) {
  const { t } = useTranslation('chat')
  const subscribe = useCallback(
    (tell: () => void) => {
      let told = performance.now()
      let last: ReturnType<typeof setTimeout> | undefined
      const now = (): void => {
        clearTimeout(last)
        last = undefined
        told = performance.now()
        tell()
      }
      // With the text, so that both are laid out at once; by the clock only where the text halts.
      const leave = stream?.subscribe(() => {
        if (performance.now() - told >= COUNT_EVERY) now()
        else last ??= setTimeout(now, COUNT_EVERY + 50)
      })
      return () => {
        clearTimeout(last)
        leave?.()
      }
    },
    [stream],
  )
  const count = useSyncExternalStore(subscribe, () => stream?.snapshot().completionTokens ?? 0)
  return t('live.answering', { count })
}

function Facts({ message }: { message: Message }) {
  const { t } = useTranslation('chat')
  const format = useFormat()
  const { facts, status } = message
  const words: string[] = []
  if (status === 'stopped') words.push(t('facts.stopped'))
  if (status === 'failed') words.push(t('facts.failed'))
  if (status === 'interrupted') words.push(t('facts.interrupted'))
  if (facts?.finishReason === 'length') words.push(t('facts.length'))
  if (facts?.ttftMs != null && status === 'complete') words.push(format.duration(facts.ttftMs))
  if (facts?.completionTokens != null) words.push(t('facts.tokens', { count: facts.completionTokens }))
  if (facts?.tokensPerSecond != null && status === 'complete') {
    words.push(t('facts.speed', { speed: format.number(facts.tokensPerSecond, facts.tokensPerSecond < 10 ? 1 : 0) }))
  }
  return words.join(' · ')
}
