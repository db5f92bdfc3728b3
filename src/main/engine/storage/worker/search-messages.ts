import type { Database } from 'better-sqlite3'
import type { SearchHit } from '#shared/chats.ts'
import { toSearchTerms } from './search-terms.ts'
import { makeSnippet } from './snippet.ts'

interface HitRow {
  id: string
  conversation_id: string
  title: string
  role: SearchHit['role']
  created_at: number
  content: string
}

const COLUMNS = `messages.id, messages.conversation_id, conversations.title, messages.role, messages.created_at, messages.content`
/** One person's, and not deleted. Left alone, SQLite takes the unique index and then reads the row for its owner. */
const JOIN_OWNED = `CROSS JOIN conversations INDEXED BY conversations_search
      ON conversations.id = messages.conversation_id AND conversations.owner_id = ? AND conversations.deleted_at IS NULL`

/** SQL for a search with the index and `patterns` more conditions. Parameters: owner, match, patterns, limit. */
export function indexedSearchSql(patterns: number): string {
  // CROSS JOIN keeps the index in front: its rows come newest first, so the limit ends the work early.
  return `SELECT ${COLUMNS} FROM message_search
    CROSS JOIN messages ON messages.seq = message_search.rowid
    ${JOIN_OWNED}
    WHERE message_search MATCH ? AND messages.deleted_at IS NULL${likes(patterns)}
    ORDER BY message_search.rowid DESC LIMIT ?`
}

/** SQL for a search that only has words too short for trigrams: reads messages from the newest. Parameters: owner, patterns, limit. */
export function scanningSearchSql(patterns: number): string {
  return `SELECT ${COLUMNS} FROM messages
    ${JOIN_OWNED}
    WHERE messages.status <> 'streaming' AND messages.deleted_at IS NULL${likes(patterns)}
    ORDER BY messages.seq DESC LIMIT ?`
}

/** Search over one person's finished messages that are not deleted, newest first. */
export function createMessageSearch(db: Database): (ownerId: string, query: string, limit: number) => SearchHit[] {
  return (ownerId, query, limit) => {
    const { words, match, patterns } = toSearchTerms(query)
    if (words.length === 0) return []
    const sql = match === null ? scanningSearchSql(patterns.length) : indexedSearchSql(patterns.length)
    const rows = db.prepare<unknown[], HitRow>(sql).all(ownerId, ...(match === null ? [] : [match]), ...patterns, limit)
    return rows.map((row) => ({
      conversationId: row.conversation_id,
      conversationTitle: row.title,
      messageId: row.id,
      role: row.role,
      createdAt: row.created_at,
      ...makeSnippet(row.content, words),
    }))
  }
}

function likes(count: number): string {
  return ` AND messages.content LIKE ? ESCAPE '\\'`.repeat(count)
}
