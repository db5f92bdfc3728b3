import type { AnswerFacts, Message, MessageImage } from '#shared/chats.ts'
import type { PublicError } from '#shared/errors.ts'
import { LIST_IMAGES } from './attachments-store.ts'
import { createBranchPaths } from './branch-paths.ts'
import { type MessageRow, type StoredMessage, toStoredMessage } from './message-row.ts'
import type { WritableDatabase } from './sqlite.ts'
import type { Writer } from './writer.ts'

/** What changes on an answer while it runs and when it ends. Absent fields stay. */
export interface AnswerUpdate {
  /** Text to append. */
  content: string
  reasoning: string
  facts?: AnswerFacts | null
  toolCalls?: Message['toolCalls']
  status?: Message['status']
  error?: PublicError | null
}

/** One message as a model is told of it. */
export interface HistoryEntry {
  id: string
  role: Message['role']
  content: string
  /** 1 if it carries pictures. */
  hasImages: 0 | 1
}

/** Messages as a tree. Reads leave out deleted messages unless they say otherwise. */
export interface MessagesStore {
  /** Null if there is none, or it is deleted. */
  find(id: string): Message | null
  /** The message even when deleted. */
  findAny(id: string): (StoredMessage & { deletedAt: number | null; deletedWith: string | null }) | null
  insert(message: StoredMessage): void
  updateAnswer(id: string, update: AnswerUpdate): void
  /** The last `count` messages of the branch that ends at `leafId`, oldest first. */
  tail(leafId: string, count: number): Message[]
  /** Messages of that branch with from <= depth < to, oldest first. */
  range(leafId: string, from: number, to: number): Message[]
  /** What was said on that branch, for a model: role and text of from <= depth < to. */
  history(leafId: string, from: number, to: number): HistoryEntry[]
  /** True if the message is on the branch that ends at `leafId`. */
  isOnBranch(messageId: string, leafId: string): boolean
  /** The newest message at or below `id`: the end of the newest branch through it. */
  newestLeaf(id: string): string | null
  /** Newest child of `parentId` (null: newest first message of the conversation). */
  newestChild(conversationId: string, parentId: string | null): string | null
  count(conversationId: string): number
  /** Marks the message and all below it as deleted. Returns how many. */
  removeSubtree(id: string, at: number): number
  /** Takes back exactly what removeSubtree(id) took. Returns how many. */
  restoreSubtree(id: string): number
  /** Ids of answers whose rows say that they stream, in this conversation or in all. */
  streaming(): { id: string; conversationId: string }[]
  /**
   * Deletes up to `limit` rows for good, leaves first: those deleted before `before`, and those of conversations deleted
   * before it. Their pictures go first, one a call: freeing one of 20 MB takes a while.
   */
  purge(before: number, limit: number): number
}

