import type { BoundedReader } from './bounded-reader.ts'
import type { GgufArray, GgufMetadataValue } from './gguf-header.ts'
import { DAMAGED, describeBytes, GgufRefusal } from './gguf-refusal.ts'

const STRING_TYPE = 8
const ARRAY_TYPE = 9
const LONGEST_KEPT_ARRAY = 1024
// Chat templates reach some tens of kB; longer texts are data that nobody shows
const LONGEST_TEXT = 16 * 1024 * 1024
const MOST_TOKENS = 4_000_000
const TOKENS_KEY = 'tokenizer.ggml.tokens'

type Scalar = { bytes: number; decode: (data: Buffer) => number | bigint | boolean }

const SCALARS: ReadonlyMap<number, Scalar> = new Map<number, Scalar>([
  [0, { bytes: 1, decode: (data) => data.readUInt8() }],
  [1, { bytes: 1, decode: (data) => data.readInt8() }],
  [2, { bytes: 2, decode: (data) => data.readUInt16LE() }],
  [3, { bytes: 2, decode: (data) => data.readInt16LE() }],
  [4, { bytes: 4, decode: (data) => data.readUInt32LE() }],
  [5, { bytes: 4, decode: (data) => data.readInt32LE() }],
  [6, { bytes: 4, decode: (data) => data.readFloatLE() }],
  [7, { bytes: 1, decode: (data) => data.readUInt8() !== 0 }],
  [10, { bytes: 8, decode: (data) => narrow(data.readBigUInt64LE()) }],
  [11, { bytes: 8, decode: (data) => narrow(data.readBigInt64LE()) }],
  [12, { bytes: 8, decode: (data) => data.readDoubleLE() }],
])

/** Reads one metadata value that is not an array. `label` names the entry in a refusal. */
export async function readValue(reader: BoundedReader, type: number, label: string): Promise<GgufMetadataValue> {
  if (type === STRING_TYPE) return readString(reader, LONGEST_TEXT, `the text of ${label}`)
  const scalar = scalarOf(type, label)
  await reader.need(scalar.bytes, 'metadata')
  return scalar.decode(reader.take(scalar.bytes))
}

/** Reads a UTF-8 string of at most `longest` bytes. */
export async function readString(reader: BoundedReader, longest: number, what: string): Promise<string> {
  const length = await readStringLength(reader, longest, what)
  await reader.need(length, 'metadata')
  return reader.take(length).toString('utf8')
}

/** Reads an array: short ones of numbers with their values, all others only for their length and soundness. */
export async function readArray(reader: BoundedReader, key: string, label: string): Promise<GgufArray> {
  await reader.need(12, 'metadata')
  const elementType = reader.takeUint32()
  const count = reader.takeUint64()
  if (elementType === ARRAY_TYPE) {
    throw new GgufRefusal('format', `The metadata entry ${label} is an array of arrays, which llama.cpp does not read.`)
  }
  const elementBytes = elementType === STRING_TYPE ? 8 : scalarOf(elementType, label).bytes
  if (count * BigInt(elementBytes) > BigInt(reader.remaining)) {
    throw new GgufRefusal(
      'damaged',
      `The metadata entry ${label} claims ${count} elements, more than fit into ${describeBytes(reader.size)}: ${DAMAGED}.`,
      `at byte ${reader.position}`,
    )
  }
  const length = Number(count)
  if (elementType === STRING_TYPE) {
    await readStrings(reader, length, key === TOKENS_KEY, label)
    return { elementType, length, values: null }
  }
  if (length > LONGEST_KEPT_ARRAY) {
    reader.skip(length * elementBytes, 'metadata')
    return { elementType, length, values: null }
  }
  const { bytes, decode } = scalarOf(elementType, label)
  await reader.need(length * bytes, 'metadata')
  return { elementType, length, values: Array.from({ length }, () => decode(reader.take(bytes))) }
}

// llama.cpp aborts the whole process on two tokens with one text, hence the set
async function readStrings(reader: BoundedReader, length: number, areTokens: boolean, label: string): Promise<void> {
  if (areTokens && length > MOST_TOKENS) {
    throw new GgufRefusal('damaged', `The vocabulary claims ${length} tokens; at most ${MOST_TOKENS} are accepted.`)
  }
  const what = `a text in ${label}`
  const seen = new Set<string>()
  for (let index = 0; index < length; index++) {
    // Awaiting only at the window's edge keeps a quarter of a million tokens fast
    const bytes = reader.has(8)
      ? checkStringLength(reader.takeUint64(), LONGEST_TEXT, reader, what)
      : await readStringLength(reader, LONGEST_TEXT, what)
    if (!areTokens) {
      reader.skip(bytes, 'metadata')
      continue
    }
    if (!reader.has(bytes)) await reader.need(bytes, 'vocabulary')
    const token = bytes === 0 ? `[EMPTY_${index}]` : reader.take(bytes).toString('latin1')
    if (seen.has(token)) {
      const text = Buffer.from(token, 'latin1').toString('utf8')
      throw new GgufRefusal(
        'damaged',
        `The vocabulary holds the token ${JSON.stringify(text.slice(0, 40))} twice.`,
        `the second time as number ${index}`,
      )
    }
    seen.add(token)
  }
}

async function readStringLength(reader: BoundedReader, longest: number, what: string): Promise<number> {
  await reader.need(8, 'metadata')
  return checkStringLength(reader.takeUint64(), longest, reader, what)
}

function checkStringLength(length: bigint, longest: number, reader: BoundedReader, what: string): number {
  if (length > BigInt(reader.remaining)) {
    throw new GgufRefusal(
      'cut-off',
      `The file ends inside ${what}, which claims to be ${length} bytes long: ${DAMAGED}.`,
      `at byte ${reader.position} of ${reader.size}`,
    )
  }
  if (length > BigInt(longest)) {
    throw new GgufRefusal('damaged', `The file gives ${length} bytes for ${what}; at most ${longest} are accepted.`)
  }
  return Number(length)
}

function scalarOf(type: number, label: string): Scalar {
  const scalar = SCALARS.get(type)
  if (!scalar) throw new GgufRefusal('damaged', `The metadata entry ${label} has the unknown value type ${type}.`)
  return scalar
}

function narrow(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}
