import type { ContentPart } from '../spec/chat-request.ts'
import { EngineError } from '../spec/engine-error.ts'

/** First base64 characters of the image formats that models read. */
const SIGNATURES: [string, string][] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
]

/** Names in use for types that have another one by the standard; Anthropic refuses them. */
const NAMES_BY_STANDARD: ReadonlyMap<string, string> = new Map([
  ['image/jpg', 'image/jpeg'],
  ['image/pjpeg', 'image/jpeg'],
  ['image/x-png', 'image/png'],
])

type InlineImage = Extract<ContentPart, { type: 'image' }>

/** An image with the type that its client gives; its first bytes know better. */
export function imageOfType(mediaType: string, data: string): InlineImage {
  const said = mediaType.toLowerCase()
  return { type: 'image', mediaType: typeOf(data) ?? NAMES_BY_STANDARD.get(said) ?? said, data }
}

/** An image given as a data: or http(s) URL (OpenAI's `image_url`). */
export function imageFromUrl(url: string, param: string): ContentPart {
  const data = /^data:([a-z0-9.+-]+\/[a-z0-9.+-]+)(?:;[a-z0-9.+-]+=[^;,]*)*;base64,/i.exec(url)
  if (data !== null) return imageOfType(data[1] ?? '', url.slice(data[0].length))
  if (/^https?:\/\//i.test(url)) return { type: 'image-url', url }
  throw new EngineError('invalid_request', `Invalid '${param}': expected an http(s) URL or a base64 data: URL.`, {
    param,
  })
}

/** An image given as bare base64 (Ollama's `images`); its kind is read from its first bytes. */
export function imageFromBase64(data: string, param: string): ContentPart {
  const mediaType = typeOf(data)
  if (mediaType === undefined) {
    throw new EngineError('invalid_request', `Invalid '${param}': expected a base64 PNG, JPEG, GIF or WebP image.`, {
      param,
    })
  }
  return { type: 'image', mediaType, data }
}

function typeOf(data: string): string | undefined {
  return SIGNATURES.find(([start]) => data.startsWith(start))?.[1]
}
