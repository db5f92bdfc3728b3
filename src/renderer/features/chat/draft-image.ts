import {
  IMAGE_TYPES,
  type ImageType,
  MAX_IMAGE_BYTES,
  MAX_IMAGE_SIDE,
  MAX_IMAGES,
  MAX_IMAGES_BYTES,
  type NewImage,
} from '#shared/chats.ts'

/** A picture in the composer, as it will be sent. */
export interface DraftImage {
  id: number
  name: string
  mediaType: ImageType
  bytes: Blob
  /** Shows it; to be revoked when the picture is let go. */
  url: string
  /** Pixels. */
  width: number
  height: number
  /** What it measured before it was made smaller; null if it is sent as it came. */
  original: { width: number; height: number } | null
}

/** Why a file was not taken. */
export interface ImageProblem {
  name: string
  reason: 'type' | 'bytes' | 'broken' | 'count' | 'together'
}

const JPEG_QUALITY = 0.9

let nextId = 1

/** True for files that the composer takes for pictures, whether or not it can read them. */
export function isImage(file: { type: string }): boolean {
  return file.type.startsWith('image/')
}

/** Reads files into pictures, as far as the limits beside those already `there` allow; says of every other one why not. */
export async function readDraftImages(
  files: readonly File[],
  there: readonly DraftImage[],
): Promise<{ images: DraftImage[]; problems: ImageProblem[] }> {
  const images: DraftImage[] = []
  const problems: ImageProblem[] = []
  let total = there.reduce((sum, image) => sum + image.bytes.size, 0)
  for (const file of files) {
    if (there.length + images.length >= MAX_IMAGES) {
      problems.push({ name: file.name, reason: 'count' })
      continue
    }
    const image = await readImage(file)
    if (typeof image === 'string') problems.push({ name: file.name, reason: image })
    else if (total + image.bytes.size > MAX_IMAGES_BYTES) {
      URL.revokeObjectURL(image.url)
      problems.push({ name: file.name, reason: 'together' })
    } else {
      total += image.bytes.size
      images.push(image)
    }
  }
  return { images, problems }
}

async function readImage(file: File): Promise<DraftImage | ImageProblem['reason']> {
  const mediaType = IMAGE_TYPES.find((type) => type === file.type)
  if (mediaType === undefined) return 'type'
  if (file.size > MAX_IMAGE_BYTES) return 'bytes'
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(file)
  } catch {
    // Not a picture after all, or too large to be decoded.
    return 'broken'
  }
  try {
    const { width, height } = bitmap
    const scale = MAX_IMAGE_SIDE / Math.max(width, height)
    const smaller = scale < 1 ? await scaled(bitmap, scale, mediaType) : null
    const bytes = smaller?.bytes ?? file
    nextId += 1
    return {
      id: nextId,
      name: file.name,
      mediaType: smaller?.mediaType ?? mediaType,
      bytes,
      url: URL.createObjectURL(bytes),
      width: smaller?.width ?? width,
      height: smaller?.height ?? height,
      original: smaller === null ? null : { width, height },
    }
  } finally {
    bitmap.close()
  }
}

async function scaled(
  bitmap: ImageBitmap,
  scale: number,
  from: ImageType,
): Promise<{ bytes: Blob; mediaType: ImageType; width: number; height: number }> {
  const width = Math.max(1, Math.round(bitmap.width * scale))
  const height = Math.max(1, Math.round(bitmap.height * scale))
  // What may be see-through or drawn in flat colours stays PNG.
  const mediaType = from === 'image/jpeg' || from === 'image/webp' ? from : 'image/png'
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('The window has no canvas to make pictures smaller')
  context.imageSmoothingQuality = 'high'
  context.drawImage(bitmap, 0, 0, width, height)
  const bytes = await canvas.convertToBlob({ type: mediaType, quality: JPEG_QUALITY })
  return { bytes, mediaType, width, height }
}

/** The picture as it crosses to the engine. */
export async function toNewImage({ mediaType, bytes }: DraftImage): Promise<NewImage> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error ?? new Error('The picture could not be read'))
    reader.readAsDataURL(bytes)
  })
  return { mediaType, data: url.slice(url.indexOf(',') + 1) }
}
