export type { AttachmentsStore, StoredImage } from './attachments-store.ts'
export type {
  ConnectionsChange,
  ConnectionsStore,
  StoredConnection,
  StoredConnectionConfig,
} from './connections-store.ts'
export type { ConversationPatch, ConversationsStore, StoredConversation } from './conversations-store.ts'
export { acquireInstanceLock, type InstanceLock } from './instance-lock.ts'
export type { JobsStore, StoredJob } from './jobs-store.ts'
export type { StoredMessage } from './message-row.ts'
export type { AnswerUpdate, HistoryEntry, MessagesStore } from './messages-store.ts'
export { openStorage, type Storage } from './open-storage.ts'
export { createSearchWorker, type SearchWorker } from './search-worker.ts'
export type { SettingsRecords } from './settings-records.ts'
export type { StorageHealth } from './writer.ts'
