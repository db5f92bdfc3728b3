import { endOfJsonString } from './json-bytes.ts'

const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c
/** Every letter of `model` begins so where it is written with an escape. */
const ESCAPED = Buffer.from('\\u006')
const MODEL = Buffer.from('"model"')

/**
 * A JSON object's bytes with another text for its top-level `model`, all else as it came: a body of 142 kB is not
 * serialised anew for the sake of one name. `raw` must have been parsed before. Null where it cannot be done by a splice
 * (no such key, twice, its value no text, a name written with escapes): then it has to be serialised.
 */
export function withModelName(raw: Buffer, model: string): Buffer | null {
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
  if (start === -1) return null
  return withText(raw, start, end + 1, JSON.stringify(model))
}

/** The bytes with a text in the place of those from `start` to before `end`. */
function withText(raw: Buffer, start: number, end: number, text: string): Buffer {
  const length = Buffer.byteLength(text)
  const bytes = Buffer.allocUnsafe(raw.length - (end - start) + length)
  raw.copy(bytes, 0, 0, start)
  bytes.write(text, start)
  raw.copy(bytes, start + length, end)
  return bytes
}

function skipSpace(bytes: Buffer, from: number): number {
  let index = from
  while (bytes[index] === 0x20 || bytes[index] === 0x0a || bytes[index] === 0x0d || bytes[index] === 0x09) index += 1
  return index
}

/**
 * The same without looking at every byte, for what nearly all clients send: the name stands first, and nothing after it
 * looks like another one. Null leaves it to `withModelName`.
 */
function withFirstName(raw: Buffer, from: unknown, to: string): Buffer | null {
  const key = raw[0] === 0x7b ? skipSpace(raw, 1) : -1
  if (key === -1 || typeof from !== 'string' || !standsAt(raw, key, '"model"')) return null
  const colon = skipSpace(raw, key + MODEL.length)
  const value = raw[colon] === COLON ? skipSpace(raw, colon + 1) : -1
  const end = value + from.length + 2
  if (value === -1 || !standsAt(raw, value, `"${from}"`)) return null
  if (raw.includes(MODEL, end) || raw.includes(ESCAPED, end)) return null
  return withText(raw, value, end, JSON.stringify(to))
}

/** Whether a text stands there, letter by letter; never for one with letters beyond ASCII, or with escapes. */
function standsAt(bytes: Buffer, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code > 0x7e || code === BACKSLASH || bytes[at + index] !== code) return false
  }
  return true
}

/** A body for an upstream that knows the model by another name: spliced into its bytes where they are given, else serialised. */
export function renamed(body: Readonly<Record<string, unknown>>, model: string, raw?: Buffer): Buffer | string {
  const spliced = raw === undefined ? null : (withFirstName(raw, body.model, model) ?? withModelName(raw, model))
  return spliced ?? JSON.stringify({ ...body, model })
}
