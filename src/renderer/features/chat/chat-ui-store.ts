import { create } from 'zustand'

interface ChatUi {
  /** A message to scroll to and mark once its chat is shown. */
  jump: { conversationId: string; messageId: string; createdAt: number } | null
  /** A prompt to put into the composer of the chat that is shown. */
  prompt: string | null
  /** The list is unfolded over the chat in a narrow window. */
  drawer: boolean
  searching: boolean
}

/** What the parts of the page tell each other. */
export const useChatUi = create<ChatUi>(() => ({ jump: null, prompt: null, drawer: false, searching: false }))
