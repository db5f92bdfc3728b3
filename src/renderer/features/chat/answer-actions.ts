import { createContext, useContext } from 'react'
import type { Message } from '#shared/chats.ts'

/** What can be done with a message. One stable object per thread, so that rows never redraw because of it. */
export interface MessageActions {
  rerun: (message: Message, modelId?: string) => void
  stop: (message: Message) => void
  /** Shows the sibling `step` places on (-1 older, 1 newer). */
  sibling: (message: Message, step: -1 | 1) => void
  remove: (message: Message) => void
  /** Resolves when the edited message was sent as a new branch. */
  edit: (message: Message, content: string) => Promise<void>
  startEdit: (message: Message | null) => void
  /** Opens the message's menu beside its button. */
  openMenu: (message: Message, anchor: HTMLElement) => void
  toggleWhy: (message: Message) => void
}

const Context = createContext<MessageActions | null>(null)

export const MessageActionsProvider = Context.Provider

export function useMessageActions(): MessageActions {
  const actions = useContext(Context)
  if (actions === null) throw new Error('A message is shown outside a thread')
  return actions
}
