import type { Logger } from '../../src/main/engine/spec/engine.ts'

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error'
  fields: Record<string, unknown>
  message: string
}

/** A logger that keeps its lines for assertions. */
export function createTestLog(): Logger & { lines: LogLine[] } {
  const lines: LogLine[] = []
  const make = (bound: object): Logger => {
    const write = (level: LogLine['level']) => (fields: object, message: string) => {
      lines.push({ level, fields: { ...bound, ...fields }, message })
    }
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: (fields) => make({ ...bound, ...fields }),
      infoLines: (shared, message, names) => (values) =>
        write('info')({ ...shared, ...Object.fromEntries(names.map((name, index) => [name, values[index]])) }, message),
    }
  }
  return Object.assign(make({}), { lines })
}
