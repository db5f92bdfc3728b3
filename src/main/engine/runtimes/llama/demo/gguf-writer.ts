/** GGUF metadata value types this writer needs, by their number in the format. */
const GGUF_TYPE = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const

/** One metadata value with its GGUF type. Arrays hold one element type. */
export type GgufValue =
  | { type: 'uint32' | 'int32' | 'float32'; value: number }
  | { type: 'bool'; value: boolean }
  | { type: 'string'; value: string }
  | { type: 'strings'; value: readonly string[] }
  | { type: 'int32s'; value: readonly number[] }

/** A tensor ready to be written: `dims` with the contiguous dimension first, `data` already in `ggmlType`'s layout. */
export type GgufTensor = { name: string; dims: readonly number[]; ggmlType: number; data: Uint8Array }

const ALIGNMENT = 32

/** Serialises a GGUF v3 file (little endian, 32-byte aligned). The same input always gives the same bytes. */
export function writeGguf(metadata: ReadonlyMap<string, GgufValue>, tensors: readonly GgufTensor[]): Uint8Array {
  const sink = new ByteSink()
  sink.bytes(new TextEncoder().encode('GGUF'))
  sink.uint32(3)
  sink.uint64(tensors.length)
  sink.uint64(metadata.size)
  for (const [key, value] of metadata) {
    sink.string(key)
    writeValue(sink, value)
  }
  let offset = 0
  for (const tensor of tensors) {
    sink.string(tensor.name)
    sink.uint32(tensor.dims.length)
    for (const dim of tensor.dims) sink.uint64(dim)
    sink.uint32(tensor.ggmlType)
    sink.uint64(offset)
    offset = alignUp(offset + tensor.data.byteLength)
  }
  for (const tensor of tensors) {
    sink.padTo(ALIGNMENT)
    sink.bytes(tensor.data)
  }
  sink.padTo(ALIGNMENT)
  return sink.finish()
}

function writeValue(sink: ByteSink, entry: GgufValue): void {
  switch (entry.type) {
    case 'strings':
      writeArrayHead(sink, GGUF_TYPE.string, entry.value.length)
      for (const item of entry.value) sink.string(item)
      return
    case 'int32s':
      writeArrayHead(sink, GGUF_TYPE.int32, entry.value.length)
      for (const item of entry.value) sink.int32(item)
      return
    case 'string':
      sink.uint32(GGUF_TYPE.string)
      sink.string(entry.value)
      return
    case 'bool':
      sink.uint32(GGUF_TYPE.bool)
      sink.bytes(Uint8Array.of(entry.value ? 1 : 0))
      return
    case 'float32':
      sink.uint32(GGUF_TYPE.float32)
      sink.float32(entry.value)
      return
    default:
      sink.uint32(GGUF_TYPE[entry.type])
      sink.int32(entry.value)
  }
}

function writeArrayHead(sink: ByteSink, elementType: number, length: number): void {
  sink.uint32(GGUF_TYPE.array)
  sink.uint32(elementType)
  sink.uint64(length)
}

function alignUp(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT
}

/** A growing little-endian buffer. */
class ByteSink {
  #buffer = new Uint8Array(1 << 16)
  #length = 0

  bytes(data: Uint8Array): void {
    this.#reserve(data.byteLength)
    this.#buffer.set(data, this.#length)
    this.#length += data.byteLength
  }

  uint32(value: number): void {
    this.#write(4, (view) => view.setUint32(0, value, true))
  }

  int32(value: number): void {
    this.#write(4, (view) => view.setInt32(0, value, true))
  }

  float32(value: number): void {
    this.#write(4, (view) => view.setFloat32(0, value, true))
  }

  uint64(value: number): void {
    this.#write(8, (view) => view.setBigUint64(0, BigInt(value), true))
  }

  string(text: string): void {
    const encoded = new TextEncoder().encode(text)
    this.uint64(encoded.byteLength)
    this.bytes(encoded)
  }

  padTo(alignment: number): void {
    this.bytes(new Uint8Array((alignment - (this.#length % alignment)) % alignment))
  }

  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length)
  }

  #write(size: number, set: (view: DataView) => void): void {
    this.#reserve(size)
    set(new DataView(this.#buffer.buffer, this.#length, size))
    this.#length += size
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#buffer.byteLength) return
    const grown = new Uint8Array(Math.max(this.#buffer.byteLength * 2, this.#length + size))
    grown.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = grown
  }
}
