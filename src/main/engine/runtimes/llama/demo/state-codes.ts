/** Length of a state code. */
export const CODE_LENGTH = 128

// x^7 + x + 1, irreducible over GF(2)
const FIELD_POLYNOMIAL = 0b1000_0011

/**
 * A +1/-1 code for a state: (-1)^Tr(a x^3 + b x) over x in GF(2^7), the dual of a Gold code.
 * Any two different codes correlate by at most 1/8, and two with `a = 0` not at all, so one linear layer can tell
 * thousands of states apart in 128 dimensions.
 */
export function stateCode(a: number, b: number): Int8Array {
  return Int8Array.from({ length: CODE_LENGTH }, (_, x) => {
    const cube = multiply(multiply(x, x), x)
    return trace(multiply(a, cube) ^ multiply(b, x)) === 1 ? -1 : 1
  })
}

function multiply(left: number, right: number): number {
  let product = 0
  let shifted = left
  for (let bit = right; bit > 0; bit >>= 1) {
    if (bit & 1) product ^= shifted
    shifted <<= 1
    if (shifted & CODE_LENGTH) shifted ^= FIELD_POLYNOMIAL
  }
  return product
}

function trace(value: number): number {
  let sum = 0
  let power = value
  for (let step = 0; step < 7; step++) {
    sum ^= power
    power = multiply(power, power)
  }
  return sum & 1
}