/** The statements about messages. */
export function createMessagesStore(db: WritableDatabase, writer: Writer): MessagesStore {
  const paths = createBranchPaths(db)
  const statements = prepareStatements(db)

  function withSiblings(row: MessageRow): Message {
    const siblings = statements.siblings.all(row.parent_id, row.conversation_id, row.role)
    const images = row.role === 'user' ? statements.images.all(row.id) : []
    return { ...toStoredMessage(row), ...(images.length > 0 ? { images } : {}), siblings }
  }

  function bySeq(seqs: readonly number[]): Message[] {
    return statements.bySeq.all(JSON.stringify(seqs)).map(withSiblings)
  }

  return {
    find(id) {
      const row = statements.find.get(id)
      return row === undefined || row.deleted_at !== null ? null : withSiblings(row)
    },
    findAny(id) {
      const row = statements.find.get(id)
      if (row === undefined) return null
      return { ...toStoredMessage(row), deletedAt: row.deleted_at, deletedWith: row.deleted_with }
    },
    insert(message) {
      writer.write(() => {
        statements.insert.run({
          id: message.id,
          conversationId: message.conversationId,
          parentId: message.parentId,
          depth: message.depth,
          role: message.role,
          status: message.status,
          createdAt: message.createdAt,
          content: message.content,
          reasoning: message.reasoning,
          toolCalls: JSON.stringify(message.toolCalls),
          facts: message.facts === null ? null : JSON.stringify(message.facts),
          error: message.error === null ? null : JSON.stringify(message.error),
        })
      })
    },
    updateAnswer(id, update) {
      writer.write(() => {
        if (update.content !== '' || update.reasoning !== '') {
          statements.append.run(update.content, update.reasoning, id)
        }
        if (update.facts !== undefined) {
          statements.setFacts.run(update.facts === null ? null : JSON.stringify(update.facts), id)
        }
        if (update.toolCalls !== undefined) statements.setToolCalls.run(JSON.stringify(update.toolCalls), id)
        if (update.error !== undefined) {
          statements.setError.run(update.error === null ? null : JSON.stringify(update.error), id)
        }
        // Last: ending is what puts the text into the search index.
        if (update.status !== undefined) statements.setStatus.run(update.status, id)
      })
    },
    tail: (leafId, count) => bySeq(statements.walkTail.all(leafId, count).reverse()),
    range: (leafId, from, to) => bySeq(paths.of(leafId).slice(from, to)),
    history: (leafId, from, to) => statements.history.all(JSON.stringify(paths.of(leafId).slice(from, to))),
    isOnBranch(messageId, leafId) {
      const place = statements.placeOf.get(messageId)
      return place !== undefined && paths.of(leafId)[place.depth] === place.seq
    },
    newestLeaf: (id) => statements.newestLeaf.get(id) ?? null,
    newestChild: (conversationId, parentId) => statements.newestChild.get(parentId, conversationId) ?? null,
    count: (conversationId) => statements.count.get(conversationId) ?? 0,
    removeSubtree: (id, at) => writer.write(() => statements.removeSubtree.run({ id, at }).changes),
    restoreSubtree: (id) => writer.write(() => statements.restoreSubtree.run(id).changes),
    streaming: () => statements.streaming.all(),
    purge(before, limit) {
      return writer.write(() => {
        const own = statements.deletedMessages.all(before, limit)
        const ids = JSON.stringify(own.length > 0 ? own : statements.ofDeletedConversations.all(before, limit))
        if (ids === '[]') return 0
        const images = statements.purgeImage.run(ids).changes
        if (images > 0) return images
        paths.clear()
        return statements.purgeMessages.run(ids).changes
      })
    },
  }
}

