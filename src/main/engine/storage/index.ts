export type { ApiKeysStore, StoredApiKey } from './api-keys-store.ts'
export type { AttachmentsStore, StoredImage } from './attachments-store.ts'
export type {
  ConnectionsChange,
  ConnectionsStore,
  StoredConnection,
  StoredConnectionConfig,
} from './connections-store.ts'
export type { ConversationPatch, ConversationsStore, StoredConversation } from './conversations-store.ts'
export type { DocumentsStore } from './documents-store.ts'
export type { GroupsStore } from './groups-store.ts'
export { acquireInstanceLock, type InstanceLock } from './instance-lock.ts'
export type { InvitesStore, StoredInvite } from './invites-store.ts'
export type { JobsStore, StoredJob } from './jobs-store.ts'
export type { StoredMessage } from './message-row.ts'
export type { AnswerUpdate, HistoryEntry, MessagesStore } from './messages-store.ts'
export type { OauthLink, OauthStore, StoredOauthProvider } from './oauth-store.ts'
export { openStorage, type Storage } from './open-storage.ts'
export type { PeopleStore, StoredPerson, StoredPersonPatch } from './people-store.ts'
export type { PresetSave, PresetSelection, PresetsStore, StoredPreset } from './presets-store.ts'
export { createSearchWorker, type SearchWorker } from './search-worker.ts'
export type { SessionsStore, StoredSession } from './sessions-store.ts'
export type { SettingsRecords } from './settings-records.ts'
export type { TemplatesStore } from './templates-store.ts'
export type { StorageHealth } from './writer.ts'
