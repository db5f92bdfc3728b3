import { EngineError } from '../../../engine/spec/engine-error.ts'
import { pictureAddress } from '../../../engine/wire/open-webui/person-json.ts'
import type { Exchange } from '../../exchange.ts'
import { sendBytes } from './send-bytes.ts'

/** Longest picture of a person that is kept, as a data URL: about 300 kB of image. */
const MAX_PICTURE = 400_000
/** Raster images alone: an SVG could carry scripts. */
const RASTER = /^data:(image\/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/]+={0,2})$/i
/** Open WebUI's names for "no picture of one's own". */
const PLACEHOLDERS = new Set(['/user.png', '/favicon.png', '/static/favicon.png'])

/**
 * The picture that a form sets; null leaves it as it is: none was given, or the address under which the picture of
 * `personId` is shown. Throws `invalid_request` for what is no picture.
 */
export function givenPicture(value: string | null | undefined, personId: string | null): string | null {
  if (value == null || (personId !== null && value === pictureAddress(personId))) return null
  if (value === '' || PLACEHOLDERS.has(value)) return ''
  if (value.length > MAX_PICTURE) {
    throw new EngineError('invalid_request', 'The picture is too large: make it smaller than 300 kB.', {
      param: 'profile_image_url',
    })
  }
  if (RASTER.test(value) || isWebAddress(value)) return value
  throw new EngineError(
    'invalid_request',
    'The picture must be an http(s) address or a PNG, JPEG, GIF or WebP image as a data URL.',
    { param: 'profile_image_url' },
  )
}

/**
 * Answers with a picture: addresses by a redirect, images kept here by their bytes under the ETag `"<version>"`, all
 * else by a redirect to `otherwise`. Nothing is ever read from disk for it.
 */
export function sendPicture(exchange: Exchange, picture: unknown, version: number, otherwise: string): void {
  const value = typeof picture === 'string' ? picture : ''
  const raster = RASTER.exec(value)
  if (raster === null) {
    const location = isWebAddress(value) ? new URL(value).href : otherwise
    exchange.res.writeHead(302, { Location: location, 'Cache-Control': 'private, no-cache', 'Content-Length': 0 })
    exchange.res.end()
    return
  }
  const [, type = '', base64 = ''] = raster
  sendBytes(exchange, type.toLowerCase(), Buffer.from(base64, 'base64'), `"${version}"`)
}

function isWebAddress(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value)
}
