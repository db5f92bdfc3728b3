import { deflateSync } from 'node:zlib'

/** Pictures of every kind that a message may carry, as base64; each has 3 x 2 pixels. */
export const SAMPLE_IMAGES = {
  'image/png': png(3, 2).toString('base64'),
  'image/gif': 'R0lGODlhAwACAIAAAP8AAAAAACwAAAAAAwACAAACAoRRADs=',
  'image/webp': 'UklGRhwAAABXRUJQVlA4TA8AAAAvAkAAAAcQ/Y/+ByKi/wEA',
  'image/jpeg': jpegHead(3, 2).toString('base64'),
} as const

/** A true PNG of one colour, or of noise that cannot be packed. */
export function png(width: number, height: number, noise = false): Buffer {
  const row = 1 + width * 3
  const pixels = Buffer.alloc(row * height)
  let seed = 1
  for (let y = 0; y < height; y++) {
    for (let x = 1; x < row; x++) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
      pixels[y * row + x] = noise ? seed >> 16 : 120
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(data.length, 0)
  head.write(type, 4, 'latin1')
  const tail = Buffer.alloc(4)
  tail.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), data])), 0)
  return Buffer.concat([head, data, tail])
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** The segments of a JPEG up to its frame header: application data, a quantization table, the size. */
function jpegHead(width: number, height: number): Buffer {
  const table = Buffer.alloc(69)
  table.set([0xff, 0xdb, 0, 67])
  const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0])
  frame.writeUInt16BE(height, 5)
  frame.writeUInt16BE(width, 7)
  const application = Buffer.from([0xff, 0xe0, 0, 16, ...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0])
  return Buffer.concat([Buffer.from([0xff, 0xd8]), application, table, Buffer.from([0xff]), frame])
}
