import type { ContentPart } from '../spec/chat-request.ts'
import { EngineError } from '../spec/engine-error.ts'

/** First base64 characters of the image formats that models read. */
const SIGNATURES: [string, string][] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
]

/** An image given as a data: or http(s) URL (OpenAI's `image_url`). */
export function imageFromUrl(url: string, param: string): ContentPart {
  const data = /^data:([a-z0-9.+-]+\/[a-z0-9.+-]+);base64,/i.exec(url)
  if (data !== null) return { type: 'image', mediaType: data[1]?.toLowerCase() ?? '', data: url.slice(data[0].length) }
  if (/^https?:\/\//i.test(url)) return { type: 'image-url', url }
  throw new EngineError('invalid_request', `Invalid '${param}': expected an http(s) URL or a base64 data: URL.`, {
    param,
  })
}

/** An image given as bare base64 (Ollama's `images`); its kind is read from its first bytes. */
export function imageFromBase64(data: string, param: string): ContentPart {
  const match = SIGNATURES.find(([start]) => data.startsWith(start))
  if (match === undefined) {
    throw new EngineError('invalid_request', `Invalid '${param}': expected a base64 PNG, JPEG, GIF or WebP image.`, {
      param,
    })
  }
  return { type: 'image', mediaType: match[1], data }
}
