import { remembered } from '#shared/remembered.ts'
import { endOfJsonString } from './json-bytes.ts'

const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c
/** Every letter of `model` begins so where it is written with an escape. */
const ESCAPED = Buffer.from('\\u006')
const MODEL = Buffer.from('"model"')

/** Where a text stands in bytes: from its opening quote to behind its closing one. */
export interface TextPlace {
  start: number
  end: number
}

/**
 * Where the text of the top-level `model` stands in a JSON object that was parsed before, so that a body of 142 kB is not
 * serialised anew for the sake of one name; `from` is what it says there.
 * Null where it cannot be told (no such key, twice, its value no text, a name written with escapes).
 */
export function modelPlace(raw: Buffer, from: unknown): TextPlace | null {
  return firstName(raw, from) ?? onlyName(raw)
}

function onlyName(raw: Buffer): TextPlace | null {
  let depth = 0
  let start = -1
  let end = -1
  for (let index = 0; index < raw.length; index += 1) {
    const byte = raw[index]
    if (byte === QUOTE) {
      const close = endOfJsonString(raw, index)
      if (close === -1) return null
      if (
        depth === 1 &&
        close - index === MODEL.length - 1 &&
        raw.compare(MODEL, 0, MODEL.length, index, close + 1) === 0
      ) {
        const colon = skipSpace(raw, close + 1)
        if (raw[colon] === COLON) {
          const value = skipSpace(raw, colon + 1)
          if (start !== -1 || raw[value] !== QUOTE) return null
          start = value
          end = endOfJsonString(raw, value)
          if (end === -1) return null
          index = end
          continue
        }
      }
      // A key written with escapes may be the same one, and the last of two counts.
      if (depth === 1 && raw[skipSpace(raw, close + 1)] === COLON && raw.subarray(index, close).includes(BACKSLASH))
        return null
      index = close
    } else if (byte === 0x7b || byte === 0x5b) depth += 1
    else if (byte === 0x7d || byte === 0x5d) depth -= 1
  }
  return start === -1 ? null : { start, end: end + 1 }
}

/**
 * The same without looking at every byte, for what nearly all clients send: the name stands first, and nothing after it
 * looks like another one. Null leaves it to `onlyName`.
 */
function firstName(raw: Buffer, from: unknown): TextPlace | null {
  const key = raw[0] === 0x7b ? skipSpace(raw, 1) : -1
  if (key === -1 || typeof from !== 'string' || !standsAt(raw, key, '"model"')) return null
  const colon = skipSpace(raw, key + MODEL.length)
  const start = raw[colon] === COLON ? skipSpace(raw, colon + 1) : -1
  const end = start + from.length + 2
  if (start === -1 || raw[start] !== QUOTE || raw[end - 1] !== QUOTE || !standsAt(raw, start + 1, from)) return null
  if (raw.includes(MODEL, end) || raw.includes(ESCAPED, end)) return null
  return { start, end }
}

/** Whether a text stands there, letter by letter; never for one with letters beyond ASCII, or with escapes. */
function standsAt(bytes: Buffer, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code > 0x7e || code === BACKSLASH || bytes[at + index] !== code) return false
  }
  return true
}

/** A model's name as JSON writes it, for `replaced`. */
export function nameText(model: string): Buffer {
  return model.length > MAX_KNOWN_LENGTH ? asJson(model) : knownName(model)
}

/** Upstream models are few, and named in every request. */
const knownName = remembered(1_000, asJson)
const MAX_KNOWN_LENGTH = 200

function asJson(text: string): Buffer {
  return Buffer.from(JSON.stringify(text))
}

/** The bytes with a text in the place of another, and with `added` before the one at `addedAt` and what is behind it. */
export function replaced(
  raw: Buffer,
  { start, end }: TextPlace,
  text: Buffer,
  added = NOTHING,
  addedAt = raw.length,
): Buffer {
  const bytes = Buffer.allocUnsafe(raw.length - (end - start) + text.length + added.length)
  raw.copy(bytes, 0, 0, start)
  text.copy(bytes, start)
  let next = start + text.length
  next += raw.copy(bytes, next, end, addedAt)
  next += added.copy(bytes, next)
  raw.copy(bytes, next, addedAt)
  return bytes
}

const NOTHING: Buffer = Buffer.alloc(0)

function skipSpace(bytes: Buffer, from: number): number {
  let index = from
  while (bytes[index] === 0x20 || bytes[index] === 0x0a || bytes[index] === 0x0d || bytes[index] === 0x09) index += 1
  return index
}

/** A body for an upstream that knows the model by another name: spliced into its bytes where they are given, else serialised. */
export function renamed(body: Readonly<Record<string, unknown>>, model: string, raw?: Buffer): Buffer | string {
  const place = raw === undefined ? null : modelPlace(raw, body.model)
  return raw === undefined || place === null
    ? JSON.stringify({ ...body, model })
    : replaced(raw, place, nameText(model))
}
