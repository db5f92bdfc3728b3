import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'

// Draws the icons into resources/icons. The mark is a trace: three legs of an answer, by place. Here solid, near
// broken, away broken more. Run by hand when the mark changes: node scripts/icons.ts

/** One horizontal bar of the mark in units of a 64 by 64 field, with its place's colour (the dark theme's). */
interface Bar {
  x: number
  y: number
  width: number
  height: number
  colour: [number, number, number]
}

const here: [number, number, number] = [0x76, 0xcf, 0x8a]
const near: [number, number, number] = [0xdc, 0xa0, 0xd6]
const away: [number, number, number] = [0x92, 0xb0, 0xf1]
const ink: [number, number, number] = [0x1a, 0x17, 0x13]

const bars: Bar[] = [
  { x: 14, y: 15, width: 36, height: 7, colour: here },
  { x: 14, y: 28.5, width: 22, height: 7, colour: near },
  { x: 41, y: 28.5, width: 9, height: 7, colour: near },
  { x: 14, y: 42, width: 9, height: 7, colour: away },
  { x: 27.5, y: 42, width: 9, height: 7, colour: away },
  { x: 41, y: 42, width: 9, height: 7, colour: away },
]

const folder = join(import.meta.dirname, '..', 'resources', 'icons')
mkdirSync(join(folder, 'linux'), { recursive: true })
for (const size of [512, 256, 128, 64, 48, 32, 16]) write(`linux/${size}x${size}.png`, size, 'app')
write('icon.png', 1024, 'app')
// macOS colours black-and-transparent tray images itself and knows them by the end of their name.
for (const [name, size, kind] of [
  ['trayTemplate.png', 16, 'template'],
  ['trayTemplate@2x.png', 32, 'template'],
  ['tray.png', 32, 'app'],
] as const) {
  write(name, size, kind)
}

function write(name: string, size: number, kind: 'app' | 'template'): void {
  writeFileSync(join(folder, name), png(size, draw(size, kind)))
}

/** RGBA rows, each pixel the mean of 16 samples. */
function draw(size: number, kind: 'app' | 'template'): Buffer {
  const pixels = Buffer.alloc(size * size * 4)
  const grid = 4
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const sum = [0, 0, 0, 0]
      for (let sample = 0; sample < grid * grid; sample += 1) {
        const x = ((column + ((sample % grid) + 0.5) / grid) * 64) / size
        const y = ((row + (Math.floor(sample / grid) + 0.5) / grid) * 64) / size
        const [r, g, b, a] = colourAt(x, y, kind)
        sum[0] = (sum[0] ?? 0) + r * a
        sum[1] = (sum[1] ?? 0) + g * a
        sum[2] = (sum[2] ?? 0) + b * a
        sum[3] = (sum[3] ?? 0) + a
      }
      const alpha = sum[3] ?? 0
      const at = (row * size + column) * 4
      for (let channel = 0; channel < 3; channel += 1) {
        pixels[at + channel] = alpha === 0 ? 0 : Math.round((sum[channel] ?? 0) / alpha)
      }
      pixels[at + 3] = Math.round((alpha / (grid * grid)) * 255)
    }
  }
  return pixels
}

/** Colour and opacity (0 or 1) of a point of the 64 by 64 field. */
function colourAt(x: number, y: number, kind: 'app' | 'template'): [number, number, number, number] {
  const bar = bars.find((b) => x >= b.x && x < b.x + b.width && y >= b.y && y < b.y + b.height)
  if (kind === 'template') return [0, 0, 0, bar === undefined ? 0 : 1]
  if (bar !== undefined) return [...bar.colour, 1]
  return [...ink, insidePlate(x, y) ? 1 : 0]
}

/** The dark plate: a square with rounded corners and a margin, as desktops expect. */
function insidePlate(x: number, y: number): boolean {
  const margin = 4
  const radius = 11
  const dx = Math.max(margin + radius - x, x - (64 - margin - radius), 0)
  const dy = Math.max(margin + radius - y, y - (64 - margin - radius), 0)
  return dx * dx + dy * dy <= radius * radius
}

/** An 8-bit RGBA PNG. */
function png(size: number, pixels: Buffer): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set([8, 6, 0, 0, 0], 8)
  const rows = Buffer.alloc(size * (size * 4 + 1))
  for (let row = 0; row < size; row += 1) {
    pixels.copy(rows, row * (size * 4 + 1) + 1, row * size * 4, (row + 1) * size * 4)
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
