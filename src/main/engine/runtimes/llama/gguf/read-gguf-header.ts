import type { FileHandle } from 'node:fs/promises'
import { BoundedReader } from './bounded-reader.ts'
import type { GgufHeader, GgufMetadataValue, GgufTensorInfo } from './gguf-header.ts'
import { DAMAGED, describeBytes, GgufRefusal } from './gguf-refusal.ts'
import { readArray, readString, readValue } from './read-gguf-value.ts'

const MAGIC = 'GGUF'
// Real files have some dozens of entries and at most a few thousand tensors; llama.cpp compares every key with every other
const MOST_METADATA_ENTRIES = 10_000
const MOST_TENSORS = 100_000
const SMALLEST_METADATA_ENTRY = 8 + 1 + 4 + 1
const SMALLEST_TENSOR_INFO = 8 + 1 + 4 + 8 + 4 + 8
const LONGEST_KEY = 65_535
const LONGEST_TENSOR_NAME = 63
const MOST_DIMENSIONS = 4
const DEFAULT_ALIGNMENT = 32
const ARRAY_TYPE = 9

/**
 * Reads a GGUF header strictly: versions 2 and 3, little endian, every count and length bounded by the file.
 * Throws GgufRefusal with a sentence for people; never allocates by a number that it has not checked.
 */
export async function readGgufHeader(handle: FileHandle, size: number): Promise<GgufHeader> {
  const reader = new BoundedReader(handle, size)
  const version = await readPreamble(reader)
  await reader.need(16, 'header')
  const tensorCount = reader.takeUint64()
  const entryCount = reader.takeUint64()
  checkCount(entryCount, MOST_METADATA_ENTRIES, SMALLEST_METADATA_ENTRY, reader, 'metadata entries')
  checkCount(tensorCount, MOST_TENSORS, SMALLEST_TENSOR_INFO, reader, 'tensors')

  const metadata = new Map<string, GgufMetadataValue>()
  for (let index = 0; index < Number(entryCount); index++) await readEntry(reader, metadata, index)
  const alignment = readAlignment(metadata)
  const tensors: GgufTensorInfo[] = []
  const names = new Set<string>()
  for (let index = 0; index < Number(tensorCount); index++) {
    const tensor = await readTensorInfo(reader, index)
    if (names.has(tensor.name))
      throw new GgufRefusal('damaged', `The file describes the tensor "${tensor.name}" twice.`)
    names.add(tensor.name)
    tensors.push(tensor)
  }
  return { version, metadata, tensors, alignment, dataStart: Math.ceil(reader.position / alignment) * alignment }
}

async function readPreamble(reader: BoundedReader): Promise<number> {
  if (reader.size === 0) throw new GgufRefusal('empty', 'The file is empty.')
  if (reader.size < 4)
    throw new GgufRefusal('not-gguf', `The file has only ${describeBytes(reader.size)}: it is not a GGUF model.`)
  await reader.need(4, 'header')
  const magic = reader.take(4).toString('latin1')
  if (magic !== MAGIC) throw await describeForeignFile(reader, magic)
  await reader.need(4, 'header')
  const version = reader.takeUint32()
  if (version !== 0 && (version & 0xffff) === 0) {
    throw new GgufRefusal('format', 'The file is a big-endian GGUF file; this machine needs the little-endian one.')
  }
  if (version === 1) throw new GgufRefusal('format', 'The file uses GGUF version 1, which llama.cpp no longer reads.')
  if (version !== 2 && version !== 3) {
    throw new GgufRefusal(
      'format',
      `The file says it uses GGUF version ${version}, but only versions 2 and 3 are known.`,
    )
  }
  return version
}

async function describeForeignFile(reader: BoundedReader, magic: string): Promise<GgufRefusal> {
  const length = Math.min(reader.remaining, 512)
  await reader.need(length, 'header')
  const start = magic + reader.take(length).toString('latin1')
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(start)) {
    return new GgufRefusal('web-page', 'The file is a web page, not a GGUF model: the download link led to a page.')
  }
  if (start.startsWith('version https://git-lfs')) {
    return new GgufRefusal(
      'lfs-pointer',
      'The file is a Git LFS pointer, not the model itself: fetch the real file with Git LFS.',
    )
  }
  if (start.startsWith('PK')) return new GgufRefusal('archive', 'The file is a ZIP archive, not a GGUF model.')
  return new GgufRefusal(
    'not-gguf',
    'The file is not a GGUF model: it does not begin with the letters GGUF.',
    `it begins with bytes ${Buffer.from(magic, 'latin1').toString('hex')}`,
  )
}

function checkCount(count: bigint, most: number, smallest: number, reader: BoundedReader, what: string): void {
  if (count <= BigInt(most) && count * BigInt(smallest) <= BigInt(reader.remaining)) return
  throw new GgufRefusal(
    'damaged',
    `The file claims to hold ${count} ${what}, which cannot be true for ${describeBytes(reader.size)}: ${DAMAGED}.`,
    `at most ${most} are accepted`,
  )
}

async function readEntry(
  reader: BoundedReader,
  metadata: Map<string, GgufMetadataValue>,
  index: number,
): Promise<void> {
  const key = await readString(reader, LONGEST_KEY, `the name of metadata entry ${index + 1}`)
  if (key === '') throw new GgufRefusal('damaged', `Metadata entry ${index + 1} has no name.`)
  if (metadata.has(key)) throw new GgufRefusal('damaged', `The metadata entry "${printable(key)}" is there twice.`)
  await reader.need(4, 'metadata')
  const type = reader.takeUint32()
  const label = `"${printable(key)}"`
  metadata.set(key, type === ARRAY_TYPE ? await readArray(reader, key, label) : await readValue(reader, type, label))
}

function readAlignment(metadata: ReadonlyMap<string, GgufMetadataValue>): number {
  const alignment = metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT
  if (typeof alignment !== 'number' || !Number.isInteger(Math.log2(alignment)) || alignment > 1 << 20) {
    throw new GgufRefusal(
      'damaged',
      `The file asks for an alignment of ${describeValue(alignment)}, which is not a power of two.`,
    )
  }
  return alignment
}

async function readTensorInfo(reader: BoundedReader, index: number): Promise<GgufTensorInfo> {
  const name = printable(await readString(reader, LONGEST_TENSOR_NAME, `the name of tensor ${index + 1}`))
  await reader.need(4, 'tensor list')
  const dimensions = reader.takeUint32()
  if (dimensions > MOST_DIMENSIONS) {
    throw new GgufRefusal(
      'damaged',
      `The tensor "${name}" claims ${dimensions} dimensions; at most ${MOST_DIMENSIONS} exist.`,
    )
  }
  await reader.need(dimensions * 8 + 12, 'tensor list')
  const dims = Array.from({ length: dimensions }, () => reader.takeUint64())
  return { name, dims, type: reader.takeUint32(), offset: reader.takeUint64() }
}

/** A short form of text from the file that is safe to show. */
function printable(text: string): string {
  const clean = text.replaceAll(/[^\x20-\x7e\u00a0-\uffff]/g, '?')
  return clean.length > 80 ? `${clean.slice(0, 80)}...` : clean
}

function describeValue(value: GgufMetadataValue): string {
  return typeof value === 'object' ? `an array of ${value.length}` : printable(String(value))
}
