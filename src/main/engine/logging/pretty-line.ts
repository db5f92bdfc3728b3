const LEVELS: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' }

/** A log line (JSON) as a person reads it in a terminal: time, level, message, then the fields. */
export function prettyLine(line: string): string {
  let record: Record<string, unknown>
  try {
    record = JSON.parse(line) as Record<string, unknown>
  } catch {
    return line
  }
  const { time, level, msg, err, ...fields } = record
  const clock = typeof time === 'number' ? new Date(time).toISOString().slice(11, 23) : ''
  const label = LEVELS[Number(level)] ?? String(level)
  const rest = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const reason = typeof err === 'object' && err !== null && 'message' in err ? [`(${String(err.message)})`] : []
  return `${[clock, label.padEnd(5), String(msg ?? ''), ...reason, ...rest].join(' ')}\n`
}
