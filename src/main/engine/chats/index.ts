export type { ChatsOptions } from './chats-options.ts'
export { createChats, type PeoplesChats } from './create-chats.ts'
