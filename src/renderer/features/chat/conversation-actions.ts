import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { Conversation } from '#shared/chats.ts'
import { client } from '../../bridge/client.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { showToast } from '../../components/toasts.tsx'
import { conversations } from './use-conversations.ts'

const UNDO_MS = 10_000

export interface ConversationActions {
  rename: (id: string, title: string) => void
  pin: (conversation: Conversation) => void
  /** Takes it away at once, with ten seconds to take that back. */
  remove: (conversation: Conversation, openId: string | null) => void
}

/** What can be done with a conversation of the list. Failures are said and undone. */
export function useConversationActions(): ConversationActions {
  const { t } = useTranslation(['chat', 'app'])
  const [, navigate] = useLocation()
  return useMemo(() => {
    const fail = (error: unknown): void => {
      showToast({ text: toPublicError(error).message })
      void conversations.refresh()
    }
    return {
      rename(id, title) {
        const clean = title.trim().slice(0, 300)
        const before = conversations.get(id)
        if (clean === '' || before === undefined || clean === before.title) return
        conversations.put({ ...before, title: clean })
        client.chats
          .update({ id, title: clean })
          .then((now) => conversations.put(now))
          .catch(fail)
      },
      pin(conversation) {
        conversations.put({ ...conversation, pinned: !conversation.pinned })
        client.chats
          .update({ id: conversation.id, pinned: !conversation.pinned })
          .then((now) => conversations.put(now))
          .catch(fail)
      },
      remove(conversation, openId) {
        const { id } = conversation
        conversations.drop(id)
        if (openId === id) navigate('/chat')
        client.chats
          .remove({ id })
          .then(() =>
            showToast({
              text: t('chat:deleted.chat', { title: conversation.title }),
              timeout: UNDO_MS,
              action: {
                label: t('app:undo'),
                run: () => {
                  client.chats
                    .restore({ id })
                    .then((now) => {
                      conversations.put(now)
                      if (openId === id) navigate(`/chat/${encodeURIComponent(id)}`)
                    })
                    .catch(fail)
                },
              },
            }),
          )
          .catch(fail)
      },
    }
  }, [t, navigate])
}
