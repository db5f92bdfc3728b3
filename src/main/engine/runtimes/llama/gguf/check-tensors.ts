import { GGML_TYPES } from './ggml-types.ts'
import type { GgufHeader, GgufTensorInfo } from './gguf-header.ts'
import { describeBytes, GgufRefusal } from './gguf-refusal.ts'

/** What the tensors add up to. */
export type TensorTotals = { parameters: number; dataBytes: number; dominantType: string }

const MOST_ELEMENTS = 2n ** 63n - 1n

/**
 * Checks types, shapes and places of all tensors against the file's size. They must follow each other without a gap,
 * as llama.cpp demands. Throws GgufRefusal.
 */
export function checkTensors(header: GgufHeader, fileSize: number): TensorTotals {
  const alignment = BigInt(header.alignment)
  const bytesByType = new Map<string, bigint>()
  let parameters = 0n
  let expectedOffset = 0n
  let end = 0n
  for (const tensor of header.tensors) {
    const { bytes, elements, typeName } = measureTensor(tensor)
    if (tensor.offset % alignment !== 0n || tensor.offset !== expectedOffset) {
      throw new GgufRefusal(
        'damaged',
        `The tensor "${tensor.name}" is said to begin at byte ${tensor.offset} of the data, but it has to begin at ${expectedOffset}.`,
      )
    }
    end = tensor.offset + bytes
    expectedOffset = ((end + alignment - 1n) / alignment) * alignment
    parameters += elements
    bytesByType.set(typeName, (bytesByType.get(typeName) ?? 0n) + bytes)
  }
  const needed = BigInt(header.dataStart) + end
  if (needed > BigInt(fileSize)) {
    throw new GgufRefusal(
      'cut-off',
      `The file ends after ${describeBytes(fileSize)}, but its tensors need ${describeBytes(Number(needed))}: the download was cut off.`,
      `${needed - BigInt(fileSize)} bytes are missing`,
    )
  }
  const [dominant] = [...bytesByType].sort(([, left], [, right]) => (left < right ? 1 : -1))
  return { parameters: Number(parameters), dataBytes: Number(end), dominantType: dominant?.[0] ?? 'unknown' }
}

function measureTensor(tensor: GgufTensorInfo): { bytes: bigint; elements: bigint; typeName: string } {
  const type = GGML_TYPES.get(tensor.type)
  if (!type) {
    throw new GgufRefusal(
      'format',
      `The tensor "${tensor.name}" has the type number ${tensor.type}, which llama.cpp does not know.`,
    )
  }
  const elements = tensor.dims.reduce((product, dim) => product * dim, 1n)
  if (elements === 0n) throw new GgufRefusal('damaged', `The tensor "${tensor.name}" is empty.`)
  if (elements > MOST_ELEMENTS) {
    throw new GgufRefusal(
      'damaged',
      `The tensor "${tensor.name}" has an impossible shape (${tensor.dims.join(' x ')}).`,
    )
  }
  const row = tensor.dims[0] ?? 1n
  if (row % BigInt(type.blockLength) !== 0n) {
    throw new GgufRefusal(
      'damaged',
      `The tensor "${tensor.name}" has rows of ${row} values, which ${type.name} cannot store (blocks of ${type.blockLength}).`,
    )
  }
  return { bytes: (elements / BigInt(type.blockLength)) * BigInt(type.blockBytes), elements, typeName: type.name }
}
