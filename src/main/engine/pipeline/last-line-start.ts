const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
/** Enough for the fields that stand before what makes a line long, bytes. */
const KEEP = 1024

/**
 * How the last line of a stream begins that is not blank: the ends of some streams repeat the whole conversation, and say
 * in their first fields that they are the end. References, no copies.
 */
export class LastLineStart {
  #pieces: Buffer[] = []
  #bytes = 0
  /** What comes next begins a line. */
  #isOver = true

  add(chunk: Buffer): void {
    let end = chunk.length
    while (end > 0 && isLineEnd(chunk[end - 1])) end -= 1
    if (end > 0) {
      const lineFeed = chunk.lastIndexOf(LINE_FEED, end - 1)
      if (lineFeed !== -1 || this.#isOver) {
        this.#pieces = []
        this.#bytes = 0
      }
      if (this.#bytes < KEEP) {
        const piece = chunk.subarray(lineFeed + 1, Math.min(end, lineFeed + 1 + KEEP))
        this.#pieces.push(piece)
        this.#bytes += piece.length
      }
      this.#isOver = false
    }
    if (end < chunk.length) this.#isOver = true
  }

  text(): string {
    return Buffer.concat(this.#pieces).toString('latin1')
  }
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN
}
