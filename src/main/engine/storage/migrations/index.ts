import type { WritableDatabase } from '../sqlite.ts'
import * as conversations from './0001-conversations.ts'
import * as search from './0002-search.ts'
import * as settingsAndGguf from './0003-settings-and-gguf.ts'
import * as connections from './0004-connections.ts'
import * as jobs from './0005-jobs.ts'
import * as attachments from './0006-attachments.ts'
import * as documents from './0007-documents.ts'
import * as presets from './0008-presets.ts'
import * as team from './0009-team.ts'
import * as conversationOwners from './0010-conversation-owners.ts'

/** One step of the schema. `up` runs in a transaction of its own. */
export interface Migration {
  version: number
  name: string
  up(db: WritableDatabase): void
}

/** Every migration, in order and without gaps. Released ones never change: what they got wrong, a later one puts right. */
export const migrations: readonly Migration[] = [
  { version: 1, name: 'conversations', up: conversations.up },
  { version: 2, name: 'search', up: search.up },
  { version: 3, name: 'settings and GGUF files', up: settingsAndGguf.up },
  { version: 4, name: 'connections', up: connections.up },
  { version: 5, name: 'jobs', up: jobs.up },
  { version: 6, name: 'attachments', up: attachments.up },
  { version: 7, name: 'documents', up: documents.up },
  { version: 8, name: 'presets', up: presets.up },
  { version: 9, name: 'team', up: team.up },
  { version: 10, name: 'whose conversations are', up: conversationOwners.up },
]
