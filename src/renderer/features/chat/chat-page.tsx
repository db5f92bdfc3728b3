import './chat.css'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { warmHighlighter } from '../../markdown/code-colours.ts'
import { useShortcut } from '../../page/shortcuts.ts'
import { useChatUi } from './chat-ui-store.ts'
import { ConversationList } from './conversation-list.tsx'
import { NewChat } from './new-chat.tsx'
import { OpenChat } from './open-chat.tsx'

/** The Chat page: conversations at the left, the open one beside them. */
export function ChatPage({ conversationId }: { conversationId: string | null }) {
  const { t } = useTranslation('chat')
  const [, navigate] = useLocation()
  const drawer = useChatUi((ui) => ui.drawer)
  const openSearch = (): void => useChatUi.setState({ searching: true, drawer: true })
  useShortcut({ keys: 'Mod+Shift+F', group: 'chat', label: t('search.open'), run: openSearch })
  useShortcut({
    keys: 'Esc',
    group: 'chat',
    label: t('keys.drawer'),
    run: () => {
      if (!useChatUi.getState().drawer) return false
      useChatUi.setState({ drawer: false })
      return true
    },
  })
  useShortcut({ keys: 'Alt+↑ ↓', group: 'chat', label: t('keys.messages'), run: () => false, listedOnly: true })
  useShortcut({ keys: '[ ]', group: 'chat', label: t('keys.siblings'), run: () => false, listedOnly: true })
  useShortcut({ keys: 'R', group: 'chat', label: t('keys.rerun'), run: () => false, listedOnly: true })
  useShortcut({ keys: 'E', group: 'chat', label: t('keys.edit'), run: () => false, listedOnly: true })
  useShortcut({ keys: 'I', group: 'chat', label: t('why.title'), run: () => false, listedOnly: true })
  useShortcut({ keys: 'Shift+C', group: 'chat', label: t('keys.copy'), run: () => false, listedOnly: true })
  useShortcut({ keys: 'Shift+K', group: 'chat', label: t('keys.copyCode'), run: () => false, listedOnly: true })
  useShortcut({ keys: '↑', group: 'chat', label: t('keys.editLast'), run: () => false, listedOnly: true })
  useShortcut({ keys: 'F2', group: 'chat', label: t('list.rename'), run: () => false, listedOnly: true })

  useEffect(() => {
    // After the first paint, while nothing else is to do.
    if (typeof requestIdleCallback === 'undefined') return
    const id = requestIdleCallback(() => warmHighlighter(), { timeout: 2000 })
    return () => cancelIdleCallback(id)
  }, [])

  return (
    <div className="page chat">
      <ConversationList openId={conversationId} />
      {drawer ? (
        <button
          type="button"
          className="drawer-scrim"
          aria-label={t('list.hide')}
          onClick={() => useChatUi.setState({ drawer: false })}
        />
      ) : null}
      {conversationId === null ? (
        <NewChat onOpen={(id) => navigate(`/chat/${encodeURIComponent(id)}`)} />
      ) : (
        <OpenChat key={conversationId} conversationId={conversationId} />
      )}
    </div>
  )
}
