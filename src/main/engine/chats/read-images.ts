import { MAX_IMAGE_BYTES, MAX_IMAGES, MAX_IMAGES_BYTES, type NewImage } from '#shared/chats.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { AttachmentsStore, StoredImage } from '../storage/index.ts'
import { imageFacts } from './image-facts.ts'
import { newId } from './new-id.ts'

/** The pictures of a message to be sent: new ones with their bytes, and ids of ones to copy. */
export interface MessageImages {
  added: StoredImage[]
  kept: string[]
}

/** Checks what came with a message against the limits, and every picture against its own header. Throws `invalid_request`. */
export function readImages(
  attachments: Pick<AttachmentsStore, 'about'>,
  conversationId: string,
  added: readonly NewImage[],
  kept: readonly string[],
  now: number,
): MessageImages {
  if (added.length + kept.length > MAX_IMAGES) {
    throw refusal(`A message can carry ${MAX_IMAGES} pictures at most.`)
  }
  const images = added.map(({ data }): StoredImage => {
    const bytes = Buffer.from(data, 'base64')
    if (bytes.length > MAX_IMAGE_BYTES) {
      throw refusal(`A picture can have ${MAX_IMAGE_BYTES / 1_000_000} MB at most.`)
    }
    const facts = imageFacts(bytes)
    if (facts === null) throw refusal('This is no picture that can be read. It has to be a PNG, JPEG, GIF or WebP.')
    return { id: newId(now), ...facts, sizeBytes: bytes.length, data: bytes }
  })
  let total = images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  for (const id of kept) {
    const known = attachments.about(id)
    if (known === null || known.conversationId !== conversationId) {
      throw new EngineError('not_found', 'There is no such picture in this conversation.', { param: 'keptImages' })
    }
    total += known.sizeBytes
  }
  if (total > MAX_IMAGES_BYTES) {
    throw refusal(`The pictures of a message can have ${MAX_IMAGES_BYTES / 1_000_000} MB together at most.`)
  }
  return { added: images, kept: [...kept] }
}

function refusal(message: string): EngineError {
  return new EngineError('invalid_request', message, { param: 'images' })
}
