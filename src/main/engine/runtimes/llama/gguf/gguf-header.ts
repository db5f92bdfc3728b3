/** A metadata value. Arrays that are long or of strings are kept as their length alone. */
export type GgufMetadataValue = number | bigint | boolean | string | GgufArray
export type GgufArray = { elementType: number; length: number; values: (number | bigint | boolean)[] | null }

export type GgufTensorInfo = { name: string; dims: bigint[]; type: number; offset: bigint }

/** What is in front of the tensor data. `dataStart` is aligned. */
export type GgufHeader = {
  version: number
  metadata: Map<string, GgufMetadataValue>
  tensors: GgufTensorInfo[]
  alignment: number
  dataStart: number
}
