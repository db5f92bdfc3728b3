import type { RotatingFile } from './rotating-file.ts'

/** Longest wait of a line for its write, ms. */
const WAIT_MS = 100
/** Bytes of lines that wait at most. */
const ROOM = 32 * 1024
/** The most bytes that one character of a text takes in UTF-8. */
const MAX_BYTES = 3

/** Lines on their way to the log file: a write for each would hold up the loop once per request. */
export interface GatheredLines {
  add(line: string): void
  /** Writes what waits. */
  flush(): void
}

/**
 * Gathers lines for a file, as bytes: texts put together from a hundred lines cost more to write out than the lines
 * themselves. What is urgent is flushed by its writer; the rest may be lost with a killed process.
 */
export function gatherLines(file: RotatingFile): GatheredLines {
  const waiting = Buffer.allocUnsafeSlow(ROOM)
  let used = 0
  let timer: NodeJS.Timeout | null = null

  function flush(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (used === 0) return
    const bytes = waiting.subarray(0, used)
    used = 0
    file.write(bytes)
  }

  return {
    add(line) {
      if (used + line.length * MAX_BYTES > ROOM) flush()
      if (line.length * MAX_BYTES > ROOM) {
        file.write(Buffer.from(line))
        return
      }
      used += waiting.write(line, used)
      timer ??= setTimeout(flush, WAIT_MS).unref()
    },
    flush,
  }
}
