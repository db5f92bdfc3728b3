import { Copy, Pencil, Trash2 } from 'lucide-react'
import { memo, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Message } from '#shared/chats.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { announce } from '../../components/announcer.tsx'
import { Button } from '../../components/button.tsx'
import { copyText } from '../../components/copy-button.tsx'
import { Kbd } from '../../components/kbd.tsx'
import { CodeView } from '../../markdown/code-view.tsx'
import { useMessageActions } from './answer-actions.ts'
import { BranchSwitch } from './branch-switch.tsx'
import { MessageImages } from './message-images.tsx'
import { RowButton } from './row-button.tsx'
import { splitFences } from './split-fences.ts'

/** Characters of one message that are shown before it is unfolded. */
const FOLD_OVER = 4000
const FOLDED = 1500
/** Characters added by each unfolding. */
const STEP = 40_000

/** A person's message: plain text, no bubble. */
export const UserTurn = memo(function UserTurn({ message, editing }: { message: Message; editing: boolean }) {
  const { t } = useTranslation(['chat', 'app'])
  const actions = useMessageActions()
  if (editing) return <EditTurn message={message} />
  return (
    <div className="you">
      <span>{t('chat:you')}</span>
      {message.images === undefined ? null : <MessageImages images={message.images} />}
      {message.content === '' ? null : <TurnText content={message.content} />}
      <BranchSwitch message={message} />
      <div className="acts">
        <RowButton
          label={t('chat:edit')}
          icon={<Pencil size={14} strokeWidth={1.75} aria-hidden="true" />}
          onClick={() => actions.startEdit(message)}
        />
        <RowButton
          label={t('app:copy')}
          icon={<Copy size={14} strokeWidth={1.75} aria-hidden="true" />}
          onClick={async () => {
            await copyText(message.content)
            announce(t('app:copied'))
          }}
        />
        <RowButton
          label={t('chat:delete')}
          icon={<Trash2 size={14} strokeWidth={1.75} aria-hidden="true" />}
          onClick={() => actions.remove(message)}
        />
      </div>
    </div>
  )
})

function TurnText({ content }: { content: string }) {
  const parts = useMemo(() => splitFences(content), [content])
  return parts.map((part, index) =>
    part.kind === 'code' ? (
      <CodeView
        // biome-ignore lint/suspicious/noArrayIndexKey: a sent message never changes
        key={index}
        block={{ kind: 'code', info: part.info, lines: part.lines, partial: '', closed: true }}
        live={false}
      />
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: a sent message never changes
      <FoldedText key={index} text={part.text} />
    ),
  )
}

function FoldedText({ text }: { text: string }) {
  const { t } = useTranslation('chat')
  const [shown, setShown] = useState(text.length > FOLD_OVER ? FOLDED : text.length)
  return (
    <p className="said">
      {shown < text.length ? `${text.slice(0, shown)}…` : text}
      {shown < text.length ? (
        <button type="button" className="link" onClick={() => setShown(shown + STEP)}>
          {t('showMore')}
        </button>
      ) : null}
    </p>
  )
}

/** The message as a field. Saving sends it as a new branch; the old one stays reachable. */
function EditTurn({ message }: { message: Message }) {
  const { t } = useTranslation(['chat', 'app'])
  const actions = useMessageActions()
  const [text, setText] = useState(message.content)
  const [state, setState] = useState<'idle' | 'sending' | { error: string }>('idle')
  const ready = (text.trim() !== '' || message.images !== undefined) && state !== 'sending'
  const save = async (): Promise<void> => {
    if (!ready) return
    setState('sending')
    try {
      await actions.edit(message, text.trim())
    } catch (error) {
      setState({ error: toPublicError(error).message })
    }
  }
  return (
    <form
      className="you editing"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <span>{t('chat:you')}</span>
      {message.images === undefined ? null : <MessageImages images={message.images} />}
      <textarea
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to edit this text
        autoFocus
        aria-label={t('chat:editLabel')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Escape') {
            event.stopPropagation()
            event.preventDefault()
            actions.startEdit(null)
          }
          if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault()
            void save()
          }
        }}
      />
      <p className="row">
        <Button look="prime" type="submit" disabled={!ready}>
          {t('chat:saveAndSend')}
        </Button>
        <Button onClick={() => actions.startEdit(null)}>
          {t('app:cancel')} <Kbd keys="Esc" />
        </Button>
        <span className="s m">{t('chat:editNote')}</span>
      </p>
      {typeof state === 'object' ? (
        <p className="s bad" role="alert">
          {state.error}
        </p>
      ) : null}
    </form>
  )
}
