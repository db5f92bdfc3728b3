import type { UiEvent } from '#shared/app-info.ts'

type ChatsChanged = Extract<UiEvent, { type: 'chats:changed' }>

/** A window's event, and for conversations whose they are: what is another person's is told to nobody else. */
export type EngineEvent = Exclude<UiEvent, ChatsChanged> | (ChatsChanged & { ownerId: string })
