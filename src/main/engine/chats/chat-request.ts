import { setImmediate } from 'node:timers/promises'
import { MAX_IMAGES_BYTES } from '#shared/chats.ts'
import type { CatalogModel } from '#shared/models.ts'
import type { Settings } from '#shared/settings.ts'
import type { ChatMessage, ChatRequest, ContentPart } from '../spec/chat-request.ts'
import type { Storage } from '../storage/index.ts'

/** Messages read at a time, so that a chat of 10,000 does not hold up the loop. */
const SLICE = 250

/** A request, and one sentence for everything of the chat that it had to leave out. */
export interface BuiltRequest {
  request: ChatRequest
  notes: string[]
}

/**
 * The request that answers the branch ending at `leafId` (`depth` is that message's): system prompt, then the branch.
 * The settings' prompt and sampling are what the person brings to every model: the records of `model` are laid over the
 * request later, so their locked values win, their prompts come before this one, and their mere defaults give way to it.
 * Reasoning is not sent back, nor are answers without text. What does not fit the context is left out from the oldest on,
 * and so are pictures beyond what a request can carry; a model that does not see is told where pictures were.
 */
export async function buildChatRequest(
  storage: {
    messages: Pick<Storage['messages'], 'history'>
    attachments: Pick<Storage['attachments'], 'list' | 'find'>
  },
  branch: { leafId: string; depth: number },
  model: Pick<CatalogModel, 'id' | 'name' | 'capabilities'>,
  settings: Settings,
): Promise<BuiltRequest> {
  const history: ChatMessage[] = []
  /** Messages with pictures, oldest first: the parts that theirs go in front of. */
  const pictured: { id: string; parts: ContentPart[] }[] = []
  if (settings.systemPrompt.trim() !== '') history.push({ role: 'system', content: settings.systemPrompt })
  for (let from = 0; from <= branch.depth; from += SLICE) {
    if (from > 0) await setImmediate()
    const slice = storage.messages.history(branch.leafId, from, Math.min(from + SLICE, branch.depth + 1))
    for (const { id, role, content, hasImages } of slice) {
      if (role === 'user') {
        const parts: ContentPart[] = content === '' ? [] : [{ type: 'text', text: content }]
        if (hasImages === 1) pictured.push({ id, parts })
        history.push({ role, content: parts })
      } else if (content !== '') history.push({ role, content })
    }
  }
  const left = await addPictures(storage.attachments, pictured, model.capabilities.includes('vision'))
  return {
    request: {
      model: model.id,
      messages: history,
      sampling: {
        ...(settings.temperature === null ? {} : { temperature: settings.temperature }),
        ...(settings.maxTokens === null ? {} : { maxTokens: settings.maxTokens }),
      },
      runtime: { overflow: 'truncate' },
    },
    notes: noteOf(left, model),
  }
}

/** Puts the pictures in front of their messages' text, the newest first of all. Returns how many were left out. */
async function addPictures(
  attachments: Pick<Storage['attachments'], 'list' | 'find'>,
  pictured: readonly { id: string; parts: ContentPart[] }[],
  sees: boolean,
): Promise<number> {
  let left = 0
  let room = sees ? MAX_IMAGES_BYTES : 0
  for (const { id, parts } of pictured.toReversed()) {
    const images = attachments.list(id)
    const pictures: ContentPart[] = []
    for (const image of images) {
      // Once one is left out, all older ones are: a gap in the middle would be hard to understand.
      room = image.sizeBytes <= room ? room - image.sizeBytes : -1
      const stored = room >= 0 ? attachments.find(image.id) : null
      if (stored === null) {
        left += 1
        pictures.push({
          type: 'text',
          text: `[A picture was here (${image.width} x ${image.height}). It was not sent.]`,
        })
      } else {
        pictures.push({ type: 'image', mediaType: stored.mediaType, data: stored.data.toString('base64') })
        // One picture may have 20 MB: others get their turn between two.
        await setImmediate()
      }
    }
    parts.unshift(...pictures)
  }
  return left
}

function noteOf(left: number, model: Pick<CatalogModel, 'name' | 'capabilities'>): string[] {
  if (left === 0) return []
  const what = left === 1 ? 'One picture of this chat was' : `${left} pictures of this chat were`
  return model.capabilities.includes('vision')
    ? [`${what} not sent: a request carries ${MAX_IMAGES_BYTES / 1_000_000} MB of them at most, the newest first`]
    : [`${what} not sent: ${model.name} does not see`]
}
