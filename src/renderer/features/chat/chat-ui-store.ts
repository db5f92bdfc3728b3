import { create } from 'zustand'
import type { Conversation } from '#shared/chats.ts'

/** A chat that was just made in this window: shown at once, with the focus and with what was written since. */
export interface BegunChat {
  conversation: Conversation
  /** Written while the first message was on its way; not saved yet. */
  draft: string
}

interface ChatUi {
  /** A message to scroll to and mark once its chat is shown. */
  jump: { conversationId: string; messageId: string; createdAt: number } | null
  /** A prompt to put into the composer of the chat that is shown. */
  prompt: string | null
  /** The chat that is about to be shown, if it was just made here. */
  begun: BegunChat | null
  /** The list is unfolded over the chat in a narrow window. */
  drawer: boolean
  searching: boolean
}

/** What the parts of the page tell each other. */
export const useChatUi = create<ChatUi>(() => ({
  jump: null,
  prompt: null,
  begun: null,
  drawer: false,
  searching: false,
}))
