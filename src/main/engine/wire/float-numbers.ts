/** The last place of the decimal system that is tried: those of a vector of length 1 need 8 to 12. */
const MOST = 1e12

/**
 * Numbers of 32 bits as JSON, each with no more digits than tell it from its neighbours: `0.1`, not
 * `0.10000000149011612`. A server that wrote `0.1` is so told again as it was, in half the bytes.
 */
export function floatNumbersJson(vector: Float32Array): string {
  return `[${shortNumbers(vector).join(',')}]`
}

/** The numbers whose usual text is the short one. */
export function shortNumbers(vector: Float32Array): number[] {
  const numbers = new Array<number>(vector.length)
  for (let index = 0; index < vector.length; index += 1) numbers[index] = shortNumber(vector[index] ?? 0)
  return numbers
}

function shortNumber(value: number): number {
  for (let scale = sixDigitsOf(Math.abs(value)); scale <= MOST; scale *= 10) {
    const rounded = Math.round(value * scale) / scale
    if (Math.fround(rounded) === value) return rounded
  }
  return value
}

/** What leaves six digits of a number, or a few more: each 32-bit number is told by six to nine. */
function sixDigitsOf(size: number): number {
  if (size >= 0.1) return 1e6
  if (size >= 0.01) return 1e7
  return size >= 0.001 ? 1e8 : 1e9
}
