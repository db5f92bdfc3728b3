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
const ALIVE = 'messages.deleted_at IS NULL AND conversations.deleted_at IS NULL'

/** SQL for a search with the index and `patterns` more conditions. Parameters: match, patterns, limit. */
export function indexedSearchSql(patterns: number): string {
  // CROSS JOIN keeps the index in front: its rows come newest first, so the limit ends the work early.
  return `SELECT ${COLUMNS} FROM message_search
    CROSS JOIN messages ON messages.seq = message_search.rowid
    CROSS JOIN conversations ON conversations.id = messages.conversation_id
    WHERE message_search MATCH ? AND ${ALIVE}${likes(patterns)}
    ORDER BY message_search.rowid DESC LIMIT ?`
}

/** SQL for a search that only has words too short for trigrams: reads messages from the newest. Parameters: patterns, limit. */
export function scanningSearchSql(patterns: number): string {
  return `SELECT ${COLUMNS} FROM messages
    CROSS JOIN conversations ON conversations.id = messages.conversation_id
    WHERE messages.status <> 'streaming' AND ${ALIVE}${likes(patterns)}
    ORDER BY messages.seq DESC LIMIT ?`
}

/** Search over all finished messages that are not deleted, newest first. */
export function createMessageSearch(db: Database): (query: string, limit: number) => SearchHit[] {
  return (query, limit) => {
    const { words, match, patterns } = toSearchTerms(query)
    if (words.length === 0) return []
    const sql = match === null ? scanningSearchSql(patterns.length) : indexedSearchSql(patterns.length)
    const rows = db.prepare<unknown[], HitRow>(sql).all(...(match === null ? [] : [match]), ...patterns, limit)
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