function prepareStatements(db: WritableDatabase) {
  return {
    find: db.prepare<[string], MessageRow>('SELECT * FROM messages WHERE id = ?'),
    bySeq: db.prepare<[string], MessageRow>(
      `SELECT messages.* FROM json_each(?) AS wanted CROSS JOIN messages ON messages.seq = wanted.value ORDER BY wanted.key`,
    ),
    history: db.prepare<[string], HistoryEntry>(
      `SELECT messages.id, messages.role, messages.content,
         EXISTS (SELECT 1 FROM attachments WHERE attachments.message_id = messages.id) AS hasImages
       FROM json_each(?) AS wanted
       CROSS JOIN messages ON messages.seq = wanted.value ORDER BY wanted.key`,
    ),
    images: db.prepare<[string], MessageImage>(LIST_IMAGES),
    placeOf: db.prepare<[string], { seq: number; depth: number }>('SELECT seq, depth FROM messages WHERE id = ?'),
    siblings: db
      .prepare<[string | null, string, string], string>(
        `SELECT id FROM messages
         WHERE parent_id IS ? AND conversation_id = ? AND deleted_at IS NULL AND role = ? ORDER BY seq`,
      )
      .pluck(),
    insert: db.prepare(
      `INSERT INTO messages (id, conversation_id, parent_id, depth, role, status, created_at, content, reasoning, tool_calls, facts, error)
       VALUES (@id, @conversationId, @parentId, @depth, @role, @status, @createdAt, @content, @reasoning, @toolCalls, @facts, @error)`,
    ),
    append: db.prepare('UPDATE messages SET content = content || ?, reasoning = reasoning || ? WHERE id = ?'),
    setFacts: db.prepare('UPDATE messages SET facts = ? WHERE id = ?'),
    setToolCalls: db.prepare('UPDATE messages SET tool_calls = ? WHERE id = ?'),
    setError: db.prepare('UPDATE messages SET error = ? WHERE id = ?'),
    setStatus: db.prepare('UPDATE messages SET status = ? WHERE id = ?'),
    walkTail: db
      .prepare<[string, number], number>(
        `WITH RECURSIVE walk (seq, parent_id) AS (
           SELECT seq, parent_id FROM messages INDEXED BY messages_walk WHERE id = ?
           UNION ALL
           SELECT messages.seq, messages.parent_id FROM walk
           JOIN messages INDEXED BY messages_walk ON messages.id = walk.parent_id
           LIMIT ?
         )
         SELECT seq FROM walk`,
      )
      .pluck(),
    newestLeaf: db
      .prepare<[string], string>(
        `WITH RECURSIVE below (id, seq, conversation_id) AS (
           SELECT id, seq, conversation_id FROM messages WHERE id = ? AND deleted_at IS NULL
           UNION ALL
           SELECT messages.id, messages.seq, messages.conversation_id FROM below
           JOIN messages ON messages.parent_id = below.id
             AND messages.conversation_id = below.conversation_id AND messages.deleted_at IS NULL
         )
         SELECT id FROM below ORDER BY seq DESC LIMIT 1`,
      )
      .pluck(),
    newestChild: db
      .prepare<[string | null, string], string>(
        `SELECT id FROM messages WHERE parent_id IS ? AND conversation_id = ? AND deleted_at IS NULL ORDER BY seq DESC LIMIT 1`,
      )
      .pluck(),
    count: db
      .prepare<[string], number>('SELECT count(*) FROM messages WHERE conversation_id = ? AND deleted_at IS NULL')
      .pluck(),
    removeSubtree: db.prepare(
      `UPDATE messages SET deleted_at = @at, deleted_with = @id WHERE seq IN (
         WITH RECURSIVE below (id, seq, conversation_id) AS (
           SELECT id, seq, conversation_id FROM messages WHERE id = @id AND deleted_at IS NULL
           UNION ALL
           SELECT messages.id, messages.seq, messages.conversation_id FROM below
           JOIN messages ON messages.parent_id = below.id
             AND messages.conversation_id = below.conversation_id AND messages.deleted_at IS NULL
         )
         SELECT seq FROM below
       )`,
    ),
    restoreSubtree: db.prepare('UPDATE messages SET deleted_at = NULL, deleted_with = NULL WHERE deleted_with = ?'),
    streaming: db.prepare<[], { id: string; conversationId: string }>(
      `SELECT id, conversation_id AS conversationId FROM messages WHERE status = 'streaming'`,
    ),
    // Deepest first: a parent may only go once its children have gone.
    deletedMessages: db
      .prepare<[number, number], string>('SELECT id FROM messages WHERE deleted_at < ? ORDER BY depth DESC LIMIT ?')
      .pluck(),
    ofDeletedConversations: db
      .prepare<[number, number], string>(
        `SELECT messages.id FROM conversations JOIN messages ON messages.conversation_id = conversations.id
         WHERE conversations.deleted_at < ? ORDER BY messages.depth DESC LIMIT ?`,
      )
      .pluck(),
    purgeImage: db.prepare<[string]>(
      `DELETE FROM attachments WHERE seq IN (
         SELECT attachments.seq FROM json_each(?) AS wanted
         CROSS JOIN attachments ON attachments.message_id = wanted.value LIMIT 1
       )`,
    ),
    purgeMessages: db.prepare<[string]>('DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?))'),
  }
}
