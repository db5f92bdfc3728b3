export type { ChatsOptions } from './chats-options.ts'
export { createChats } from './create-chats.ts'
