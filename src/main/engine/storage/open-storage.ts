import type { GgufRegistry } from '../spec/llama-runtime.ts'
import { type ApiKeysStore, createApiKeysStore } from './api-keys-store.ts'
import { type AttachmentsStore, createAttachmentsStore } from './attachments-store.ts'
import { type ConnectionsStore, createConnectionsStore } from './connections-store.ts'
import { type ConversationsStore, createConversationsStore } from './conversations-store.ts'
import { createDocumentsStore, type DocumentsStore } from './documents-store.ts'
import { createGgufRegistry } from './gguf-registry.ts'
import { createGroupsStore, type GroupsStore } from './groups-store.ts'
import { createInvitesStore, type InvitesStore } from './invites-store.ts'
import { createJobsStore, type JobsStore } from './jobs-store.ts'
import { createMessagesStore, type MessagesStore } from './messages-store.ts'
import { createOauthStore, type OauthStore } from './oauth-store.ts'
import { type OpenDatabaseOptions, openDatabase } from './open-database.ts'
import { createPeopleStore, type PeopleStore } from './people-store.ts'
import { createPresetsStore, type PresetsStore } from './presets-store.ts'
import { createSessionsStore, type SessionsStore } from './sessions-store.ts'
import { createSettingsRecords, type SettingsRecords } from './settings-records.ts'
import { createTemplatesStore, type TemplatesStore } from './templates-store.ts'
import { createWriter, type Writer } from './writer.ts'

/** The open database: its statements by area, and how its writes fare. */
export interface Storage extends Writer {
  readonly conversations: ConversationsStore
  readonly messages: MessagesStore
  readonly attachments: AttachmentsStore
  readonly settings: SettingsRecords
  readonly ggufRegistry: GgufRegistry
  readonly connections: ConnectionsStore
  readonly jobs: JobsStore
  readonly documents: DocumentsStore
  readonly presets: PresetsStore
  readonly templates: TemplatesStore
  readonly people: PeopleStore
  readonly sessions: SessionsStore
  readonly apiKeys: ApiKeysStore
  readonly groups: GroupsStore
  readonly invites: InvitesStore
  readonly oauth: OauthStore
  /** The database file (absolute), for the search worker. */
  readonly file: string
  /** Closes cleanly. Safe to call twice. */
  close(): void
}

/** Opens a data folder's database with all its stores. Throws as openDatabase does. */
export function openStorage(options: OpenDatabaseOptions): Storage {
  const { db, files, close } = openDatabase(options)
  const writer = createWriter({ db, file: files.database, log: options.log, now: options.now })
  return {
    ...writer,
    conversations: createConversationsStore(db, writer),
    messages: createMessagesStore(db, writer),
    attachments: createAttachmentsStore(db, writer),
    settings: createSettingsRecords(db, writer),
    ggufRegistry: createGgufRegistry(db, writer, options.now),
    connections: createConnectionsStore(db, writer),
    jobs: createJobsStore(db, writer),
    documents: createDocumentsStore(db, writer),
    presets: createPresetsStore(db, writer),
    templates: createTemplatesStore(db, writer),
    people: createPeopleStore(db, writer),
    sessions: createSessionsStore(db, writer),
    apiKeys: createApiKeysStore(db, writer),
    groups: createGroupsStore(db, writer),
    invites: createInvitesStore(db, writer),
    oauth: createOauthStore(db, writer),
    file: files.database,
    close,
  }
}
