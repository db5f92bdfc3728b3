import type { FileHandle } from 'node:fs/promises'
import { DAMAGED, describeBytes, GgufRefusal } from './gguf-refusal.ts'

const WINDOW_BYTES = 256 * 1024

/**
 * Reads a file front to back through one small window. Every read is checked against the file's size first, so no
 * count inside the file can make it allocate or wait. Callers parse synchronously while `has()` says so; each refill
 * is a real read and lets the event loop run.
 */
export class BoundedReader {
  readonly size: number
  readonly #handle: FileHandle
  #window: Buffer = Buffer.alloc(0)
  #windowStart = 0
  #at = 0

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle
    this.size = size
  }

  /** The offset of the next byte. */
  get position(): number {
    return this.#windowStart + this.#at
  }

  get remaining(): number {
    return this.size - this.position
  }

  /** True while `bytes` more can be taken without another read. */
  has(bytes: number): boolean {
    return this.#window.length - this.#at >= bytes
  }

  /** Makes `bytes` more available; refuses the file if it ends before that. */
  async need(bytes: number, what: string): Promise<void> {
    if (this.has(bytes)) return
    if (bytes > this.remaining) throw this.cutOff(what)
    const start = this.position
    const length = Math.min(Math.max(bytes, WINDOW_BYTES), this.size - start)
    const window = Buffer.allocUnsafe(length)
    let filled = 0
    while (filled < length) {
      const { bytesRead } = await this.#handle.read(window, filled, length - filled, start + filled)
      if (bytesRead === 0)
        throw new GgufRefusal('cut-off', 'The file became shorter while it was read.', `at byte ${start + filled}`)
      filled += bytesRead
    }
    this.#window = window
    this.#windowStart = start
    this.#at = 0
  }

  /** Moves on without reading; refuses the file if it ends before that. */
  skip(bytes: number, what: string): void {
    if (bytes > this.remaining) throw this.cutOff(what)
    if (this.has(bytes)) {
      this.#at += bytes
      return
    }
    this.#windowStart = this.position + bytes
    this.#window = Buffer.alloc(0)
    this.#at = 0
  }

  /** The next bytes, which `has()` or `need()` has promised. Valid until the next read. */
  take(bytes: number): Buffer {
    const start = this.#at
    this.#at += bytes
    return this.#window.subarray(start, this.#at)
  }

  takeUint32(): number {
    this.#at += 4
    return this.#window.readUInt32LE(this.#at - 4)
  }

  takeUint64(): bigint {
    this.#at += 8
    return this.#window.readBigUInt64LE(this.#at - 8)
  }

  cutOff(what: string): GgufRefusal {
    return new GgufRefusal(
      'cut-off',
      `The file ends after ${describeBytes(this.size)}, in the middle of its ${what}: ${DAMAGED}.`,
      `at byte ${this.position} of ${this.size}`,
    )
  }
}
