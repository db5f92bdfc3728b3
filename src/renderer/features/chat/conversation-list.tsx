import { useVirtualizer } from '@tanstack/react-virtual'
import { Plus, Search, X } from 'lucide-react'
import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { useFormat } from '../../i18n/format.ts'
import { useNow } from '../../page/use-now.ts'
import { useChatUi } from './chat-ui-store.ts'
import { useConversationActions } from './conversation-actions.ts'
import { ConversationMenu } from './conversation-menu.tsx'
import { ConversationRow } from './conversation-row.tsx'
import { groupConversations, type ListRow } from './group-conversations.ts'
import { SearchPanel } from './search-panel.tsx'
import { conversations as store, useConversations } from './use-conversations.ts'

const HEAD_HEIGHT = 36
const ROW_HEIGHT = 48

/** The left column: search, new chat, and all conversations by day. */
export function ConversationList({ openId }: { openId: string | null }) {
  const { t } = useTranslation(['chat', 'app'])
  const [, navigate] = useLocation()
  const searching = useChatUi((ui) => ui.searching)
  const drawer = useChatUi((ui) => ui.drawer)
  return (
    <aside className={drawer ? 'convs shown' : 'convs'} aria-label={t('chat:list.label')}>
      <div className="head">
        <h2 className="grow">{t('chat:title')}</h2>
        <IconButton
          label={searching ? t('chat:search.close') : t('chat:search.open')}
          aria-expanded={searching}
          icon={
            searching ? (
              <X size={16} strokeWidth={1.75} aria-hidden="true" />
            ) : (
              <Search size={16} strokeWidth={1.75} aria-hidden="true" />
            )
          }
          onClick={() => useChatUi.setState({ searching: !searching })}
        />
        <IconButton
          framed
          label={t('chat:newChat')}
          icon={<Plus size={16} strokeWidth={1.75} aria-hidden="true" />}
          onClick={() => {
            useChatUi.setState({ drawer: false })
            navigate('/chat')
          }}
        />
      </div>
      {searching ? <SearchPanel /> : <AllConversations openId={openId} />}
    </aside>
  )
}

function AllConversations({ openId }: { openId: string | null }) {
  const { t } = useTranslation(['chat', 'app'])
  const format = useFormat()
  const state = useConversations()
  const now = useNow(60_000)
  const actions = useConversationActions()
  const scroller = useRef<HTMLDivElement>(null)
  const [renaming, setRenaming] = useState<string | null>(null)
  const [menu, setMenu] = useState<{ id: string; anchor: HTMLElement } | null>(null)
  const rows = useMemo(() => groupConversations(state.conversations, now), [state.conversations, now])
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.kind === 'head' ? HEAD_HEIGHT : ROW_HEIGHT),
    getItemKey: (index) => rowKey(rows[index]),
    overscan: 8,
    paddingEnd: 16,
  })
  const items = virtualizer.getVirtualItems()

  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const link = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('a[data-id]') : null
    const id = link?.dataset.id
    if (link === null || id === undefined) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      move(link, event.key === 'ArrowDown' ? 1 : -1)
    }
    if (event.key === 'F2') {
      event.preventDefault()
      setRenaming(id)
    }
    if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      event.preventDefault()
      setMenu({ id, anchor: link })
    }
    // Delete and Backspace do nothing here: a chat goes only by its menu, and comes back by Undo.
  }

  if (state.state === 'failed' && state.error !== null) {
    return (
      <div className="convs-note">
        <ErrorForm error={state.error}>
          <div className="opt">
            <Button onClick={() => void store.refresh()}>{t('app:retry')}</Button>
          </div>
        </ErrorForm>
      </div>
    )
  }
  const open = menu === null ? undefined : store.get(menu.id)
  return (
    <>
      {state.error !== null && state.freshAt !== null ? (
        <p className="convs-note s warn" role="status">
          {t('chat:list.stale')} {t('app:asOf', { time: format.time(state.freshAt) })}
        </p>
      ) : null}
      {state.state === 'ready' && rows.length === 0 ? (
        <div className="convs-note">
          <EmptyState sentence={t('chat:list.empty')} />
        </div>
      ) : null}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys act on the link with the focus */}
      <div
        ref={scroller}
        className="scroll grow-y"
        aria-busy={state.state === 'loading'}
        onKeyDown={onKeyDown}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget
          if (scrollHeight - scrollTop - clientHeight < 800) void store.loadMore()
        }}
      >
        <div className="rows" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index]
            if (row === undefined) return null
            return (
              <div key={item.key} className="conv-row" style={{ top: item.start, height: item.size }}>
                {row.kind === 'head' ? (
                  <h3 className="conv-head">{t(`chat:groups.${row.group}`)}</h3>
                ) : (
                  <ConversationRow
                    conversation={row.conversation}
                    group={row.group}
                    now={now}
                    current={row.conversation.id === openId}
                    renaming={renaming === row.conversation.id}
                    onRename={setRenaming}
                    onTitle={actions.rename}
                    onMenu={(anchor) => setMenu({ id: row.conversation.id, anchor })}
                  />
                )}
              </div>
            )
          })}
        </div>
      </div>
      {menu !== null && open !== undefined ? (
        <ConversationMenu
          key={open.id}
          conversation={open}
          anchor={menu.anchor}
          onClose={() => setMenu(null)}
          onRename={() => setRenaming(open.id)}
          onPin={() => actions.pin(open)}
          onRemove={() => actions.remove(open, openId)}
        />
      ) : null}
    </>
  )
}

function rowKey(row: ListRow | undefined): string {
  if (row === undefined) return ''
  return row.kind === 'head' ? `head:${row.group}` : row.conversation.id
}

/** Moves the focus to the next or previous conversation. */
function move(from: HTMLElement, step: 1 | -1): void {
  const links = [...(from.closest('.rows')?.querySelectorAll<HTMLElement>('a[data-id]') ?? [])].toSorted(
    (a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top,
  )
  const next = links[links.indexOf(from) + step]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}
