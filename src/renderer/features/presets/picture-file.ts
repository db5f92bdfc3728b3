/** Longest side of a model's picture, px. */
export const PICTURE_SIDE = 256
/** Largest picture as it is kept, bytes. */
export const MAX_PICTURE_BYTES = 200_000

/** Why a file cannot be a model's picture. */
export class PictureError extends Error {
  override name = 'PictureError'
  readonly reason: 'broken' | 'large'
  constructor(reason: 'broken' | 'large') {
    super(`The picture is ${reason}`)
    this.reason = reason
  }
}

/**
 * A picture file as a WebP data URI of at most 256 px and 200 kB. Throws PictureError.
 */
export async function readPicture(file: Blob): Promise<string> {
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(file)
  } catch {
    // Not a picture, or one that cannot be decoded here.
    throw new PictureError('broken')
  }
  try {
    const scale = Math.min(1, PICTURE_SIDE / Math.max(bitmap.width, bitmap.height))
    const width = Math.max(1, Math.round(bitmap.width * scale))
    const height = Math.max(1, Math.round(bitmap.height * scale))
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d')
    if (context === null) throw new PictureError('broken')
    context.imageSmoothingQuality = 'high'
    context.drawImage(bitmap, 0, 0, width, height)
    const bytes = await canvas.convertToBlob({ type: 'image/webp', quality: 0.9 })
    if (bytes.size > MAX_PICTURE_BYTES) throw new PictureError('large')
    return await dataUri(bytes)
  } finally {
    bitmap.close()
  }
}

/** Bytes that a data URI holds; null for any other address. */
export function dataUriBytes(uri: string): number | null {
  const comma = uri.indexOf(',')
  return uri.startsWith('data:') && comma > 0 ? Math.floor(((uri.length - comma - 1) * 3) / 4) : null
}

function dataUri(bytes: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error ?? new PictureError('broken'))
    reader.readAsDataURL(bytes)
  })
}
