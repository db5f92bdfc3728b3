import type { PassThroughInput } from '../spec/engine.ts'

/**
 * What an answer is by its first bytes: `stream` (events, or lines of JSON), `whole` (one JSON value), or `other`: words
 * of a proxy, a web page. One line of JSON is both a stream and a whole answer of Ollama's dialect.
 */
export type AnswerShape = 'stream' | 'whole' | 'other'

const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d
const OPENING_BRACKET = 0x5b
const CLOSING_BRACKET = 0x5d
const COLON = 0x3a
/** Where the fields that make an answer stand, bytes. */
const LOOKED_AT = 4096
const ANSWER_FIELDS = ['"choices"', '"content"', '"output"', '"embedding', '"response"']
const FIELDS = ['data', 'event', 'id', 'retry']

/** Null while only blanks came. */
export function shapeOf(bytes: Buffer, { endpoint, stream }: PassThroughInput): AnswerShape | null {
  const from = firstByte(bytes)
  if (from === bytes.length) return null
  const first = bytes[from]
  const isJson = first === OPENING_BRACE || first === OPENING_BRACKET
  if (endpoint.startsWith('ollama:')) return isJson ? (stream ? 'stream' : 'whole') : 'other'
  if (isJson) return 'whole'
  return first === COLON || beginsWithField(bytes.subarray(from, from + 8).toString('latin1')) ? 'stream' : 'other'
}

/** Whether an answer in one piece ends as one: what was cut off in the middle rarely does. */
export function endsAsJson(bytes: Buffer): boolean {
  let last = bytes.length - 1
  while (last >= 0 && isBlank(bytes[last])) last -= 1
  return bytes[last] === CLOSING_BRACE || bytes[last] === CLOSING_BRACKET
}

/** Whether JSON, or events, begin as an answer of some dialect does; other JSON may be anything, an error too. */
export function looksLikeAnswer(bytes: Buffer): boolean {
  return ANSWER_FIELDS.some((field) => bytes.subarray(0, LOOKED_AT).includes(field))
}

function firstByte(bytes: Buffer): number {
  const hasByteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  let at = hasByteOrderMark ? 3 : 0
  while (at < bytes.length && isBlank(bytes[at])) at += 1
  return at
}

/** A name may be cut off by the end of the chunk. */
function beginsWithField(text: string): boolean {
  return FIELDS.some(
    (name) => name.startsWith(text) || (text.startsWith(name) && /[:\r\n]/.test(text[name.length] ?? '')),
  )
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
