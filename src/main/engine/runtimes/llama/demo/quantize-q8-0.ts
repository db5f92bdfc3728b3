const BLOCK_LENGTH = 32
const BLOCK_BYTES = 34

/**
 * Quantises a row-major float matrix to ggml's Q8_0: blocks of 32 values as one float16 scale and 32 int8.
 * The row length must be a multiple of 32.
 */
export function quantizeQ8_0(values: Float32Array): Uint8Array {
  if (values.length % BLOCK_LENGTH !== 0) throw new RangeError(`Q8_0 needs a multiple of ${BLOCK_LENGTH} values`)
  const out = new Uint8Array((values.length / BLOCK_LENGTH) * BLOCK_BYTES)
  const view = new DataView(out.buffer)
  for (let block = 0; block * BLOCK_LENGTH < values.length; block++) {
    const slice = values.subarray(block * BLOCK_LENGTH, (block + 1) * BLOCK_LENGTH)
    let largest = 0
    for (const value of slice) largest = Math.max(largest, Math.abs(value))
    const scale = largest / 127
    const at = block * BLOCK_BYTES
    view.setUint16(at, toFloat16Bits(scale), true)
    if (scale === 0) continue
    slice.forEach((value, index) => {
      view.setInt8(at + 2 + index, Math.round(value / scale))
    })
  }
  return out
}

/** The IEEE half-precision bits nearest to a non-negative number below 65504. */
export function toFloat16Bits(value: number): number {
  if (value === 0) return 0
  const exponent = Math.max(Math.floor(Math.log2(value)), -14)
  const mantissa = Math.round((value / 2 ** exponent) * 1024)
  // A mantissa that rounds up to 2048 carries into the exponent by itself; below 1024 the number is subnormal
  return mantissa < 1024 ? mantissa : ((exponent + 15) << 10) + (mantissa - 1024)
}
