import { type Logger as PinoLogger, pino } from 'pino'
import type { Logger } from '../spec/engine.ts'
import { type GatheredLines, gatherLines } from './gathered-lines.ts'
import { likeLines } from './like-lines.ts'
import { prettyLine } from './pretty-line.ts'
import { redactFields, redactText } from './redact.ts'
import { openRotatingFile, type RotatingFile } from './rotating-file.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

export interface LoggerOptions {
  level: LogLevel
  /** The folder of the log files; without it nothing is written to disk. */
  folder?: string
  /** Where readable lines go as well (stderr of the headless form). */
  terminal?: { write(text: string): unknown }
}

/** The app's log. */
export interface AppLogger extends Logger {
  setLevel(level: LogLevel): void
  /** Closes the file; later lines go nowhere. */
  close(): void
}

/** Makes the structured log. Every field passes redaction before it is written, whoever logs it. */
export function createLogger({ level, folder, terminal }: LoggerOptions): AppLogger {
  let file: RotatingFile | null = folder === undefined ? null : openRotatingFile({ folder })
  let lines: GatheredLines | null = file === null ? null : gatherLines(file)
  const destination = {
    write(line: string) {
      lines?.add(line)
      terminal?.write(prettyLine(line))
    },
  }
  /** Trouble is on disk at once: the process may not live on. */
  const flush = (): void => lines?.flush()
  // Errors come redacted; pino's own serializer would fold their causes into one text.
  const root = pino({ level, base: null, serializers: { err: (value: unknown) => value } }, destination)
  return {
    ...toLogger(root, root, flush, (line) => destination.write(line)),
    setLevel: (next) => {
      root.level = next
    },
    close() {
      lines?.flush()
      lines = null
      file?.close()
      file = null
    },
  }
}

/** Pino's children copy their level when they are made; ours follow the root. */
function toLogger(root: PinoLogger, log: PinoLogger, flush: () => void, writeLine: (line: string) => void): Logger {
  const write = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: object, message: string) => {
    if (!root.isLevelEnabled(level)) return
    log[level](redactFields(fields), redactText(message))
    if (level === 'warn' || level === 'error') flush()
  }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => toLogger(root, log.child(redactFields(fields), { level: 'trace' }), flush, writeLine),
    infoLines(shared, message, names) {
      const lineOf = likeLines({ ...log.bindings(), ...shared }, message, names)
      return (values) => {
        if (root.isLevelEnabled('info')) writeLine(lineOf(values))
      }
    },
  }
}
