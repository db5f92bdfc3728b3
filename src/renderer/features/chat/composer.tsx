import { ArrowUp, CircleStop, FileText, X } from 'lucide-react'
import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PublicError } from '#shared/errors.ts'
import type { CatalogModel } from '#shared/models.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { useFormat } from '../../i18n/format.ts'
import { ModelPicker } from './model-picker.tsx'
import { composeMessage, type PastedText, splitDraft, toPastedText } from './pasted-text.ts'

/** ms after the last key until a draft is saved. */
const DRAFT_DELAY = 600

export interface ComposerHandle {
  focus: () => void
  /** Puts a text in place of what is there. */
  fill: (text: string) => void
}

export interface ComposerProps {
  /** The draft to start with; read once. */
  draft: string
  saveDraft: (draft: string) => void
  model: CatalogModel | null
  onModel: (model: CatalogModel) => void
  /** Sends; rejects with the reason, and then the text stays. */
  onSend: (content: string, model: CatalogModel) => Promise<void>
  /** Tokens already in the context, for the estimate. */
  contextTokens: number
  /** Stops the answer being written; null when there is none. */
  onStop: (() => void) | null
  /** ↑ in the empty field. */
  onEditLast: () => void
  ref?: Ref<ComposerHandle>
}

/** The field for the next message: grows with its text, keeps its draft, knows why it cannot send. */
export function Composer(props: ComposerProps) {
  const { model, onModel, onSend, onStop, onEditLast, contextTokens, saveDraft } = props
  const { t } = useTranslation(['chat', 'app'])
  const field = useRef<HTMLTextAreaElement>(null)
  const [start] = useState(() => splitDraft(props.draft))
  const [text, setText] = useState(start.text)
  const [pastes, setPastes] = useState<readonly PastedText[]>(start.pastes)
  const [sending, setSending] = useState(false)
  const [error, setError] = useState<PublicError | null>(null)
  const draft = useDraft(text, pastes, saveDraft, props.draft)
  useImperativeHandle(props.ref, () => ({
    focus: () => field.current?.focus(),
    fill: (next) => {
      setText(next)
      field.current?.focus()
    },
  }))

  const empty = text.trim() === '' && pastes.length === 0
  const reason = blocked(model, onStop !== null)
  const send = async (): Promise<void> => {
    if (empty || sending || reason !== null || model === null) return
    setSending(true)
    setError(null)
    // A sent text is no draft any more, also when sending leads away from this chat.
    draft.sent(true)
    try {
      await onSend(composeMessage(text, pastes), model)
      setText('')
      setPastes([])
    } catch (failure) {
      draft.sent(false)
      setError(toPublicError(failure))
    } finally {
      setSending(false)
    }
  }

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    // While an input method composes, Enter and the arrows are its own.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault()
      void send()
    }
    if (event.key === 'ArrowUp' && !event.altKey && text === '') {
      event.preventDefault()
      onEditLast()
    }
  }

  return (
    <div className="composer">
      {error === null ? null : (
        <div className="composer-error">
          <ErrorForm error={error} title={t('chat:composer.failed')} did={t('chat:composer.kept')} alert>
            <div className="opt">
              <Button onClick={() => void send()}>{t('app:retry')}</Button>
              <span />
              <Button look="quiet" onClick={() => setError(null)}>
                {t('app:dismiss')}
              </Button>
            </div>
          </ErrorForm>
        </div>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        {pastes.length === 0 ? null : (
          <Chips pastes={pastes} onRemove={(id) => setPastes(pastes.filter((one) => one.id !== id))} />
        )}
        <textarea
          ref={field}
          rows={1}
          value={text}
          aria-label={t('chat:composer.label')}
          placeholder={
            model === null
              ? t('chat:composer.placeholderNoModel')
              : t('chat:composer.placeholder', { model: model.name })
          }
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            const paste = toPastedText(event.clipboardData.getData('text/plain'))
            if (paste === null) return
            event.preventDefault()
            setPastes([...pastes, paste])
          }}
        />
        <div className="row">
          <ModelPicker model={model} onChange={onModel} />
          <span className="est grow cut" role="status">
            {reason !== null && !empty ? (
              reason === 'answering' ? (
                t('chat:composer.answering')
              ) : reason === 'none' ? (
                t('chat:composer.noModel')
              ) : (
                (model?.reason ?? t('chat:composer.unavailable'))
              )
            ) : (
              <Estimate text={text} pastes={pastes} context={contextTokens} model={model} />
            )}
          </span>
          {onStop === null ? (
            <Button
              look="prime"
              type="submit"
              disabled={empty || sending || reason !== null}
              icon={<ArrowUp size={14} strokeWidth={1.75} aria-hidden="true" />}
            >
              {t('chat:composer.send')}
            </Button>
          ) : (
            <Button onClick={onStop} icon={<CircleStop size={14} strokeWidth={1.75} aria-hidden="true" />}>
              {t('chat:stop')}
            </Button>
          )}
        </div>
      </form>
    </div>
  )
}

