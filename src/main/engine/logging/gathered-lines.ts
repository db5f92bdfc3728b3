import type { RotatingFile } from './rotating-file.ts'

/** Longest wait of a line for its write, ms. */
const WAIT_MS = 100
/** Characters after which lines are written without waiting. */
const FULL = 32 * 1024

/** Lines on their way to the log file: a write for each would hold up the loop once per request. */
export interface GatheredLines {
  add(line: string): void
  /** Writes what waits. */
  flush(): void
}

/** Gathers lines for a file. What is urgent is flushed by its writer; the rest may be lost with a killed process. */
export function gatherLines(file: RotatingFile): GatheredLines {
  let waiting = ''
  let timer: NodeJS.Timeout | null = null

  function flush(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (waiting === '') return
    const lines = waiting
    waiting = ''
    file.write(lines)
  }

  return {
    add(line) {
      waiting += line
      if (waiting.length >= FULL) flush()
      else timer ??= setTimeout(flush, WAIT_MS).unref()
    },
    flush,
  }
}
