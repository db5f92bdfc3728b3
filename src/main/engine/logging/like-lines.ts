import type { LineFields } from '../spec/engine.ts'
import { redactFields, redactText } from './redact.ts'

/** pino's number for `info`. */
const INFO = 30

/**
 * Lines as pino writes them, for those that are written with every request and differ in few fields: redacting and
 * serialising all of them each time took three times as long as routing the request.
 */
export function lineOf(own: LineFields, shared: string): string {
  let line = `{"level":${INFO},"time":${Date.now()}`
  for (const name in own) {
    const value = own[name]
    if (value !== undefined) line += `,"${name}":${typeof value === 'string' ? quoted(value) : value}`
  }
  return line + shared
}

function quoted(text: string): string {
  return /^[\w-]*$/.test(text) ? `"${text}"` : JSON.stringify(text)
}

/** What lines share, as the end of each. */
export function sharedPart(fields: object, message: string): string {
  const members = JSON.stringify({ ...redactFields(fields), msg: redactText(message) })
  return `,${members.slice(1)}\n`
}
