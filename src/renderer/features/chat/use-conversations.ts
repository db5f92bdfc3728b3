import { useEffect, useSyncExternalStore } from 'react'
import { client } from '../../bridge/client.ts'
import { onEngineEvent } from '../../bridge/engine-events.ts'
import { useConnectionStore } from '../../stores/connection-store.ts'
import { ConversationStore, type ConversationsState } from './conversation-store.ts'

/** The window's one list of conversations: it outlives the page, so that coming back shows it at once. */
export const conversations = new ConversationStore(client)

/** ms within which several changes lead to one fetch. */
const GATHER = 150

/** The list as it is now; fetched when first shown, again on every change and every reconnect. */
export function useConversations(): ConversationsState {
  const connected = useConnectionStore((store) => store.connection.state === 'connected')
  useEffect(() => {
    void connected
    void conversations.refresh()
  }, [connected])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null
    const stop = onEngineEvent((event) => {
      if (event.type !== 'chats:changed' || timer !== null) return
      timer = setTimeout(() => {
        timer = null
        void conversations.refresh()
      }, GATHER)
    })
    return () => {
      stop()
      if (timer !== null) clearTimeout(timer)
    }
  }, [])
  return useSyncExternalStore(conversations.subscribe, conversations.snapshot)
}
