import './images.css'
import { ArrowUp, CircleStop, FileText, X } from 'lucide-react'
import { type KeyboardEvent, type Ref, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { NewImage } from '#shared/chats.ts'
import type { PublicError } from '#shared/errors.ts'
import type { CatalogModel } from '#shared/models.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { useCatalog } from '../../bridge/queries.ts'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { WhyNotReady } from '../../components/model-picker/why-not-ready.tsx'
import { useFormat } from '../../i18n/format.ts'
import { AttachButton } from './attach-button.tsx'
import { isRestOfDoubleClick } from './double-click.ts'
import { isImage, toNewImage } from './draft-image.ts'
import { DraftImages } from './draft-images.tsx'
import { Estimate } from './estimate.tsx'
import { ModelPicker } from './model-picker.tsx'
import { composeMessage, type PastedText, splitDraft, toPastedText } from './pasted-text.ts'
import { SeeingModels } from './seeing-models.tsx'
import { sees, useUnknownModels } from './use-chat-models.ts'
import { useDraft } from './use-draft.ts'
import { useDraftImages } from './use-draft-images.ts'
import { useImageDrop } from './use-image-drop.ts'

export interface ComposerHandle {
  focus: () => void
  /** Puts a text in place of what is there. */
  fill: (text: string) => void
}

export interface ComposerProps {
  /** The draft to start with; read once. */
  draft: string
  /** What to start with in its place, because it is newer than what was saved; read once. */
  unsaved?: string | undefined
  /** Takes the focus when it is first shown, unless something else has it. */
  takesFocus?: boolean
  saveDraft: (draft: string) => void
  /** Whose pictures these are: the chat's id, or a name for the chat that does not exist yet. Read once. */
  imagesOf: string
  model: CatalogModel | null
  /** The chat's model where it is listed no more; `model` is null then. */
  gone?: string | null
  onModel: (model: CatalogModel) => void
  /** Sends; rejects with the reason, and then the text stays. */
  onSend: (content: string, model: CatalogModel, images: NewImage[]) => Promise<void>
  /** It was sent; `rest` was written meanwhile and is left in the field. */
  onSent?: (rest: string) => void
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
  const [start] = useState(() => splitDraft(props.unsaved ?? props.draft))
  const [text, setText] = useState(start.text)
  const [pastes, setPastes] = useState<readonly PastedText[]>(start.pastes)
  const pictures = useDraftImages(props.imagesOf)
  const [asksWhoSees, setAsksWhoSees] = useState(false)
  const [sending, setSending] = useState(false)
  const [error, setError] = useState<PublicError | null>(null)
  const catalog = useCatalog()
  const unknownModels = useUnknownModels()
  const draft = useDraft({ text, pastes }, saveDraft, props.draft)
  const { takesFocus = false } = props
  useLayoutEffect(() => {
    if (takesFocus && document.activeElement === document.body) field.current?.focus()
  }, [takesFocus])
  useImperativeHandle(props.ref, () => ({
    focus: () => field.current?.focus(),
    fill: (next) => {
      setText(next)
      field.current?.focus()
    },
  }))

  const addFiles = (files: File[]): void => {
    field.current?.focus()
    pictures.add(files).catch((failure: unknown) => setError(toPublicError(failure)))
  }
  const dropping = useImageDrop(addFiles)
  const hasImages = pictures.images.length > 0
  const isBlind = model !== null && !sees(model)
  const empty = text.trim() === '' && pastes.length === 0 && !hasImages
  const reason = blocked(model, onStop !== null, hasImages)
  const tellsWhyNot = reason !== null && reason !== 'blind' && !empty && !(reason === 'none' && props.gone != null)
  const send = async (): Promise<void> => {
    if (empty || sending || pictures.busy || reason !== null || model === null) return
    // The button that was pressed goes away.
    field.current?.focus()
    setSending(true)
    setError(null)
    draft.sending()
    try {
      await onSend(composeMessage(text, pastes), model, await Promise.all(pictures.images.map(toNewImage)))
      // Only what was sent goes; the person may have gone on meanwhile.
      const rest = draft.arrived()
      setText(rest.text)
      setPastes(rest.pastes)
      pictures.sent(pictures.images)
      props.onSent?.(composeMessage(rest.text, rest.pastes))
    } catch (failure) {
      draft.failed()
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
      {catalog.data === undefined && catalog.error !== null ? (
        <div className="composer-error">
          <ErrorForm error={toPublicError(catalog.error)} title={t('chat:composer.modelsFailed')} alert>
            <div className="row pt-1">
              <Button
                onClick={() => {
                  field.current?.focus()
                  void catalog.refetch()
                }}
              >
                {t('app:retry')}
              </Button>
            </div>
          </ErrorForm>
        </div>
      ) : null}
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
        {props.gone == null ? null : (
          <p className="gone warn s" role="status">
            {t('chat:composer.gone', { model: props.gone })}
          </p>
        )}
        <DraftImages draft={pictures} onRemoved={() => field.current?.focus()} />
        {isBlind && (hasImages || asksWhoSees) ? (
          <SeeingModels
            model={model}
            onModel={(next) => {
              onModel(next)
              field.current?.focus()
            }}
            onRemove={hasImages ? pictures.clear : null}
          />
        ) : null}
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
              ? t(props.gone == null ? 'chat:composer.placeholderNoModel' : 'chat:composer.placeholderGone')
              : t('chat:composer.placeholder', { model: model.name })
          }
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            const files = [...(event.clipboardData.files ?? [])].filter(isImage)
            if (files.length > 0) {
              event.preventDefault()
              addFiles(files)
              return
            }
            const paste = toPastedText(event.clipboardData.getData('text/plain'))
            if (paste === null) return
            event.preventDefault()
            setPastes([...pastes, paste])
          }}
        />
        <div className={tellsWhyNot ? 'row tells' : 'row'}>
          <ModelPicker model={model} onChange={onModel} />
          <AttachButton model={model} onFiles={addFiles} onBlind={() => setAsksWhoSees(!asksWhoSees)} />
          <span className={tellsWhyNot ? 'est why-not grow cut' : 'est grow cut'} role="status">
            {tellsWhyNot ? (
              reason === 'answering' ? (
                t('chat:composer.answering')
              ) : reason === 'none' ? (
                (unknownModels ?? t('chat:composer.noModel'))
              ) : model === null ? null : (
                <WhyNotReady model={model} otherwise={t('chat:composer.unavailable')} />
              )
            ) : (
              <Estimate
                text={text}
                pastes={pastes}
                context={contextTokens}
                pictures={pictures.images.length}
                model={model}
              />
            )}
          </span>
          {onStop === null ? (
            <Button
              key="send"
              look="prime"
              type="submit"
              disabled={empty || sending || pictures.busy || reason !== null}
              onClick={(event) => {
                if (!isRestOfDoubleClick('send', event)) return
                event.preventDefault()
                field.current?.focus()
              }}
              icon={<ArrowUp size={14} strokeWidth={1.75} aria-hidden="true" />}
            >
              {t('chat:composer.send')}
            </Button>
          ) : (
            <Button
              key="stop"
              onClick={(event) => {
                // Typing goes on in the field, and its spaces press no button.
                field.current?.focus()
                if (!isRestOfDoubleClick('stop', event)) onStop()
              }}
              icon={<CircleStop size={14} strokeWidth={1.75} aria-hidden="true" />}
            >
              {t('chat:stop')}
            </Button>
          )}
        </div>
      </form>
      {dropping ? (
        <div className="dropzone" aria-hidden="true">
          <b>{t('chat:image.drop')}</b>
          <span className="m">{isBlind ? t('chat:image.blind', { model: model.name }) : t('chat:image.dropHint')}</span>
        </div>
      ) : null}
    </div>
  )
}

/** Why a message cannot go now. */
function blocked(
  model: CatalogModel | null,
  answering: boolean,
  hasImages: boolean,
): 'none' | 'unavailable' | 'answering' | 'blind' | null {
  if (answering) return 'answering'
  if (model === null) return 'none'
  if (model.state !== 'ready') return 'unavailable'
  return hasImages && !sees(model) ? 'blind' : null
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