/** Why a message cannot go now. */
function blocked(model: CatalogModel | null, answering: boolean): 'none' | 'unavailable' | 'answering' | null {
  if (answering) return 'answering'
  if (model === null) return 'none'
  return model.state === 'ready' ? null : 'unavailable'
}

function Chips({ pastes, onRemove }: { pastes: readonly PastedText[]; onRemove: (id: number) => void }) {
  const { t } = useTranslation('chat')
  const format = useFormat()
  return (
    <div className="chips">
      {pastes.map((paste) => (
        <span key={paste.id} className="chip">
          <FileText size={14} strokeWidth={1.75} aria-hidden="true" />
          {t('paste.name')}{' '}
          <span className="n m">{t('paste.lines', { count: paste.lines, lines: format.number(paste.lines) })}</span>
          <IconButton
            label={t('paste.remove')}
            icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
            onClick={() => onRemove(paste.id)}
          />
        </span>
      ))}
    </div>
  )
}

/** A rough count before sending: four characters to a token, said as "about". */
function Estimate(props: { text: string; pastes: readonly PastedText[]; context: number; model: CatalogModel | null }) {
  const { t } = useTranslation('chat')
  const format = useFormat()
  const characters = props.pastes.reduce((sum, paste) => sum + paste.text.length, props.text.length)
  if (characters === 0) return null
  const tokens = Math.ceil(characters / 4) + props.context
  const window = props.model?.contextLength ?? null
  const words: string[] = [t('estimate.about', { tokens: format.compact(tokens) })]
  if (window !== null) {
    words.push(tokens <= window ? t('estimate.fits') : t('estimate.tooLong', { window: format.compact(window) }))
  }
  if (props.model?.place === 'here') words.push(t('estimate.here'))
  return words.join(' · ')
}

/** Saves the draft once typing rests, and at once when the chat or the window is left. */
function useDraft(
  text: string,
  pastes: readonly PastedText[],
  save: (draft: string) => void,
  saved: string,
): { sent: (sent: boolean) => void } {
  const last = useRef(saved)
  const isSent = useRef(false)
  const flush = useRef<() => void>(() => undefined)
  flush.current = () => {
    const draft = isSent.current ? '' : composeMessage(text, pastes)
    if (draft === last.current) return
    last.current = draft
    save(draft)
  }
  useEffect(() => {
    // What is typed after sending is a draft of its own.
    if (text === '' && pastes.length === 0) isSent.current = false
    const timer = setTimeout(() => flush.current(), DRAFT_DELAY)
    return () => clearTimeout(timer)
  }, [text, pastes])
  useEffect(() => {
    const leave = (): void => flush.current()
    addEventListener('pagehide', leave)
    document.addEventListener('visibilitychange', leave)
    return () => {
      removeEventListener('pagehide', leave)
      document.removeEventListener('visibilitychange', leave)
      leave()
    }
  }, [])
  return {
    sent: (sent) => {
      isSent.current = sent
      if (!sent) flush.current()
    },
  }
}
