const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Position of the quote that ends the JSON string beginning at `start`; -1 if there is none. */
export function endOfJsonString(bytes: Buffer, start: number): number {
  let end = bytes.indexOf(QUOTE, start + 1)
  while (end !== -1) {
    let slashes = 0
    while (bytes[end - 1 - slashes] === BACKSLASH) slashes += 1
    if (slashes % 2 === 0) return end
    end = bytes.indexOf(QUOTE, end + 1)
  }
  return -1
}
