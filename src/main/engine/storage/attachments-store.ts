import type { MessageImage } from '#shared/chats.ts'
import type { WritableDatabase } from './sqlite.ts'
import type { Writer } from './writer.ts'

/** A picture with its bytes. */
export interface StoredImage extends MessageImage {
  data: Buffer
}

/** Pictures of messages. They are listed with their message and leave with it. */
export interface AttachmentsStore {
  insert(messageId: string, image: StoredImage): void
  /** Adds a copy of a picture to another message, under an id of its own. */
  copy(imageId: string, messageId: string, newId: string): void
  /** A picture of a message that is not deleted, and the conversation it belongs to; null if there is none. */
  find(id: string): (Pick<StoredImage, 'mediaType' | 'sizeBytes' | 'data'> & { conversationId: string }) | null
  /** As `find`, without the bytes. */
  about(id: string): { conversationId: string; sizeBytes: number } | null
  /** A message's pictures in their order, without the bytes. */
  list(messageId: string): MessageImage[]
}

/** What a message shows of its pictures. */
export const LIST_IMAGES = `SELECT id, media_type AS mediaType, width, height, size_bytes AS sizeBytes
  FROM attachments WHERE message_id = ? ORDER BY seq`

/** The statements about attachments. */
export function createAttachmentsStore(db: WritableDatabase, writer: Writer): AttachmentsStore {
  const insert = db.prepare(
    `INSERT INTO attachments (id, message_id, media_type, width, height, size_bytes, data) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const copy = db.prepare(
    `INSERT INTO attachments (id, message_id, media_type, width, height, size_bytes, data)
     SELECT ?, ?, media_type, width, height, size_bytes, data FROM attachments WHERE id = ?`,
  )
  const find = db.prepare<[string], NonNullable<ReturnType<AttachmentsStore['find']>>>(
    `SELECT messages.conversation_id AS conversationId, attachments.media_type AS mediaType,
       attachments.size_bytes AS sizeBytes, attachments.data
     FROM attachments JOIN messages ON messages.id = attachments.message_id
     WHERE attachments.id = ? AND messages.deleted_at IS NULL`,
  )
  const about = db.prepare<[string], NonNullable<ReturnType<AttachmentsStore['about']>>>(
    `SELECT messages.conversation_id AS conversationId, attachments.size_bytes AS sizeBytes
     FROM attachments JOIN messages ON messages.id = attachments.message_id
     WHERE attachments.id = ? AND messages.deleted_at IS NULL`,
  )
  const list = db.prepare<[string], MessageImage>(LIST_IMAGES)
  return {
    insert(messageId, { id, mediaType, width, height, sizeBytes, data }) {
      writer.write(() => void insert.run(id, messageId, mediaType, width, height, sizeBytes, data))
    },
    copy(imageId, messageId, newId) {
      writer.write(() => void copy.run(newId, messageId, imageId))
    },
    find: (id) => find.get(id) ?? null,
    about: (id) => about.get(id) ?? null,
    list: (messageId) => list.all(messageId),
  }
}
