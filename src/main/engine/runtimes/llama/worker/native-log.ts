/** llama.cpp tells why a load failed only in its log; this keeps the newest lines for the error message. */
export interface NativeLog {
  write(level: string, message: string): void
  /** Starts a new collection, before an operation whose failure needs a reason. */
  reset(): void
  /** The most telling line since the last reset, or null. */
  reason(): string | null
}

const KEPT_LINES = 40
const TELLING = /error loading model: *(.+)|error: *(.+)|failed to (.+)|unsupported (.+)|GGML_ASSERT(.+)/i

export function createNativeLog(onLine: (level: string, line: string) => void): NativeLog {
  let lines: string[] = []
  return {
    write(level, message) {
      const text = message.trim()
      if (text === '') return
      lines.push(text)
      if (lines.length > KEPT_LINES) lines.shift()
      onLine(level, text)
    },
    reset() {
      lines = []
    },
    reason() {
      return tellingLine(lines)
    },
  }
}

/** The line that names the cause, without llama.cpp's function prefix. */
export function tellingLine(lines: string[]): string | null {
  const cause = lines.map((line) => /error loading model: *(.+)/i.exec(line)?.[1]).find((found) => found !== undefined)
  if (cause !== undefined) return cause.trim()
  return lines.find((line) => TELLING.test(line)) ?? lines.at(-1) ?? null
}
