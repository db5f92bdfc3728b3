import { Ellipsis } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { Conversation } from '#shared/chats.ts'
import { Trace } from '../../components/trace.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useChatUi } from './chat-ui-store.ts'
import type { ConversationGroup } from './group-conversations.ts'
import { RowButton } from './row-button.tsx'

export interface ConversationRowProps {
  conversation: Conversation
  group: ConversationGroup
  now: number
  current: boolean
  renaming: boolean
  onRename: (id: string | null) => void
  onTitle: (id: string, title: string) => void
  onMenu: (anchor: HTMLElement) => void
}

/** One conversation: its title, the places of its last answers, and when it was. */
export function ConversationRow(props: ConversationRowProps) {
  const { conversation, group, now, current, renaming, onRename, onTitle, onMenu } = props
  const { t, i18n } = useTranslation('chat')
  const format = useFormat()
  const title = conversation.title === '' ? t('untitled') : conversation.title
  if (renaming) {
    return (
      <RenameField
        title={conversation.title}
        onDone={(next) => {
          if (next !== null) onTitle(conversation.id, next)
          onRename(null)
        }}
      />
    )
  }
  return (
    <div className="conv">
      <Link
        href={`/chat/${encodeURIComponent(conversation.id)}`}
        data-id={conversation.id}
        aria-current={current ? 'page' : undefined}
        onClick={() => useChatUi.setState({ drawer: false })}
        onDoubleClick={() => onRename(conversation.id)}
        onContextMenu={(event) => {
          event.preventDefault()
          onMenu(event.currentTarget)
        }}
      >
        <div className="cut">{title}</div>
        <div className="row s m">
          <Trace places={conversation.trace} />
          <span className="end">
            {conversation.answering ? t('list.answering') : when(conversation, group, now, i18n.language, format)}
          </span>
        </div>
      </Link>
      <RowButton
        label={t('list.actions', { title })}
        popup="menu"
        icon={<Ellipsis size={14} strokeWidth={1.75} aria-hidden="true" />}
        onClick={(event) => onMenu(event.currentTarget)}
      />
    </div>
  )
}

/** The clock for today and yesterday, the weekday for this week, else the day. */
function when(
  conversation: Conversation,
  group: ConversationGroup,
  now: number,
  language: string,
  format: ReturnType<typeof useFormat>,
): string {
  const { updatedAt } = conversation
  const recent = now - updatedAt < 24 * 3_600_000
  if (group === 'today' || group === 'yesterday' || (group === 'pinned' && recent)) return format.time(updatedAt)
  if (group === 'week') return new Intl.DateTimeFormat(language, { weekday: 'short' }).format(updatedAt)
  return format.day(updatedAt, now)
}

function RenameField({ title, onDone }: { title: string; onDone: (title: string | null) => void }) {
  const { t } = useTranslation('chat')
  const [text, setText] = useState(title)
  return (
    <div className="conv renaming">
      <input
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to rename
        autoFocus
        aria-label={t('list.renameLabel')}
        value={text}
        maxLength={300}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => onDone(text)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Enter') onDone(text)
          if (event.key === 'Escape') {
            event.stopPropagation()
            onDone(null)
          }
        }}
      />
    </div>
  )
}
