import { EngineError } from '../spec/engine-error.ts'

/** A line of an answer that is larger than this is not read on, bytes. */
export const DEFAULT_LINE_LIMIT = 16 * 1024 * 1024

const LF = 0x0a
const CR = 0x0d

/** Told of each line: its bytes without the line end. They are only lent: decode at once. */
export type OnLine = (bytes: Buffer, start: number, end: number) => void

/**
 * Cuts bytes into lines at `\n`, `\r\n` or `\r`, wherever chunks end. Works on bytes, so that half a UTF-8 character at
 * a chunk's edge is whole again when its line is. Holds at most one unfinished line of `limit` bytes; a longer one
 * throws `upstream_error`.
 */
export class LineSplitter {
  readonly #onLine: OnLine
  readonly #limit: number
  /** The unfinished line. Joined once, when its end comes: a line in many chunks must not be copied with each. */
  #parts: Buffer[] = []
  #size = 0
  /** The last chunk ended with `\r`: a `\n` that follows belongs to it. */
  #endedWithCr = false
  #isFirstLine = true

  constructor(onLine: OnLine, limit = DEFAULT_LINE_LIMIT) {
    this.#onLine = onLine
    this.#limit = limit
  }

  push(chunk: Buffer): void {
    const { length } = chunk
    if (length === 0) return
    let start = 0
    if (this.#endedWithCr) {
      this.#endedWithCr = false
      if (chunk[0] === LF) start = 1
    }
    let nextLf = chunk.indexOf(LF, start)
    let nextCr = chunk.indexOf(CR, start)
    while (nextLf !== -1 || nextCr !== -1) {
      const isCr = nextCr !== -1 && (nextLf === -1 || nextCr < nextLf)
      const end = isCr ? nextCr : nextLf
      this.#emit(chunk, start, end)
      start = end + 1
      if (isCr) {
        if (start === length) this.#endedWithCr = true
        else if (chunk[start] === LF) {
          start += 1
          nextLf = chunk.indexOf(LF, start)
        }
        nextCr = chunk.indexOf(CR, start)
      } else {
        nextLf = chunk.indexOf(LF, start)
      }
    }
    if (start === length) return
    this.#size += length - start
    this.#check(this.#size)
    this.#parts.push(start === 0 ? chunk : chunk.subarray(start))
  }

  /** The last line, where no line end follows it. */
  finish(): void {
    if (this.#size > 0) this.#emit(EMPTY, 0, 0)
  }

  #emit(chunk: Buffer, start: number, end: number): void {
    let bytes = chunk
    let from = start
    let to = end
    if (this.#size > 0) {
      this.#check(this.#size + end - start)
      this.#parts.push(chunk.subarray(start, end))
      bytes = Buffer.concat(this.#parts)
      from = 0
      to = bytes.length
      this.#parts = []
      this.#size = 0
    } else {
      this.#check(end - start)
    }
    if (this.#isFirstLine) {
      this.#isFirstLine = false
      if (to - from >= 3 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) from += 3
    }
    this.#onLine(bytes, from, to)
  }

  #check(size: number): void {
    if (size <= this.#limit) return
    this.#parts = []
    this.#size = 0
    throw lineTooLong(this.#limit)
  }
}

const EMPTY = Buffer.alloc(0)

export function lineTooLong(limit: number): EngineError {
  const size = limit >= 1024 * 1024 ? `${Math.round(limit / 1024 / 1024)} MB` : `${limit} bytes`
  return new EngineError('upstream_error', `The server sent a line of more than ${size}, which is not read.`)
}

/**
 * Reads a body through a splitter of any kind: `push` and `finish` fill `ready`, and what one chunk brought is handed out
 * as one batch. What was whole before a fault is handed out before it is thrown.
 */
export function readThrough<T>(
  body: AsyncIterable<Buffer>,
  splitter: { push(chunk: Buffer): void; finish(): void },
  ready: T[],
): AsyncIterableIterator<readonly T[]> {
  const source = body[Symbol.asyncIterator]()
  let isDone = false
  let failure: { error: unknown } | null = null

  async function more(): Promise<IteratorResult<readonly T[]>> {
    while (!isDone) {
      const chunk = await source.next()
      try {
        if (chunk.done === true) {
          isDone = true
          splitter.finish()
        } else {
          splitter.push(chunk.value)
        }
      } catch (error) {
        isDone = true
        failure = { error }
        if (chunk.done !== true) await source.return?.()
      }
      if (ready.length > 0) return { done: false, value: ready.splice(0) }
    }
    if (failure !== null) {
      const { error } = failure
      failure = null
      throw error
    }
    return { done: true, value: undefined }
  }

  // No generator: that would let `return` wait for a read under way.
  return {
    next: more,
    async return() {
      isDone = true
      ready.length = 0
      failure = null
      await source.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
