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
  return Buffer.concat([raw.subarray(0, start), Buffer.from(JSON.stringify(model)), raw.subarray(end + 1)])
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
  if (key === -1 || raw.indexOf(MODEL, key) !== key || raw.indexOf(MODEL, key + MODEL.length) !== -1) return null
  const colon = skipSpace(raw, key + MODEL.length)
  const value = raw[colon] === COLON ? skipSpace(raw, colon + 1) : -1
  const end = raw[value] === QUOTE ? endOfJsonString(raw, value) : -1
  if (end === -1 || raw.toString('utf8', value + 1, end) !== from || raw.includes(ESCAPED, end)) return null
  return Buffer.concat([raw.subarray(0, value), Buffer.from(JSON.stringify(to)), raw.subarray(end + 1)])
}

/** A body for an upstream that knows the model by another name: spliced into its bytes where they are given, else serialised. */
export function renamed(body: Readonly<Record<string, unknown>>, model: string, raw?: Buffer): Buffer | string {
  const spliced = raw === undefined ? null : (withFirstName(raw, body.model, model) ?? withModelName(raw, model))
  return spliced ?? JSON.stringify({ ...body, model })
}
