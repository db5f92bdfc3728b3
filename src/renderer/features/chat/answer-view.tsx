import { CircleStop, Copy, Ellipsis, RotateCw } from 'lucide-react'
import { memo, useCallback, useLayoutEffect, useReducer, useRef, useSyncExternalStore } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'
import type { Message } from '#shared/chats.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { copyText } from '../../components/copy-button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { Kbd } from '../../components/kbd.tsx'
import { Progress } from '../../components/progress.tsx'
import { MarkdownBody } from '../../markdown/markdown-body.tsx'
import { useMessageActions } from './answer-actions.ts'
import { AnswerHead } from './answer-head.tsx'
import type { AnswerOutline, AnswerStream, LiveAnswer } from './answer-stream.ts'
import { BranchSwitch } from './branch-switch.tsx'
import { KeepSelection } from './keep-selection.tsx'
import { parsedAnswer } from './parsed-answers.ts'
import { RowButton } from './row-button.tsx'
import { Thinking } from './thinking.tsx'
import { ToolCalls } from './tool-calls.tsx'
import { useRoomToGrow } from './use-room-to-grow.ts'
import { WhyCard } from './why-card.tsx'

function useSubscribe(stream: AnswerStream | undefined): (listener: () => void) => () => void {
  return useCallback((listener: () => void) => stream?.subscribe(listener) ?? (() => undefined), [stream])
}

/**
 * The live answer, drawn in every frame in which it changes. Drawn at once, in the frame that tells it: React's way to
 * follow an outside store leaves work for after the frame each time, which here would be thirty times a second.
 */
function useLive(stream: AnswerStream | undefined): LiveAnswer | null {
  const [, drawAgain] = useReducer((times: number) => times + 1, 0)
  const live = stream?.snapshot() ?? null
  const drawn = useRef(live)
  useLayoutEffect(() => {
    drawn.current = live
  })
  useLayoutEffect(() => {
    // What came between drawing and following.
    if ((stream?.snapshot() ?? null) !== drawn.current) drawAgain()
    return stream?.subscribe(() => flushSync(drawAgain))
  }, [stream])
  return live
}

/** What stands around the text of a live answer: told when it changes, not with every word. */
function useOutline(stream: AnswerStream | undefined): AnswerOutline | null {
  return useSyncExternalStore(useSubscribe(stream), () => stream?.outline() ?? null)
}

/** One answer: who wrote it and where, its text along the spine of its place, and what can be done with it. */
export const AnswerView = memo(function AnswerView({
  message: stored,
  stream,
  why,
}: {
  message: Message
  stream: AnswerStream | undefined
  /** The "Why here?" card is open. */
  why: boolean
}) {
  const actions = useMessageActions()
  const live = useOutline(stream)
  const message = live?.message ?? stored
  const writing = live !== null && !live.ended
  const reasoning = live?.reasoning ?? message.reasoning
  const text = live === null ? message.content : ''
  const article = useRoomToGrow(writing)
  // No place's line for what never ran anywhere.
  const place = message.facts?.place ?? (message.status === 'failed' ? 'nowhere' : 'here')
  return (
    <article ref={article} className="answer">
      <section className={writing ? `leg ${place} live` : `leg ${place}`}>
        <AnswerHead message={message} live={live} stream={stream} />
        {reasoning === '' ? null : <Thinking text={reasoning} live={writing && !live.hasText} />}
        <AnswerText message={message} stream={stream} />
        {writing && !live.hasText ? <Waiting live={live} /> : null}
        {message.toolCalls.length === 0 ? null : <ToolCalls calls={message.toolCalls} />}
        <Outcome message={message} />
        {why && message.facts !== null ? (
          <WhyCard facts={message.facts} onClose={() => actions.toggleWhy(message)} />
        ) : null}
      </section>
      {writing ? <StopRow message={message} /> : <AnswerFoot message={message} text={text} />}
    </article>
  )
})

/** The text itself: all of an answer that is drawn with every word. */
const AnswerText = memo(function AnswerText({
  message,
  stream,
}: {
  message: Message
  stream: AnswerStream | undefined
}) {
  const live = useLive(stream)
  const writing = live !== null && !live.ended
  return (
    <KeepSelection active={writing}>
      <MarkdownBody view={live?.content ?? parsedAnswer(message.id, message.content)} live={writing} />
    </KeepSelection>
  )
})

/** Before the first token: a bar while a model loads or reads, else just the caret. */
function Waiting({ live }: { live: AnswerOutline }) {
  const { t } = useTranslation('chat')
  const { progress } = live
  if (progress?.phase === 'loading') return <Progress value={progress.value} label={t('live.loading')} />
  if (progress?.phase === 'reading' && progress.value !== null) {
    return <Progress value={progress.value} label={t('live.reading')} />
  }
  return live.reasoning === '' ? <p className="md waiting" aria-hidden="true" /> : null
}

/** How an answer ended, where it did not end well. */
function Outcome({ message }: { message: Message }) {
  const { t } = useTranslation(['chat', 'app'])
  const actions = useMessageActions()
  if (message.status === 'interrupted') {
    return (
      <div className="err w" role="status">
        <header>
          <b>{t('chat:interrupted.title')}</b>
        </header>
        <p>{message.content === '' ? t('chat:interrupted.nothing') : t('chat:interrupted.body')}</p>
        <p className="row mt-2">
          <Button onClick={() => actions.rerun(message)}>{t('chat:interrupted.continue')}</Button>
        </p>
      </div>
    )
  }
  if (message.status !== 'failed' || message.error === null) return null
  return (
    <ErrorForm error={message.error} did={message.content === '' ? t('chat:failed.did') : t('chat:failed.didPartial')}>
      <div className="opt">
        <Button onClick={() => actions.rerun(message)}>{t('app:retry')}</Button>
        <span className="m">{message.error.retryable ? t('chat:failed.again') : t('chat:failed.change')}</span>
      </div>
    </ErrorForm>
  )
}

/** Memoised: the answer above it is drawn anew while a model's thinking is told. */
const StopRow = memo(function StopRow({ message }: { message: Message }) {
  const { t } = useTranslation('chat')
  const actions = useMessageActions()
  return (
    <footer className="acts stop">
      <Button
        icon={<CircleStop size={14} strokeWidth={1.75} aria-hidden="true" />}
        onClick={() => actions.stop(message)}
      >
        {t('stop')} <Kbd keys="Esc" />
      </Button>
    </footer>
  )
})

function AnswerFoot({ message, text }: { message: Message; text: string }) {
  const { t } = useTranslation(['chat', 'app'])
  const actions = useMessageActions()
  return (
    <footer className="acts">
      <BranchSwitch message={message} />
      {text === '' ? null : (
        <Button
          look="quiet"
          icon={<Copy size={14} strokeWidth={1.75} aria-hidden="true" />}
          onClick={async () => {
            await copyText(text)
            announce(t('app:copied'))
          }}
        >
          {t('app:copy')}
        </Button>
      )}
      <Button
        look="quiet"
        icon={<RotateCw size={14} strokeWidth={1.75} aria-hidden="true" />}
        onClick={() => actions.rerun(message)}
      >
        {t('chat:rerun')}
      </Button>
      <RowButton
        label={t('chat:more')}
        popup="menu"
        icon={<Ellipsis size={16} strokeWidth={1.75} aria-hidden="true" />}
        onClick={(event) => actions.openMenu(message, event.currentTarget)}
      />
    </footer>
  )
}
