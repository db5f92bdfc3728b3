import { z } from 'zod'
import { OWNER_ID } from '#shared/access.ts'
import type { Conversation } from '#shared/chats.ts'
import { placeSchema } from '#shared/place.ts'
import { readJson } from './message-row.ts'
import type { WritableDatabase } from './sqlite.ts'
import type { Writer } from './writer.ts'

/** A conversation as stored, and whose it is: whether an answer is running is known elsewhere. */
export interface StoredConversation extends Omit<Conversation, 'answering'> {
  ownerId: string
}

/** Fields that may change; absent ones stay. */
export type ConversationPatch = Partial<
  Pick<StoredConversation, 'title' | 'pinned' | 'modelId' | 'draft' | 'activeLeafId' | 'messageCount' | 'trace'>
> & {
  /** Moves the conversation to the top of the list. */
  touchedAt?: number
}

/** Conversations. Reads leave out deleted ones. */
export interface ConversationsStore {
  /**
   * One person's, newest first. The first page (no `before`) starts with all pinned ones; later pages hold what was
   * updated before `before`.
   */
  list(ownerId: string, limit: number, before?: number): StoredConversation[]
  /** Anyone's: whoever asks looks whose it is. */
  find(id: string): StoredConversation | null
  insert(id: string, modelId: string | null, at: number, ownerId?: string): void
  /** No-op if there is no such conversation. */
  update(id: string, patch: ConversationPatch): void
  /** Marks as deleted. False if there is none. */
  remove(id: string, at: number): boolean
  /** Marks all of one person as deleted. Returns how many. */
  removeAllOf(ownerId: string, at: number): number
  /** False if this person has none that is deleted. */
  restore(id: string, ownerId: string): boolean
  /** Deletes conversations that were marked before `before` and have no messages left. */
  purgeEmpty(before: number): number
}

interface ConversationRow {
  id: string
  owner_id: string
  title: string
  model_id: string | null
  pinned: number
  draft: string
  active_leaf_id: string | null
  message_count: number
  trace: string
  created_at: number
  updated_at: number
}

const traceSchema = z.array(placeSchema)

/** The statements about conversations. */
export function createConversationsStore(db: WritableDatabase, writer: Writer): ConversationsStore {
  const statements = prepareStatements(db)
  let lastTouch = statements.newestUpdate.get() ?? 0

  /** Distinct, so that a page that ends at a time can be continued from it. */
  function distinctTime(at: number): number {
    lastTouch = Math.max(at, lastTouch + 1)
    return lastTouch
  }

  return {
    list(ownerId, limit, before) {
      if (before !== undefined) return statements.page.all(ownerId, before, limit).map(toConversation)
      return [...statements.pinned.all(ownerId), ...statements.first.all(ownerId, limit)].map(toConversation)
    },
    find(id) {
      const row = statements.find.get(id)
      return row === undefined ? null : toConversation(row)
    },
    insert(id, modelId, at, ownerId = OWNER_ID) {
      const createdAt = distinctTime(at)
      writer.write(() => statements.insert.run(id, ownerId, modelId, createdAt, createdAt))
    },
    update(id, patch) {
      writer.write(() => {
        if (patch.title !== undefined) statements.setTitle.run(patch.title, id)
        if (patch.pinned !== undefined) statements.setPinned.run(patch.pinned ? 1 : 0, id)
        if (patch.modelId !== undefined) statements.setModel.run(patch.modelId, id)
        if (patch.draft !== undefined) statements.setDraft.run(patch.draft, id)
        if (patch.activeLeafId !== undefined) statements.setLeaf.run(patch.activeLeafId, id)
        if (patch.messageCount !== undefined) statements.setCount.run(patch.messageCount, id)
        if (patch.trace !== undefined) statements.setTrace.run(JSON.stringify(patch.trace), id)
        if (patch.touchedAt !== undefined) statements.touch.run(distinctTime(patch.touchedAt), id)
      })
    },
    remove: (id, at) => writer.write(() => statements.remove.run(at, id).changes > 0),
    removeAllOf: (ownerId, at) => writer.write(() => statements.removeAllOf.run(at, ownerId).changes),
    restore: (id, ownerId) => writer.write(() => statements.restore.run(id, ownerId).changes > 0),
    purgeEmpty: (before) => writer.write(() => statements.purgeEmpty.run(before).changes),
  }
}

function prepareStatements(db: WritableDatabase) {
  const columns =
    'id, owner_id, title, model_id, pinned, draft, active_leaf_id, message_count, trace, created_at, updated_at'
  const alive = `SELECT ${columns} FROM conversations WHERE owner_id = ? AND deleted_at IS NULL`
  const set = (column: string) => db.prepare(`UPDATE conversations SET ${column} = ? WHERE id = ?`)
  return {
    pinned: db.prepare<[string], ConversationRow>(`${alive} AND pinned = 1 ORDER BY updated_at DESC`),
    first: db.prepare<[string, number], ConversationRow>(`${alive} AND pinned = 0 ORDER BY updated_at DESC LIMIT ?`),
    page: db.prepare<[string, number, number], ConversationRow>(
      `${alive} AND pinned = 0 AND updated_at < ? ORDER BY updated_at DESC LIMIT ?`,
    ),
    find: db.prepare<[string], ConversationRow>(
      `SELECT ${columns} FROM conversations WHERE id = ? AND deleted_at IS NULL`,
    ),
    newestUpdate: db.prepare<[], number | null>('SELECT max(updated_at) FROM conversations').pluck(),
    insert: db.prepare(
      'INSERT INTO conversations (id, owner_id, model_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?)',
    ),
    setTitle: set('title'),
    setPinned: set('pinned'),
    setModel: set('model_id'),
    setDraft: set('draft'),
    setLeaf: set('active_leaf_id'),
    setCount: set('message_count'),
    setTrace: set('trace'),
    touch: set('updated_at'),
    remove: db.prepare('UPDATE conversations SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL'),
    removeAllOf: db.prepare('UPDATE conversations SET deleted_at = ? WHERE owner_id = ? AND deleted_at IS NULL'),
    restore: db.prepare(
      'UPDATE conversations SET deleted_at = NULL WHERE id = ? AND owner_id = ? AND deleted_at IS NOT NULL',
    ),
    purgeEmpty: db.prepare(
      `DELETE FROM conversations WHERE deleted_at < ?
       AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.conversation_id = conversations.id)`,
    ),
  }
}

function toConversation(row: ConversationRow): StoredConversation {
  return {
    id: row.id,
    ownerId: row.owner_id,
    title: row.title,
    modelId: row.model_id,
    pinned: row.pinned === 1,
    draft: row.draft,
    activeLeafId: row.active_leaf_id,
    messageCount: row.message_count,
    trace: readJson(row.trace, traceSchema, []),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
