import type { SearchHit } from '#shared/chats.ts'

/** Given to the storage worker when it starts. */
export interface WorkerSetup {
  file: string
}

/** Asked of the storage worker. */
export interface WorkerRequest {
  id: number
  type: 'search'
  /** Whose messages. */
  ownerId: string
  query: string
  limit: number
}

/** Answered by it, one per request. */
export type WorkerReply = { id: number; ok: true; hits: SearchHit[] } | { id: number; ok: false; reason: string }
